//! The seam between ECS and whatever runs a task's containers.
//!
//! ECS keeps the life cycle; a launcher starts the containers of one task,
//! passes signals on, and tells how they ended. [`ProcessLauncher`] runs them
//! as processes of this machine, [`ContainerLauncher`] as containers of docker
//! or podman.

mod container;
mod environment;
mod groups;
mod leftovers;
mod output;
mod process;

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::BoxFuture;

pub(crate) use environment::PLACE_MARKER;
pub(crate) use leftovers::kill_of_place;

pub use container::{ContainerLauncher, Engine, EngineChoice, NoEngine};
pub use output::LogSink;
pub use process::{ProcessLauncher, ProcessSettings};

/// A task as a launcher needs it.
#[derive(Debug, Clone)]
pub struct TaskSpec {
    /// The last part of the task's ARN.
    pub task_id: String,
    /// The task's ARN.
    pub task_arn: String,
    /// The task definition's family.
    pub family: String,
    /// CPU units.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
    /// Names of the volumes that containers may mount; they live as long as the task.
    pub volumes: Vec<String>,
    /// The containers, at least one, at least one of them essential.
    pub containers: Vec<ContainerSpec>,
}

/// A container with its overrides applied.
#[derive(Debug, Clone)]
pub struct ContainerSpec {
    /// The container's name in the task definition.
    pub name: String,
    /// The image; nothing to a launcher of processes.
    pub image: String,
    /// `entryPoint`; where it is empty, an image's own counts.
    pub entry_point: Vec<String>,
    /// `command`, its override applied; where it is empty, an image's own counts.
    pub command: Vec<String>,
    /// The environment of definition and overrides, nothing else.
    pub environment: BTreeMap<String, String>,
    /// `user`: a name or number, with a group behind a colon where there is one.
    pub user: Option<String>,
    /// `workingDirectory`.
    pub working_directory: Option<String>,
    /// `readonlyRootFilesystem`.
    pub read_only: bool,
    /// `mountPoints`.
    pub mounts: Vec<Mount>,
    /// `linuxParameters.capabilities.drop`.
    pub drop_capabilities: Vec<String>,
    /// Whether its end is the task's end.
    pub essential: bool,
    /// Time between SIGTERM and SIGKILL.
    pub stop_timeout: Duration,
    /// Where its output goes.
    pub log: LogSink,
}

/// A task's volume in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// One of the task's volumes.
    pub volume: String,
    /// An absolute path in the container.
    pub path: String,
    /// Whether the container may only read it.
    pub read_only: bool,
}

impl ContainerSpec {
    /// `entryPoint` followed by `command`: what runs where no image has a say.
    #[must_use]
    pub fn program(&self) -> Vec<String> {
        let mut program = self.entry_point.clone();
        program.extend(self.command.iter().cloned());
        program
    }
}

/// Starts tasks.
pub trait Launcher: Send + Sync {
    /// Starts all containers of a task, or none.
    fn launch(&self, spec: TaskSpec) -> BoxFuture<'_, Result<Box<dyn RunningTask>, LaunchError>>;
}

/// A task whose containers were started.
pub trait RunningTask: Send + Sync {
    /// SIGTERM to the first process of each container.
    fn terminate(&self);
    /// SIGKILL to everything in every container.
    fn kill(&self);
    /// How the containers ended, in the order of the spec. Resolves once an
    /// essential container has ended and nothing of the task is left.
    fn ended(&self) -> BoxFuture<'_, Vec<ContainerExit>>;
}

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerExit {
    /// The container's name.
    pub name: String,
    /// The first process's exit code, 128 + the signal's number if it was killed.
    pub exit_code: i32,
    /// AWS's words where the end was not the container's own doing, e.g.
    /// [`OUT_OF_MEMORY`].
    pub reason: Option<String>,
}

/// ECS's reason for a container that the kernel killed for its memory use.
pub const OUT_OF_MEMORY: &str = "OutOfMemoryError: Container killed due to memory usage";

/// Why a task could not be started; in AWS's form `CannotStartContainerError: …`
/// or `CannotPullContainerError: …`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct LaunchError {
    /// The container that is to blame.
    pub container: String,
    /// AWS's error name, a colon, and what happened.
    pub reason: String,
}
