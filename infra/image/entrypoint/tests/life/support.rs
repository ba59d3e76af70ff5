//! A hand-over table over HTTP, and one run of the entrypoint against it with
//! a small shell script as runner program.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::config::{Config, Overrides};
use aws::handover::Handover;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use domain::clock::Clock;
use entrypoint::{Deps, End, Forwarded, Log, Memory, Reap, Settings, Signals, Stream, run};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedSender;

/// What the tests' runner program must get, and the log must never show.
pub(crate) const JIT_CONFIG: &str = "eyJzZWNyZXQiOiJqaXQtY29uZmlnIn0=";

/// How the table answers a DeleteItem.
#[derive(Clone, Copy)]
pub(crate) enum Table {
    Holds,
    Gone,
    Expired,
    Refuses,
    Silent,
}

/// Requests that reached the table: target and body.
pub(crate) type Requests = Arc<Mutex<Vec<(String, Value)>>>;

/// A table on a free port of the loopback device.
pub(crate) async fn table(behaviour: Table) -> (SocketAddr, Requests) {
    let requests = Requests::default();
    let seen = requests.clone();
    let answer = move |headers: HeaderMap, body: Bytes| async move {
        let target = headers["x-amz-target"]
            .to_str()
            .expect("it is text")
            .to_owned();
        let body = serde_json::from_slice(&body).expect("it is JSON");
        seen.lock().expect("not poisoned").push((target, body));
        if matches!(behaviour, Table::Silent) {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        answer_of(behaviour)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new().route("/", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, requests)
}

fn answer_of(behaviour: Table) -> (StatusCode, String) {
    let failed = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
    let (status, body) = match behaviour {
        Table::Holds | Table::Silent => (
            200,
            json!({"Attributes": {"pk": {"S": "k"}, "jit_config": {"S": JIT_CONFIG}}}),
        ),
        Table::Gone => (
            400,
            json!({"__type": failed, "message": "The conditional request failed"}),
        ),
        Table::Expired => (
            400,
            json!({"__type": failed, "message": "The conditional request failed",
                   "Item": {"pk": {"S": "k"}, "expires_at": {"N": "1"}}}),
        ),
        Table::Refuses => (
            400,
            json!({"__type": "AccessDeniedException", "message": "no"}),
        ),
    };
    (
        StatusCode::from_u16(status).expect("a status"),
        body.to_string(),
    )
}

/// One run with its limits; change what the test is about.
pub(crate) struct Run {
    pub(crate) settings: Settings,
    pub(crate) address: SocketAddr,
    /// Where the kernel would count.
    pub(crate) memory: Option<PathBuf>,
}

/// A run that has begun.
pub(crate) struct Running {
    pub(crate) signals: UnboundedSender<Forwarded>,
    pub(crate) lines: Arc<Mutex<Vec<(Stream, String)>>>,
    end: tokio::task::JoinHandle<End>,
}

impl Run {
    /// A run of a shell script, with limits that no test reaches by accident.
    pub(crate) fn of(script: &str, address: SocketAddr) -> Self {
        let program = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let settings = Settings {
            handover_table: "handover".to_owned(),
            handover_key: "k".to_owned(),
            runner_name: "jit-7-1-1".to_owned(),
            job_id: "7".to_owned(),
            idle: Duration::from_secs(60),
            total: Duration::from_secs(60),
            stop: Duration::from_secs(30),
            program,
            environment: vec![("PATH".into(), "/usr/bin:/bin".into())],
        };
        Self {
            settings,
            address,
            memory: None,
        }
    }

    pub(crate) async fn start(self) -> Running {
        let overrides = Overrides {
            endpoint: Some(format!("http://{}", self.address)),
            region: Some("us-east-1".to_owned()),
            credentials: Some(("id".to_owned(), "key".to_owned())),
            ..Overrides::default()
        };
        let lines: Arc<Mutex<Vec<(Stream, String)>>> = Arc::default();
        let written = lines.clone();
        let (sender, signals) = Signals::channel();
        let deps = Deps {
            handover: Handover::new(
                &Config::load(overrides).await,
                &self.settings.handover_table,
            ),
            clock: Clock::system(),
            log: Log::new(move |stream, line| {
                written
                    .lock()
                    .expect("not poisoned")
                    .push((stream, line.to_owned()));
            }),
            signals,
            reap: Reap::Own,
            memory: Memory::counted_in(self.memory),
        };
        Running {
            signals: sender,
            lines,
            end: tokio::spawn(run(self.settings, deps)),
        }
    }
}

impl Running {
    /// The end and the whole log.
    pub(crate) async fn end(self) -> (End, Vec<String>) {
        let end = tokio::time::timeout(Duration::from_secs(20), self.end).await;
        let end = end.expect("it ends").expect("it does not panic");
        let lines = self.lines.lock().expect("not poisoned");
        (end, lines.iter().map(|(_, line)| line.clone()).collect())
    }

    /// Waits until the log holds a line with this text.
    pub(crate) async fn until(&self, text: &str) {
        for _ in 0..1000 {
            let lines = self.lines.lock().expect("not poisoned").clone();
            if lines.iter().any(|(_, line)| line.contains(text)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no line with {text:?} came");
    }
}

/// A script against a table that holds the item.
pub(crate) async fn of_script(script: &str) -> (End, Vec<String>) {
    let (address, _) = table(Table::Holds).await;
    Run::of(script, address).start().await.end().await
}
