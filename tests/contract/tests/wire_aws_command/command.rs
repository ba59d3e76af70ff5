//! A place, and `aws` with its endpoint.

use local::{Place, Settings};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::Command;

/// How long anything may take; far more than it does, since machines are slow.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Story {
    pub(crate) place: Place,
    /// Where `aws` runs and leaves files; also its home.
    folder: TempDir,
}

impl Story {
    /// A place, or nothing and a word where there is no `aws`.
    pub(crate) async fn start() -> Option<Self> {
        if !there_is_aws().await {
            assert!(
                std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
                "the command aws is not found: install PyPI's awscli first"
            );
            eprintln!("skipped: there is no command aws");
            return None;
        }
        Some(Self {
            place: Place::start(Settings::default()).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        })
    }

    /// Runs `aws` with these words; its JSON answer, `null` where it says nothing.
    pub(crate) async fn aws(&self, words: &[&str]) -> Value {
        let (done, said, complained) = self.run(words).await;
        assert!(done, "aws {words:?}: {complained}");
        if said.trim().is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("aws {words:?}: {error}: {said}"))
    }

    /// The sentence with which `aws` refuses these words.
    pub(crate) async fn refused(&self, words: &[&str]) -> String {
        let (done, said, complained) = self.run(words).await;
        assert!(!done, "aws {words:?} was not refused: {said}");
        complained.trim().to_owned()
    }

    async fn run(&self, words: &[&str]) -> (bool, String, String) {
        let mut command = Command::new("aws");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        // Version 1 takes an endpoint for SQS from nowhere else.
        if words.first() == Some(&"sqs") {
            command.args(["--endpoint-url", &self.place.endpoint()]);
        }
        let output = command
            .args(words)
            .args(["--output", "json"])
            .current_dir(&self.folder)
            .env("AWS_CONFIG_FILE", self.folder.path().join("none"))
            .env(
                "AWS_SHARED_CREDENTIALS_FILE",
                self.folder.path().join("none"),
            )
            .env("AWS_ENDPOINT_URL", self.place.endpoint())
            .env("AWS_DEFAULT_REGION", local::REGION)
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_MAX_ATTEMPTS", "1")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.success(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// A file that a call left in its folder.
    pub(crate) fn file(&self, name: &str) -> Value {
        let path = self.folder.path().join(Path::new(name));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    /// Waits until the execution runs no more; its status.
    pub(crate) async fn ended(&self, execution: &str) -> String {
        until(&format!("{execution} has ended"), || {
            let described = self
                .place
                .step_functions()
                .call("DescribeExecution", json!({"executionArn": execution}));
            let status = described.unwrap()["status"].as_str().unwrap().to_owned();
            (status != "RUNNING").then_some(status)
        })
        .await
    }

    /// The end of every story: the place answers no more.
    pub(crate) async fn end(self) {
        let endpoint = self.place.endpoint();
        let processes = self.place.lambda().process_ids();
        self.place.shutdown().await;
        let address = endpoint.trim_start_matches("http://");
        assert!(
            tokio::net::TcpStream::connect(address).await.is_err(),
            "something still answers at {endpoint}"
        );
        for process in processes {
            assert!(!Path::new(&format!("/proc/{process}/exe")).exists());
        }
    }
}

/// Polls until the answer is there.
pub(crate) async fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A member as text.
pub(crate) fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
}

async fn there_is_aws() -> bool {
    let version = Command::new("aws")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await;
    version.is_ok_and(|status| status.success())
}
