//! What all requests and the poller share.

use crate::Settings;
use crate::api::reconciled::Kept;
use crate::hub::{Hub, lock};
use crate::logs::Logs;
use crate::operations::Operations;
use crate::poller;
use crate::reading::Reading;
use observe::board::Board;
use observe::fleet::Fleet;
use rand::RngCore as _;
use secrecy::SecretString;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long tasks may take to end.
const LAST_WORK: Duration = Duration::from_secs(2);
/// How long an answer waits for the fleet's first list, or for a newer one.
const FIRST_LIST: Duration = Duration::from_secs(5);
const NEWER_LIST: Duration = Duration::from_millis(1500);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) board: Board,
    pub(crate) hub: Arc<Hub>,
    pub(crate) reading: Reading,
    pub(crate) logs: Logs,
    pub(crate) operations: Operations,
    pub(crate) reconciled: Kept,
    /// What changes have to carry: only our own page can read it.
    pub(crate) csrf: SecretString,
    pub(crate) state: watch::Sender<State>,
    /// The poller, redrives that are waited for, rows that are read ahead.
    tasks: Mutex<Tasks>,
}

#[derive(Default)]
struct Tasks {
    running: JoinSet<()>,
    polling: bool,
    ended: bool,
}

/// How reading the fleet goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// When it was read last.
    pub(crate) read: Option<Instant>,
    /// Why it cannot be read now.
    pub(crate) trouble: Option<String>,
}

impl Shared {
    pub(crate) fn new(fleet: Fleet, settings: Settings) -> Self {
        Self {
            settings,
            board: Board::new(fleet.clone()),
            hub: Hub::new(),
            reading: Reading::new(fleet),
            logs: Logs::default(),
            operations: Operations::default(),
            reconciled: Kept::default(),
            csrf: random().into(),
            state: watch::Sender::default(),
            tasks: Mutex::default(),
        }
    }

    pub(crate) fn fleet(&self) -> &Fleet {
        self.board.fleet()
    }

    /// Somebody looks: the fleet is read from now on.
    pub(crate) fn seen(self: &Arc<Self>) {
        self.hub.seen();
        let first = !std::mem::replace(&mut lock(&self.tasks).polling, true);
        if first {
            let shared = Arc::clone(self);
            self.spawn(async move { poller::run(&shared).await });
        }
    }

    /// Waits until there is something to show: the first list, or, after a rest,
    /// a list that is not an old one. Not for long: AWS may not answer.
    pub(crate) async fn ready(self: &Arc<Self>) {
        let old = self.settings.poll * 3 + Duration::from_secs(1);
        let fresh = |state: &State| {
            state.trouble.is_some() || state.read.is_some_and(|read| read.elapsed() < old)
        };
        if fresh(&self.state.borrow()) {
            return self.seen();
        }
        self.seen();
        let known = self.board.reading().known > 0;
        let patience = if known { NEWER_LIST } else { FIRST_LIST };
        let mut states = self.state.subscribe();
        // The first rows are there long before all that a refresh reads.
        let first_rows = async {
            while known || self.board.reading().known == 0 {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let ready = async {
            tokio::select! {
                _ = states.wait_for(fresh) => {}
                () = first_rows => {}
            }
        };
        let _ = tokio::time::timeout(patience, ready).await;
    }

    /// Runs a task until it ends or the console does.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.tasks);
        while tasks.running.try_join_next().is_some() {}
        if !tasks.ended {
            tasks.running.spawn(task);
        }
    }

    pub(crate) async fn shutdown(&self) {
        self.hub.end();
        let mut running = {
            let mut tasks = lock(&self.tasks);
            tasks.ended = true;
            std::mem::take(&mut tasks.running)
        };
        let ended = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_WORK, ended).await.is_err() {
            running.shutdown().await;
        }
    }
}

/// 256 random bits, in hex.
pub(crate) fn random() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}
