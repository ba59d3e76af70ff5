//! The job's log: lines with GitHub's time stamps, sent in small batches.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::Utc;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::client::Client;

/// How long lines may wait for others.
const BATCH: Duration = Duration::from_millis(100);
/// The most lines of one batch.
const MOST: usize = 1000;

/// Takes lines; what is written is sent in the order of its writing.
#[derive(Clone)]
pub(super) struct Log(Arc<Lines>);

struct Lines {
    waiting: Mutex<Vec<String>>,
    written: Notify,
    /// Held while a batch is on its way, so that order and end are sure.
    sending: tokio::sync::Mutex<()>,
}

/// Sends a log's lines until it is closed.
pub(super) struct Sender {
    log: Log,
    client: Client,
    job: u64,
    task: JoinHandle<()>,
}

impl Log {
    /// A log and the sender of its lines.
    pub(super) fn start(client: Client, job: u64) -> (Self, Sender) {
        let lines = Lines {
            waiting: Mutex::default(),
            written: Notify::new(),
            sending: tokio::sync::Mutex::default(),
        };
        let log = Self(Arc::new(lines));
        let (own, to) = (log.clone(), client.clone());
        let task = tokio::spawn(async move {
            loop {
                own.0.written.notified().await;
                tokio::time::sleep(BATCH).await;
                own.send(&to, job).await;
            }
        });
        (
            log.clone(),
            Sender {
                log,
                client,
                job,
                task,
            },
        )
    }

    /// Notes one line under the present time.
    pub(super) fn write(&self, line: &str) {
        let stamp = Utc::now().format("%Y-%m-%dT%H:%M:%S%.6f0Z");
        self.lines().push(format!("{stamp} {line}"));
        self.0.written.notify_one();
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn send(&self, client: &Client, job: u64) {
        let _sending = self.0.sending.lock().await;
        loop {
            let batch: Vec<String> = {
                let mut lines = self.lines();
                let count = lines.len().min(MOST);
                lines.drain(..count).collect()
            };
            // A log that cannot be sent does not fail the job, as with the real runner.
            if batch.is_empty() || client.log(job, batch).await.is_err() {
                return;
            }
        }
    }
}

impl Sender {
    /// Sends what is left.
    pub(super) async fn close(self) {
        let Self {
            log,
            client,
            job,
            task,
        } = self;
        log.send(&client, job).await;
        task.abort();
    }
}
