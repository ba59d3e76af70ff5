//! Every measurement once, on whatever binaries there are: so that the benches
//! work on the day when somebody needs them.

use benches::artifact::Artifact;
use benches::place::{self, SIX_STATES, Server};
use benches::warm::Calls;
use benches::{console, first_poll, path, programs, volume, warm};
use jit_runners::stage::Settings;
use std::path::Path;

#[test]
fn the_first_poll_of_every_function_is_seen() {
    let binary = support::binaries().join("bootstrap");
    for handler in [
        "webhook",
        "size",
        "mint",
        "verify-removal",
        "escalate",
        "release",
        "reconcile",
    ] {
        let starts = first_poll::measure(&binary, handler, 1).unwrap();
        assert!(
            starts.elapsed.min > 0.0 && starts.cpu.min > 0.0,
            "{handler}"
        );
    }
}

#[test]
fn the_zip_is_smaller_than_the_file() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let size = Artifact::of(&file).unwrap();
    assert!(size.zipped < size.plain);
}

#[tokio::test(flavor = "multi_thread")]
async fn warm_functions_have_memory_and_cpu() {
    let calls = Calls {
        first: 2,
        batches: 1,
        batch: 3,
    };
    let settings = Settings::new(programs::binaries().unwrap());
    let functions = warm::measure(settings, calls).await.unwrap();
    for one in functions {
        assert!(one.memory.resident > one.memory.anonymous, "{one:?}");
        assert!(one.cpu.min > 0.0, "{one:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_is_split_by_step() {
    let settings = Settings::new(programs::binaries().unwrap());
    let path = path::measure(settings, 2).await.unwrap();
    for step in path.cold {
        assert!(step > 0.0, "{path:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_read_whole() {
    let volume = volume::measure(200, 1).await.unwrap();
    assert!(volume.bytes > 0.0, "{volume:?}");
    for read in volume.reads {
        assert!(
            read.called.min > 0.0 && read.over_http.min > 0.0,
            "{read:?}"
        );
    }
}

/// Many times what the bench `console` measures: no figure, but a page that grew
/// with its executions would not pass.
#[tokio::test(flavor = "multi_thread")]
async fn the_console_opens_before_a_crowd_and_stays_small() {
    let Some(weight) = console::measure(300, 1).await.unwrap() else {
        return;
    };
    for opened in [weight.first, weight.during.max, weight.after.max] {
        assert!(opened > 0.0 && opened < 30_000.0, "{weight:?}");
    }
    assert!(weight.resident < 400e6, "{weight:?}");
    assert!(weight.heap < 100e6, "{weight:?}");
}

#[tokio::test]
async fn a_place_runs_the_six_states_over_the_wire() {
    let program = support::binaries().join("jit-runners");
    let folder = tempfile::tempdir().unwrap();
    for data in [None, Some(folder.path())] {
        let server = Server::place(&program, data).await.unwrap();
        let machine = place::prepare(&server, SIX_STATES).await.unwrap();
        let rate = place::throughput(&server, &machine, 2, 20).await.unwrap();
        assert!(rate > 0.0);
        assert!(place::waiting(&server, 10).await.unwrap() >= 0.0);
        server.end().await.unwrap();
    }
}
