//! Whatever is wrong: a non-zero exit and one sentence that says what to do.

use crate::program::{Program, alone, run, run_with, with_the_others};
use std::net::TcpListener;

#[tokio::test]
async fn containers_without_an_engine_are_refused_before_anything_starts() {
    for command in ["demo", "up"] {
        let words = [command, "--launcher", "container"];
        let engine = ("JIT_RUNNERS_CONTAINER_ENGINE", "/nowhere/engine");
        let ended = run_with(&with_the_others(), &words, &[engine]).await;
        ended.assert_sentence(1, &["/nowhere/engine: not installed", "podman", "docker"]);
    }
}

#[tokio::test]
async fn wrong_words_are_answered_with_where_to_read_on() {
    for (words, wanted) in [
        (
            &["up", "--nope"][..],
            &["'--nope'", "see jit-runners up --help"][..],
        ),
        (
            &["up", "--port"],
            &["--port <N>", "see jit-runners up --help"],
        ),
        (
            &["up", "--port", "x"],
            &["'x'", "--port", "see jit-runners up --help"],
        ),
        (
            &["up", "--port", "70000"],
            &["70000", "65535", "see jit-runners up --help"],
        ),
        (&["up", "extra"], &["'extra'", "see jit-runners up --help"]),
        (
            &["demo", "--workflow"],
            &["--workflow <FILE>", "see jit-runners demo --help"],
        ),
        (
            &["demo", "--timeout", "-1"],
            &["'-1'", "see jit-runners demo --help"],
        ),
        (&["dmeo"], &["'dmeo'", "see jit-runners --help"]),
        (&["--nope"], &["'--nope'", "see jit-runners --help"]),
    ] {
        run(&alone(), words).await.assert_sentence(2, wanted);
    }
}

#[tokio::test]
async fn no_command_shows_the_commands() {
    let ended = run(&alone(), &[]).await;
    assert_eq!(ended.status.code(), Some(2));
    assert!(
        ended.complained.contains("Commands:"),
        "{}",
        ended.complained
    );
}

#[tokio::test]
async fn help_tells_the_commands_and_their_flags() {
    for (words, wanted) in [
        (&["--help"][..], &["up", "demo", "--version"][..]),
        (&["up", "--help"], &["--port <N>", "[default: 4566]"]),
        (
            &["demo", "--help"],
            &[
                "--workflow <FILE>",
                "--json",
                "--keep",
                "--port <N>",
                "--timeout <SECONDS>",
            ],
        ),
    ] {
        let ended = run(&alone(), words).await;
        assert_eq!(ended.status.code(), Some(0));
        assert_eq!(ended.complained, "");
        for words in wanted {
            assert!(ended.said.contains(words), "{words:?} in {}", ended.said);
        }
    }
    let version = run(&alone(), &["--version"]).await;
    assert_eq!(
        version.said,
        format!("jit-runners {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[tokio::test]
async fn a_port_in_use_is_said_with_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let wanted = [
        &format!("Port {port} on 127.0.0.1 is in use"),
        "choose another port",
    ];
    for command in ["up", "demo"] {
        let ended = run(&with_the_others(), &[command, "--port", &port]).await;
        ended.assert_sentence(1, &wanted);
    }
}

#[tokio::test]
async fn the_demo_without_its_programs_says_how_to_build_them() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("jit-runners");
    if std::fs::hard_link(alone(), &program).is_err() {
        std::fs::copy(alone(), &program).unwrap();
    }
    let ended = run(&program, &["demo"]).await;
    ended.assert_sentence(
        1,
        &["bootstrap is not in ", "cargo build --workspace --bins"],
    );
}

#[tokio::test]
async fn a_workflow_that_cannot_be_read_is_said_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("none.yml"), folder.path().to_owned()] {
        let path = path.display().to_string();
        let ended = run(&with_the_others(), &["demo", "--workflow", &path]).await;
        ended.assert_sentence(1, &[&path, "cannot be read", "give the path of a file"]);
    }
}

#[tokio::test]
async fn a_workflow_that_is_not_valid_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.yml");
    let jobs = |runs_on: &str, step: &str| {
        format!("on: push\njobs:\n  a:\n    runs-on: {runs_on}\n    steps:\n      - run: {step}\n")
    };
    for (text, wanted) in [
        // A bracket that is never closed.
        ("on: push\njobs: [\n".to_owned(), &["mine.yml"][..]),
        ("\t".to_owned(), &["mine.yml"]),
        (String::new(), &["mine.yml"]),
        ("on: push\n".to_owned(), &["mine.yml", "jobs"]),
        (
            jobs("self-hosted", "echo ${{ github. }}"),
            &["mine.yml, line 6", "github."],
        ),
        (
            jobs("self-hosted", "echo ${{ github.sha"),
            &["mine.yml", "`}}`"],
        ),
        (
            jobs("[self-hosted, 1]", "true").replace("push", "workflow_dispatch"),
            &["mine.yml", "push"],
        ),
        (
            jobs("ubuntu-latest", "true"),
            &["[ubuntu-latest]", "self-hosted", "runs-on"],
        ),
    ] {
        std::fs::write(&path, &text).unwrap();
        let path = path.display().to_string();
        let ended = run(&with_the_others(), &["demo", "--workflow", &path]).await;
        ended.assert_sentence(1, wanted);
    }
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_used_is_said_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let words = ["up", "--port", "0", "--data", data];
    let mut first = Program::start(&alone(), &words);
    first.line("is ready at").await;
    let second = run(&alone(), &words).await;
    let taken = format!("Another place uses the folder {data}");
    second.assert_sentence(1, &[&taken, "choose another folder"]);
    drop(first);

    let newer = folder.path().join("newer");
    std::fs::create_dir(&newer).unwrap();
    std::fs::write(newer.join("format"), r#"{"format": 2, "place": "p"}"#).unwrap();
    let words = ["up", "--port", "0", "--data", newer.to_str().unwrap()];
    let refused = run(&alone(), &words).await;
    refused.assert_sentence(1, &["was written in format 2", "choose another folder"]);

    let alone_is_wrong = run(&alone(), &["up", "--fsync"]).await;
    alone_is_wrong.assert_sentence(2, &["--data <DIR>", "see jit-runners up --help"]);
}
