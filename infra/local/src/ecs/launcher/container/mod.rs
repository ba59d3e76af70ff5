//! Tasks as containers of podman or docker, with the task's own CPU and memory
//! as real limits.
//!
//! The engine is used through its command: `create`, `start --attach`, `kill`,
//! `inspect`, `rm`. Each container bears the label of its task and of the place
//! that owns it, so that a later place can clear away what a killed one left.
//! Containers are on this machine's own network, since the place listens on
//! loopback only.

mod arguments;
mod engine;
mod memory;
mod owner;
mod probe;
mod start;
mod task;

use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use super::{LaunchError, Launcher, ProcessSettings, RunningTask, TaskSpec};
use crate::credentials::TaskCredentials;
use crate::settings::MakeLauncher;
pub use engine::{Engine, EngineChoice, NoEngine};
use owner::Owner;

/// Runs tasks as containers of this machine.
pub struct ContainerLauncher {
    engine: Engine,
    settings: ProcessSettings,
    credentials: Arc<TaskCredentials>,
    owner: OnceCell<Owner>,
}

impl ContainerLauncher {
    /// A launcher for [`crate::Settings::launcher`]; nothing is created before
    /// the first task.
    #[must_use]
    pub fn maker(engine: Engine) -> MakeLauncher {
        Arc::new(move |settings, credentials| {
            Arc::new(Self {
                engine: engine.clone(),
                settings,
                credentials,
                owner: OnceCell::new(),
            })
        })
    }

    /// What marks this place's containers; made with the first of them.
    async fn owner(&self, container: &str) -> Result<&Owner, LaunchError> {
        let made = self.owner.get_or_try_init(|| async {
            let folder = self.settings.data_folder.clone();
            Owner::new(&folder).map_err(|error| LaunchError {
                container: container.to_owned(),
                reason: format!(
                    "CannotCreateContainerError: the lock file in {} cannot be made: {error}",
                    folder.display()
                ),
            })
        });
        made.await
    }
}

impl Launcher for ContainerLauncher {
    fn launch(&self, spec: TaskSpec) -> BoxFuture<'_, Result<Box<dyn RunningTask>, LaunchError>> {
        Box::pin(async move {
            let first = spec.containers.first().map(|first| first.name.as_str());
            let owner = self.owner(first.unwrap_or_default()).await?;
            let credentials = self.credentials.issue(&spec.task_id);
            let place = start::Place {
                engine: &self.engine,
                owner: owner.label(),
                folder: &self.settings.data_folder,
                region: &self.settings.region,
                endpoint: &self.settings.endpoint,
                credentials,
            };
            let started = match start::all(&place, &spec).await {
                Ok(started) => started,
                Err(error) => {
                    self.credentials.revoke(&spec.task_id);
                    return Err(error);
                }
            };
            let task = task::ContainerTask::follow(
                self.engine.clone(),
                spec,
                started,
                Arc::clone(&self.credentials),
            );
            Ok(Box::new(task) as Box<dyn RunningTask>)
        })
    }
}
