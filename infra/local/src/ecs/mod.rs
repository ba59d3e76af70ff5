//! ECS on Fargate, in memory: clusters, task definitions, and tasks that live
//! through AWS's life cycle while a [`Launcher`] runs their containers.
//!
//! Calls take and give the bodies of the JSON protocol
//! (`AmazonEC2ContainerServiceV20141113.*`). Every change of a task's status is
//! published ([`Ecs::changes`]) and recorded ([`Ecs::statuses`]). Failures can
//! be ordered ([`Ecs::inject`], [`Ecs::strike`]).

mod clusters;
mod definitions;
mod describe;
mod fault;
mod input;
mod kept;
pub mod launcher;
mod life_cycle;
mod mishap;
mod overrides;
mod references;
mod request;
mod run_task;
mod settings;
mod sizes;
mod state;
mod stop;
mod task;
mod task_wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::hook::Hook;
use crate::logs::Logs;
use crate::server::error::AwsError;
use crate::store::Shelf;
pub use fault::EcsFault;
use launcher::Launcher;
pub use settings::EcsSettings;
use state::State;
use stop::Stop;

/// Status changes that a slow listener may lag behind by before it misses some.
const CHANGES_KEPT: usize = 4096;

/// The ECS service of the place.
pub struct Ecs {
    settings: EcsSettings,
    launcher: Arc<dyn Launcher>,
    logs: Arc<Logs>,
    clock: Clock,
    state: Mutex<State>,
    changes: broadcast::Sender<Value>,
    faults: Hook,
    lives: Mutex<Vec<JoinHandle<()>>>,
    pub(crate) shelf: Shelf,
}

impl Ecs {
    /// A service without clusters, definitions or tasks.
    #[must_use]
    pub fn new(
        settings: EcsSettings,
        launcher: Arc<dyn Launcher>,
        logs: Arc<Logs>,
        clock: Clock,
    ) -> Arc<Self> {
        Arc::new(Self {
            settings,
            launcher,
            logs,
            clock,
            state: Mutex::default(),
            changes: broadcast::Sender::new(CHANGES_KEPT),
            faults: Hook::default(),
            lives: Mutex::default(),
            shelf: Shelf::default(),
        })
    }

    /// Answers one call: operation without prefix, body in, body out. RunTask
    /// must be called within a tokio runtime.
    ///
    /// # Errors
    /// AWS's own, e.g. `ClusterNotFoundException`; `UnknownOperationException`
    /// for an operation that is not known here.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every service's call has this shape"
    )]
    pub fn call(self: &Arc<Self>, operation: &str, input: Value) -> Result<Value, AwsError> {
        self.forget_old_tasks();
        match operation {
            "CreateCluster" => self.create_cluster(&input),
            "DescribeClusters" => self.describe_clusters(&input),
            "ListClusters" => self.list_clusters(&input),
            "RegisterTaskDefinition" => self.register_task_definition(&input),
            "DescribeTaskDefinition" => self.describe_task_definition(&input),
            "ListTaskDefinitions" => self.list_task_definitions(&input),
            "RunTask" => self.run_task(&input),
            "StopTask" => self.stop_task(&input),
            "DescribeTasks" => self.describe_tasks(&input),
            "ListTasks" => self.list_tasks(&input),
            _ => Err(AwsError::unknown_operation(operation)),
        }
    }

    /// Every change of a task's status from now on: the whole Task as
    /// DescribeTasks would show it, without tags.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Value> {
        self.changes.subscribe()
    }

    /// A task by its ARN, as DescribeTasks would show it, without tags.
    #[must_use]
    pub fn task(&self, arn: &str) -> Option<Value> {
        let state = self.state();
        state
            .task(references::last_part(arn))
            .map(|task| task.to_wire(false))
    }

    /// Every status that a task went through, and when; empty for an unknown one.
    #[must_use]
    pub fn statuses(&self, arn: &str) -> Vec<(String, DateTime<Utc>)> {
        let state = self.state();
        let Some(task) = state.task(references::last_part(arn)) else {
            return Vec::new();
        };
        task.statuses
            .iter()
            .map(|(status, at)| (status.to_string(), *at))
            .collect()
    }

    /// Lets the next `times` RunTask calls, or the tasks they start, fail.
    /// Several faults are used up one after the other.
    pub fn inject(&self, fault: EcsFault, times: usize) {
        self.state().faults.add(fault, times);
    }

    /// Lets a fault happen to one task now; its `after` counts for nothing.
    /// False if the task is unknown or about to stop, or the fault is not one
    /// that happens to a running task.
    pub fn strike(&self, arn: &str, fault: &EcsFault) -> bool {
        let stop = match fault {
            EcsFault::SpotInterruption { .. } => Stop::Spot,
            EcsFault::OutOfMemory { .. } => Stop::OutOfMemory,
            EcsFault::Kill { .. } => Stop::Kill,
            EcsFault::Exit { code, .. } => Stop::Exit(*code),
            EcsFault::RefuseRunTask { .. }
            | EcsFault::Failure { .. }
            | EcsFault::StuckInProvisioning
            | EcsFault::FailToStart { .. } => return false,
        };
        self.request_stop(references::last_part(arn), stop)
    }

    /// Refuses new tasks, stops all there are, and waits until no process of
    /// theirs is left.
    pub async fn shutdown(&self) {
        let ids = {
            let mut state = self.state();
            state.closed = true;
            state.unstopped_ids()
        };
        for id in ids {
            self.request_stop(&id, Stop::Shutdown);
        }
        let lives = std::mem::take(&mut *self.lives());
        for life in lives {
            if let Err(error) = life.await {
                tracing::warn!(%error, "a task's life ended with a panic");
            }
        }
    }

    fn forget_old_tasks(&self) {
        // A retention beyond chrono's range keeps tasks for ever.
        if let Ok(retention) = chrono::TimeDelta::from_std(self.settings.retention) {
            let before = self.clock.now() - retention;
            self.state()
                .forget_stopped_before(before, |task| self.forget_task(task));
        }
        self.lives().retain(|life| !life.is_finished());
    }

    /// No holder of the lock can leave the state half changed by a panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lives(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Ecs {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Ecs")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
