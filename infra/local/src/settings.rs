//! What a place is started with.

use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::Clock;
use crate::credentials::TaskCredentials;
use crate::ecs::EcsSettings;
use crate::ecs::launcher::{Launcher, ProcessSettings};
use crate::ids::Ids;

/// Makes the launcher of tasks once the place's address and folder are known.
pub type MakeLauncher =
    Arc<dyn Fn(ProcessSettings, Arc<TaskCredentials>) -> Arc<dyn Launcher> + Send + Sync>;

/// Where and how a place keeps its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// A folder of its own; made where there is none.
    pub folder: PathBuf,
    /// Whether each answer waits until its changes are on the disk. Without it they
    /// are with the operating system by then, which a killed place survives, and a
    /// machine without power does not.
    pub fsync: bool,
}

/// Settings of a [`crate::Place`]. `Settings::default()` is a place on a random port.
#[derive(Clone)]
pub struct Settings {
    /// The loopback port; 0 for a random one.
    pub port: u16,
    /// Wait states and Retry delays of state machines run this many times faster;
    /// time limits of tasks keep real time. 1.0 is real time.
    pub timer_speed: f64,
    /// The clock of all services.
    pub clock: Clock,
    /// How long the phases of a task's life take.
    pub ecs: EcsSettings,
    /// Where the place keeps its state, to go on from there at the next start. In
    /// memory when not given; tasks then work in a temporary folder, removed at
    /// shutdown.
    pub data: Option<Data>,
    /// What starts the containers of tasks; as processes when not given.
    pub launcher: Option<MakeLauncher>,
    /// Where the ids of executions, tasks, events and requests come from.
    pub ids: Ids,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 0,
            timer_speed: 1.0,
            clock: Clock::system(),
            ecs: EcsSettings::default(),
            data: None,
            launcher: None,
            ids: Ids::system(),
        }
    }
}
