//! Tasks of one cluster: how they are, and the order to stop. Which of them have
//! not ended is in the part `alive`.

mod alive;

use aws_sdk_ecs::Client;
use aws_sdk_ecs::error::ProvideErrorMetadata;
use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::error::{StoreError, failed};

pub use alive::{Alive, AlivePage};

/// A client for one cluster.
#[derive(Debug, Clone)]
pub struct Tasks {
    client: Client,
    cluster: String,
}

/// A task as ECS describes it; texts are empty where ECS says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// Its ARN.
    pub arn: String,
    /// `PENDING`, `RUNNING`, `STOPPED`, …
    pub last_status: String,
    /// `EssentialContainerExited`, `SpotInterruption`, …
    pub stop_code: String,
    /// ECS's sentence.
    pub stopped_reason: String,
    /// When it had ended entirely.
    pub stopped_at: Option<DateTime<Utc>>,
    /// When its containers began.
    pub started_at: Option<DateTime<Utc>>,
    /// When the image's pull began: AWS bills from here on.
    pub pull_started_at: Option<DateTime<Utc>>,
    /// `FARGATE`, `FARGATE_SPOT` or empty.
    pub capacity_provider: String,
    /// `FARGATE`.
    pub launch_type: String,
    /// CPU units; 0 where ECS does not say.
    pub cpu: u32,
    /// Memory, MiB; 0 where ECS does not say.
    pub memory_mib: u32,
    /// Ephemeral storage, GiB; 0 where ECS does not say.
    pub storage_gib: u32,
    /// The attribute `ecs.cpu-architecture`.
    pub architecture: String,
    /// The containers.
    pub containers: Vec<Container>,
}

/// A container of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Container {
    /// Its name in the task definition.
    pub name: String,
    /// What its first process ended with.
    pub exit_code: Option<i32>,
    /// ECS's word on its end.
    pub reason: String,
}

impl Tasks {
    /// A client for the cluster named `cluster` (name or ARN).
    pub fn new(config: &Config, cluster: impl Into<String>) -> Self {
        Self {
            client: Client::new(config.sdk()),
            cluster: cluster.into(),
        }
    }

    /// The tasks that ECS still knows; it forgets them about an hour after their end.
    pub async fn describe(&self, arns: &[String]) -> Result<Vec<Task>, StoreError> {
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        let answer = self
            .client
            .describe_tasks()
            .cluster(&self.cluster)
            .set_tasks(Some(arns.to_vec()))
            .send()
            .await
            .map_err(|error| failed!("DescribeTasks", error))?;
        Ok(answer
            .tasks
            .unwrap_or_default()
            .into_iter()
            .map(Task::from)
            .collect())
    }

    /// Asks ECS to stop a task. One that is unknown or stopped already is fine.
    pub async fn stop(&self, arn: &str, reason: &str) -> Result<(), StoreError> {
        let answer = self
            .client
            .stop_task()
            .cluster(&self.cluster)
            .task(arn)
            .reason(reason)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => match failed!("StopTask", error) {
                // ECS's answer for a task that it has forgotten.
                StoreError::Refused { code, .. } if code == "InvalidParameterException" => Ok(()),
                error => Err(error),
            },
        }
    }
}

impl From<aws_sdk_ecs::types::Task> for Task {
    fn from(task: aws_sdk_ecs::types::Task) -> Self {
        let time = |at: Option<aws_sdk_ecs::primitives::DateTime>| {
            at.and_then(|at| DateTime::from_timestamp(at.secs(), at.subsec_nanos()))
        };
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
        Self {
            pull_started_at: time(task.pull_started_at),
            launch_type: task
                .launch_type
                .map(|launch_type| launch_type.as_str().to_owned())
                .unwrap_or_default(),
            cpu: number(task.cpu),
            memory_mib: number(task.memory),
            storage_gib: task
                .ephemeral_storage
                .and_then(|storage| u32::try_from(storage.size_in_gib).ok())
                .unwrap_or(0),
            architecture: task
                .attributes
                .unwrap_or_default()
                .into_iter()
                .find(|attribute| attribute.name == "ecs.cpu-architecture")
                .and_then(|attribute| attribute.value)
                .unwrap_or_default(),
            arn: task.task_arn.unwrap_or_default(),
            last_status: task.last_status.unwrap_or_default(),
            stop_code: task
                .stop_code
                .map(|code| code.as_str().to_owned())
                .unwrap_or_default(),
            stopped_reason: task.stopped_reason.unwrap_or_default(),
            stopped_at: time(task.stopped_at),
            started_at: time(task.started_at),
            capacity_provider: task.capacity_provider_name.unwrap_or_default(),
            containers: task
                .containers
                .unwrap_or_default()
                .into_iter()
                .map(|container| Container {
                    name: container.name.unwrap_or_default(),
                    exit_code: container.exit_code,
                    reason: container.reason.unwrap_or_default(),
                })
                .collect(),
        }
    }
}
