//! The place against AWS's own models, read by AWS's own library and command: starts a place
//! and tests/wire (Python, in a virtual environment), which calls every operation that the
//! place serves, checks each raw answer against botocore's model, and drives `aws`.
//!
//! `cargo xtask test` makes the environment in target/wire; `JIT_RUNNERS_WIRE_PYTHON` names
//! another's python. Without one the tests say so and check nothing, except under
//! `JIT_RUNNERS_TEST_ALL`.

#![allow(clippy::unwrap_used, reason = "helpers may do what tests may")]

use contract::repo;
use local::clock::Clock;
use local::lambda::{FunctionError, Handle};
use local::{FunctionSettings, Place, Settings};
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Arc;
use tokio::process::Command;

/// The python whose packages are those of tests/wire/requirements.txt.
fn python() -> Option<PathBuf> {
    let given = std::env::var_os("JIT_RUNNERS_WIRE_PYTHON").map(PathBuf::from);
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| repo::root().join("target"), PathBuf::from);
    let python = given.unwrap_or_else(|| target.join("wire/bin/python"));
    if python.is_file() {
        return Some(python);
    }
    assert!(
        std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
        "{} is not there: python3 -m venv target/wire && target/wire/bin/pip install -r tests/wire/requirements.txt",
        python.display()
    );
    eprintln!("skipped: there is no python with the packages of tests/wire");
    None
}

async fn run(python: &PathBuf, place: &str, words: &[&str]) -> Output {
    let mut command = Command::new(python);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command
        .args(words)
        .current_dir(repo::root().join("tests/wire"))
        .env("JIT_RUNNERS_PLACE", place)
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .envs(
            words
                .contains(&"test_events.py")
                .then_some(("JIT_RUNNERS_WIRE_ALL", "1")),
        )
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap()
}

/// The place's model is what the pinned botocore says.
#[tokio::test]
async fn the_embedded_model_is_botocore_s() {
    let Some(python) = python() else { return };
    let output = run(&python, "", &["model.py"]).await;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// `echo` gives back its event, `fails` its own error.
fn functions(place: &Place) {
    let echo: Handle = Arc::new(|event| Box::pin(async { Ok(event) }));
    let fails: Handle =
        Arc::new(|_| Box::pin(async { Err(FunctionError::new("Mine", "on purpose")) }));
    for (name, handle) in [("echo", echo), ("fails", fails)] {
        let settings = FunctionSettings::new(name, name, handle);
        place.create_function(settings).unwrap();
    }
    // The product's own program, whose lines are in the logs.
    let program = support::binaries().join("bootstrap");
    let settings = FunctionSettings::new("size", "size", program);
    place.create_function(settings).unwrap();
}

async fn story(tests: &[&str], must_say: &str) {
    let Some(python) = python() else { return };
    let place = Place::start(Settings::default()).await.unwrap();
    functions(&place);
    // What functions and tasks print comes here too.
    for line in ["one", r#"{"level":"ERROR","n":2}"#, "three"] {
        for stream in ["stream/a", "stream/b"] {
            let now = Clock::system().now();
            place.logs().append("/known", stream, now, line);
        }
    }
    let words = ["-m", "pytest", "-q", "-p", "no:cacheprovider"];
    let output = run(&python, &place.endpoint(), &[&words[..], tests].concat()).await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    place.shutdown().await;
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.contains(must_say), "{said}");
    eprintln!("{said}");
}

/// Every operation, its errors, pages, limits and timestamps.
#[tokio::test(flavor = "multi_thread")]
async fn boto3_finds_every_answer_as_its_model_has_it() {
    let tests = [
        "test_step_functions.py",
        "test_events.py",
        "test_ecs.py",
        "test_dynamodb.py",
        "test_lambda_and_logs.py",
        "test_secrets_and_keys.py",
        "test_sqs_and_scheduler.py",
    ];
    story(&tests, "operations, ").await;
}

/// The commands that people type.
#[tokio::test(flavor = "multi_thread")]
async fn the_aws_command_does_what_it_does_on_aws() {
    story(&["test_command.py"], "passed").await;
}
