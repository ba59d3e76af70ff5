//! The real place as a process that can be killed, and calls that may get no answer.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// How long a start, or anything else, may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A place that runs.
pub(crate) struct Running {
    child: Child,
    pub(crate) client: Client,
    /// From the process's start until it said its address.
    pub(crate) ready: Duration,
    _output: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// The same, killed after this time, however far it has come by then.
    pub(crate) async fn start_and_kill(folder: &Path, moment: Duration) {
        let mut child = spawn(folder);
        tokio::time::sleep(moment).await;
        child.kill().await.unwrap();
    }

    /// `jit-runners up --data FOLDER` on a random port.
    pub(crate) async fn start(folder: &Path) -> Self {
        let began = Instant::now();
        let mut child = spawn(folder);
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let endpoint = tokio::time::timeout(PATIENCE, async {
            while let Some(line) = output.next_line().await.unwrap() {
                if let Some(address) = line.strip_prefix("The local place is ready at ") {
                    return address.to_owned();
                }
            }
            panic!("the place ended without its address");
        });
        let endpoint = endpoint.await.expect("the place says its address");
        Self {
            child,
            client: Client {
                http: reqwest::Client::new(),
                endpoint,
            },
            ready: began.elapsed(),
            _output: output,
        }
    }

    /// `kill -9`, and not a word before.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

fn spawn(folder: &Path) -> Child {
    Command::new(support::binaries().join("jit-runners"))
        .args(["up", "--port", "0", "--data"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Why a call has no answer of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The place said no: the error's name.
    Refused(String),
    /// There was no whole answer: what became of the call is not known.
    Lost,
}

/// Talks to a place until it is gone.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    endpoint: String,
}

impl Client {
    /// A call of one of AWS's JSON protocols: `AWSStepFunctions.StartExecution`.
    pub(crate) async fn call(&self, target: &str, input: Value) -> Result<Value, Failure> {
        let request = self
            .http
            .post(&self.endpoint)
            .header("X-Amz-Target", target)
            .header("Content-Type", "application/x-amz-json-1.0");
        self.send(request, &input).await
    }

    /// A call of the Scheduler's REST protocol.
    pub(crate) async fn schedule(
        &self,
        method: reqwest::Method,
        name: &str,
        body: &Value,
    ) -> Result<Value, Failure> {
        let address = format!("{}/schedules/{name}", self.endpoint);
        self.send(self.http.request(method, address), body).await
    }

    async fn send(&self, request: reqwest::RequestBuilder, body: &Value) -> Result<Value, Failure> {
        let request = request.body(body.to_string());
        let answer = request.send().await.map_err(|_| Failure::Lost)?;
        let whole = answer.status().is_success();
        let named = answer.headers().get("x-amzn-errortype").cloned();
        let text = answer.bytes().await.map_err(|_| Failure::Lost)?;
        let document: Value = serde_json::from_slice(&text).map_err(|_| Failure::Lost)?;
        if whole {
            return Ok(document);
        }
        let kind = document["__type"].as_str().map(str::to_owned);
        let kind = kind.or(named.and_then(|name| name.to_str().ok().map(str::to_owned)));
        let kind = kind.unwrap_or_default();
        let name = kind.rsplit('#').next().unwrap_or(&kind);
        Err(Failure::Refused(name.to_owned()))
    }
}
