//! The cluster's tasks that have not ended, with what their overrides say of
//! the runner that they carry.

use std::fmt;

use aws_sdk_ecs::error::ProvideErrorMetadata;
use aws_sdk_ecs::types::DesiredStatus;

use super::Tasks;
use crate::error::{StoreError, failed};

/// DescribeTasks takes no more.
const PER_PAGE: i32 = 100;

/// A task that has not ended.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Alive {
    /// Its ARN.
    pub arn: String,
    /// `PROVISIONING`, `PENDING`, `RUNNING`, …
    pub last_status: String,
    /// When RunTask made it, epoch seconds.
    pub created_at: i64,
    /// `RUNNER_NAME` of its overrides; empty for a task that is none of ours.
    pub runner_name: String,
    /// `HANDOVER_KEY` of its overrides: whoever has it may take the JIT config.
    pub handover_key: String,
}

/// The key is not for logs.
impl fmt::Debug for Alive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alive")
            .field("arn", &self.arn)
            .field("last_status", &self.last_status)
            .field("runner_name", &self.runner_name)
            .finish_non_exhaustive()
    }
}

impl Alive {
    /// Whether its containers have not begun.
    pub fn is_starting(&self) -> bool {
        matches!(
            self.last_status.as_str(),
            "PROVISIONING" | "PENDING" | "ACTIVATING"
        )
    }
}

/// A page of tasks.
#[derive(Debug, Clone, Default)]
pub struct AlivePage {
    /// The tasks.
    pub tasks: Vec<Alive>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Tasks {
    /// Tasks that nobody has asked to stop, a hundred at most.
    pub async fn alive(&self, next: Option<String>) -> Result<AlivePage, StoreError> {
        let page = self
            .client
            .list_tasks()
            .cluster(&self.cluster)
            .desired_status(DesiredStatus::Running)
            .max_results(PER_PAGE)
            .set_next_token(next)
            .send()
            .await
            .map_err(|error| failed!("ListTasks", error))?;
        let arns = page.task_arns.unwrap_or_default();
        if arns.is_empty() {
            return Ok(AlivePage {
                tasks: Vec::new(),
                next: page.next_token,
            });
        }
        let described = self
            .client
            .describe_tasks()
            .cluster(&self.cluster)
            .set_tasks(Some(arns))
            .send()
            .await
            .map_err(|error| failed!("DescribeTasks", error))?;
        let tasks = described.tasks.unwrap_or_default();
        Ok(AlivePage {
            tasks: tasks.into_iter().map(Alive::from).collect(),
            next: page.next_token,
        })
    }
}

impl From<aws_sdk_ecs::types::Task> for Alive {
    fn from(task: aws_sdk_ecs::types::Task) -> Self {
        let variable = |name: &str| {
            let overrides = task.overrides.as_ref();
            overrides
                .map(|overrides| overrides.container_overrides())
                .unwrap_or_default()
                .iter()
                .flat_map(|container| container.environment())
                .find(|variable| variable.name() == Some(name))
                .and_then(|variable| variable.value())
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            runner_name: variable("RUNNER_NAME"),
            handover_key: variable("HANDOVER_KEY"),
            created_at: task.created_at.map_or(0, |at| at.secs()),
            last_status: task.last_status.unwrap_or_default(),
            arn: task.task_arn.unwrap_or_default(),
        }
    }
}
