//! The tasks of an attempt: found in the execution's own history, then looked
//! at in ECS.

use aws::tasks::Task;
use domain::names::state;

use crate::clients::Clients;
use crate::error::RemovalError;

/// What ECS calls a task that has ended entirely.
const STOPPED: &str = "STOPPED";

/// The tasks that were started for one runner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttemptTasks {
    /// Their ARNs, the newest first; more than one where the state was redriven.
    pub arns: Vec<String>,
    /// Those that have not stopped.
    pub alive: Vec<String>,
    /// Those that have stopped and that ECS still knows.
    pub stopped: Vec<Task>,
}

/// The tasks that `execution` submitted since it last entered RunRunner; none
/// where it has entered the state `until` since and RunRunner not yet.
pub async fn tasks_of_attempt(
    clients: &Clients,
    execution: &str,
    until: Option<&str>,
) -> Result<AttemptTasks, RemovalError> {
    let arns = clients
        .executions()
        .tasks_of_attempt(execution, state::RUN_RUNNER, until)
        .await?;
    let described = clients.tasks().describe(&arns).await?;
    let (stopped, alive): (Vec<_>, Vec<_>) = described
        .into_iter()
        .partition(|task| task.last_status == STOPPED);
    Ok(AttemptTasks {
        alive: alive.into_iter().map(|task| task.arn).collect(),
        stopped,
        arns,
    })
}
