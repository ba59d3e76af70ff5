//! `--faults FILE`: what it refuses, and what it says of what has struck.

use crate::program::{Program, alone, run, with_the_others};
use nix::sys::signal::Signal;

fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faults.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

#[tokio::test]
async fn a_file_that_makes_no_sense_is_refused_before_anything_starts() {
    for (text, words) in [
        ("[[aws]]\nwhat = \"earthquake\"", "earthquake"),
        ("[[aws]]\nwhat = \"function-crash\"\non = 7", "`on` is 7"),
        ("[[aws]]\nwhat = \"function-crash\"\nseconds = 7", "seconds"),
        ("[[azure]]", "azure"),
    ] {
        let (_folder, path) = file(text);
        for command in ["up", "demo"] {
            let ended = run(&with_the_others(), &[command, "--faults", &path]).await;
            ended.assert_sentence(1, &["is not valid, line ", words, "docs/faults.md"]);
        }
    }
    let ended = run(&alone(), &["up", "--faults", "/none/faults.toml"]).await;
    ended.assert_sentence(1, &["/none/faults.toml cannot be read", "give the path"]);
    let (_folder, path) = file("[[github]]\nwhat = \"not-found\"");
    let ended = run(&alone(), &["up", "--port", "0", "--faults", &path]).await;
    ended.assert_sentence(1, &["`up` starts none", "[[github]]", "demo"]);
}

#[tokio::test]
async fn the_demo_serves_its_jobs_all_the_same_and_says_what_struck() {
    let text = "seed = 7\n[[github]]\nwhat = \"slow-answer\"\non = \"mint-runner\"\nseconds = 1\n\
                [[aws]]\nwhat = \"table-throttled\"\non = \"none\"\n";
    let (_folder, path) = file(text);
    let ended = run(&with_the_others(), &["demo", "--faults", &path]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    for line in [
        "fault slow-answer: struck 1 of 2",
        "fault table-throttled: struck 0 of 0",
    ] {
        assert!(ended.complained.contains(line), "{}", ended.complained);
    }
}

#[tokio::test]
async fn the_place_says_at_its_end_what_struck() {
    let (_folder, path) = file("[[aws]]\nwhat = \"table-throttled\"\ntimes = 2\n");
    let words = ["up", "--port", "0", "--faults", &path];
    let mut program = Program::start(&alone(), &words);
    program.line("Ctrl-C stops it").await;
    program.signal(Signal::SIGTERM);
    let ended = program.ended().await;
    let said = &ended.said;
    assert!(
        said.contains("fault table-throttled: struck 0 of 0"),
        "{said}"
    );
}
