//! Every command that the docs show in a console block works as it stands: in a
//! shell, with the names of a job that was served.

use super::{environment, json, text};
use crate::program::{Program, alone};
use nix::sys::signal::Signal;
use std::path::{Path, PathBuf};
use support::{World, workflows};

/// The pages with examples.
const PAGES: [&str; 3] = ["README.md", "docs/cli.md", "docs/operations.md"];
/// It goes on until Ctrl-C; here it gets a free port.
const SERVES: &str = "jit-runners console";

/// The lines behind `$ ` in a page's console blocks.
fn examples() -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let of = |page: &str| {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let blocks = text.split("```console\n").skip(1);
        let lines = blocks.flat_map(|block| block.split("```").next().unwrap().lines());
        let lines = lines.filter_map(|line| line.strip_prefix("$ "));
        let found: Vec<String> = lines.map(str::to_owned).collect();
        assert!(found.len() >= 4, "{page}: {found:?}");
        found
    };
    PAGES.into_iter().flat_map(of).collect()
}

async fn works(example: &str, folder: &Path, environment: &[(&str, &str)]) {
    assert!(example.starts_with("jit-runners "), "{example}");
    let served = example.starts_with(SERVES);
    let more = if served { " --port 0" } else { "" };
    let script = format!("cd '{}' && exec {example}{more}", folder.display());
    let mut program = Program::start_in(Path::new("sh"), &["-c", &script], environment);
    if served {
        program.line("Ctrl-C stops it").await;
        program.signal(Signal::SIGINT);
    }
    let ended = program.ended().await;
    assert!(ended.status.success(), "{example}: {}", ended.complained);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_works_as_it_stands() {
    let world = World::start().await;
    world.commit(&workflows::jobs(&["1", "2"], "echo served"));
    world.all_jobs_are_over().await;
    let jobs = json(&world, &["jobs"]).await;
    let row = &jobs["jobs"][0];
    let folder = tempfile::tempdir().unwrap();
    let beside = alone().parent().unwrap().display().to_string();
    let path = format!("{beside}:{}", std::env::var("PATH").unwrap_or_default());
    let (execution, job) = (text(&row["name"]), row["details"]["job"]["id"].to_string());
    let endpoint = world.stage.place.endpoint();
    let mut variables = environment(&endpoint);
    variables.extend([
        ("PATH", path.as_str()),
        ("EXECUTION", &execution),
        ("JOB", &job),
    ]);
    for example in examples() {
        works(&example, folder.path(), &variables).await;
    }
    world.nothing_is_left().await;
}
