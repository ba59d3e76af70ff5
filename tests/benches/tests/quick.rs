//! Every measurement once, on whatever binaries there are: so that the benches
//! work on the day when somebody needs them.

use benches::artifact::Artifact;
use benches::warm::Calls;
use benches::{first_poll, path, programs, volume, warm};
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
