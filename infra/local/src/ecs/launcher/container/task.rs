//! A running task of containers: signals to them, and their ends.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::watch;

use super::super::{ContainerExit, ContainerSpec, OUT_OF_MEMORY, RunningTask, TaskSpec};
use super::engine::Engine;
use super::start::{self, Started};
use crate::credentials::TaskCredentials;

/// After a container's end its output is read this much longer.
const DRAIN: Duration = Duration::from_secs(1);
/// A container whose command was told to end it and that still runs is looked
/// at again after this time.
const AGAIN: Duration = Duration::from_millis(500);
/// 128 + SIGKILL, where the engine cannot tell.
const KILLED: i32 = 137;

/// What a task was told; it only ever gets worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Nothing,
    Terminate,
    Kill,
}

/// A task whose containers run. Dropped before its end, it is killed.
pub(super) struct ContainerTask {
    told: watch::Sender<Told>,
    ended: watch::Receiver<Option<Vec<ContainerExit>>>,
}

impl ContainerTask {
    /// Follows containers that were started to their ends.
    pub(super) fn follow(
        engine: Engine,
        spec: TaskSpec,
        started: Vec<Started>,
        credentials: Arc<TaskCredentials>,
    ) -> Self {
        let (told, listen) = watch::channel(Told::Nothing);
        let (sender, ended) = watch::channel(None);
        tokio::spawn(async move {
            let essential_ended = watch::Sender::new(false);
            let containers = spec.containers.iter().zip(started);
            let exits = containers.map(|(container, started)| {
                Following {
                    engine: &engine,
                    container,
                    started,
                    told: listen.clone(),
                    essential_ended: &essential_ended,
                }
                .follow()
            });
            let exits = futures::future::join_all(exits).await;
            credentials.revoke(&spec.task_id);
            start::remove(&engine, &spec).await;
            sender.send_replace(Some(exits));
        });
        Self { told, ended }
    }

    fn tell(&self, what: Told) {
        self.told.send_if_modified(|told| {
            let worse = what > *told;
            *told = (*told).max(what);
            worse
        });
    }
}

impl RunningTask for ContainerTask {
    fn terminate(&self) {
        self.tell(Told::Terminate);
    }

    fn kill(&self) {
        self.tell(Told::Kill);
    }

    fn ended(&self) -> BoxFuture<'_, Vec<ContainerExit>> {
        let mut ended = self.ended.clone();
        Box::pin(async move {
            let exits = ended.wait_for(Option::is_some).await;
            exits
                .ok()
                .and_then(|exits| exits.clone())
                .unwrap_or_default()
        })
    }
}

/// One container, on its way to its end.
struct Following<'f> {
    engine: &'f Engine,
    container: &'f ContainerSpec,
    started: Started,
    told: watch::Receiver<Told>,
    essential_ended: &'f watch::Sender<bool>,
}

impl Following<'_> {
    async fn follow(mut self) -> ContainerExit {
        let mut out_of_memory = false;
        let kills = self.started.kills.clone();
        tokio::select! {
            () = self.until_over() => {}
            () = async { kills.seen().await; out_of_memory = true; std::future::pending().await } => {}
        }
        let state = self.engine.state(&self.started.name).await;
        if self.container.essential {
            self.essential_ended.send_replace(true);
        }
        for mut reader in self.started.readers {
            if tokio::time::timeout(DRAIN, &mut reader).await.is_err() {
                reader.abort();
            }
        }
        let engines = state.as_ref().is_ok_and(|state| state.out_of_memory);
        ContainerExit {
            name: self.container.name.clone(),
            exit_code: state.map_or(KILLED, |state| state.exit_code),
            reason: (out_of_memory || engines).then(|| OUT_OF_MEMORY.to_owned()),
        }
    }

    /// Passes on what the task is told, until the container has ended.
    async fn until_over(&mut self) {
        let mut task_over = self.essential_ended.subscribe();
        let mut kill_at = None;
        let mut over = false;
        loop {
            tokio::select! {
                _ = self.started.attached.wait() => {
                    if !self.still_runs().await {
                        return;
                    }
                    // Its output is lost, its end is not.
                    tokio::time::sleep(AGAIN).await;
                }
                told = self.told.changed() => {
                    let told = match told {
                        Ok(()) => *self.told.borrow_and_update(),
                        // The task was dropped.
                        Err(_) => Told::Kill,
                    };
                    match told {
                        Told::Nothing => {}
                        Told::Terminate => self.signal("TERM").await,
                        Told::Kill => self.kill().await,
                    }
                }
                () = async { let _ = task_over.wait_for(|over| *over).await; }, if !over => {
                    over = true;
                    self.signal("TERM").await;
                    kill_at = Some(tokio::time::Instant::now() + self.container.stop_timeout);
                }
                () = async {
                    match kill_at {
                        Some(at) => tokio::time::sleep_until(at).await,
                        None => std::future::pending().await,
                    }
                } => {
                    kill_at = None;
                    self.kill().await;
                }
            }
        }
    }

    async fn still_runs(&self) -> bool {
        let state = self.engine.state(&self.started.name).await;
        state.is_ok_and(|state| state.running)
    }

    async fn signal(&self, signal: &str) {
        let name = &self.started.name;
        let call = self.engine.call(&["kill", "--signal", signal, name]).await;
        if let Err(why) = call
            && self.still_runs().await
        {
            tracing::warn!(name, signal, why, "a container could not be signalled");
        }
    }

    /// SIGKILL; a container that the engine cannot end so is removed.
    async fn kill(&self) {
        self.signal("KILL").await;
        let name = &self.started.name;
        let call = ["wait", name];
        let wait = self.engine.call(&call);
        if tokio::time::timeout(Duration::from_secs(10), wait)
            .await
            .is_err()
        {
            let _ = self.engine.call(&["rm", "--force", name]).await;
        }
    }
}
