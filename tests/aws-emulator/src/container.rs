//! A task's container, as a process: the emulator has no container engine, so
//! its tasks are RUNNING without anything that runs.

use crate::account::Account;
use anyhow::{Context as _, Result};
use aws_sdk_ecs::Client;
use aws_sdk_ecs::types::{ContainerDefinition, KeyValuePair, Task};
use std::path::Path;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The container's name in task definition and overrides.
const NAME: &str = "runner";

/// A container at work. Dropped, it is killed.
#[derive(Debug)]
pub struct Container {
    child: Child,
    client: Client,
    cluster: String,
    task: String,
    /// The runner program's working folder.
    folder: TempDir,
}

impl Container {
    /// Starts `entrypoint` with the variables of definition and overrides, and
    /// with the credentials that a task's role gives it.
    pub(crate) async fn start(
        client: &Client,
        cluster: &str,
        task: &str,
        entrypoint: &Path,
        role: &Account,
    ) -> Result<Self> {
        let described = client
            .describe_tasks()
            .cluster(cluster)
            .tasks(task)
            .send()
            .await?;
        let of = described.tasks().first().context("ECS knows the task")?;
        let definition = client
            .describe_task_definition()
            .task_definition(of.task_definition_arn().unwrap_or_default())
            .send()
            .await?;
        let definition = definition
            .task_definition
            .context("ECS knows the definition")?;
        let container = definition
            .container_definitions()
            .iter()
            .find(|container| container.name() == Some(NAME))
            .context("the definition has the runner's container")?;
        let runner = support::binaries().join("stand-in-runner");
        let runner = serde_json::json!([runner, "run"]).to_string();
        let folder = tempfile::Builder::new().prefix("task-").tempdir()?;
        let child = Command::new(entrypoint)
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .envs(variables(container, of))
            .env("RUNNER_PROGRAM", runner)
            .envs(role.environment())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .context("the packaged entrypoint could not be started")?;
        Ok(Self {
            child,
            client: client.clone(),
            cluster: cluster.to_owned(),
            task: task.to_owned(),
            folder,
        })
    }

    /// Waits for its end, after which the task has ended as well; answers the
    /// exit code. The emulator can only be told to stop the task.
    ///
    /// # Errors
    /// ECS does not answer.
    pub async fn ended(mut self) -> Result<i32> {
        let status = self.child.wait().await?;
        self.client
            .stop_task()
            .cluster(&self.cluster)
            .task(&self.task)
            .reason("Essential container in task exited")
            .send()
            .await?;
        self.folder.close()?;
        status.code().context("the entrypoint ends by itself")
    }
}

/// The definition's, then the overrides', which win.
fn variables(container: &ContainerDefinition, task: &Task) -> Vec<(String, String)> {
    let overrides = task.overrides().map(|all| all.container_overrides());
    let overridden = overrides
        .unwrap_or_default()
        .iter()
        .filter(|one| one.name() == Some(NAME))
        .flat_map(|one| one.environment());
    container
        .environment()
        .iter()
        .chain(overridden)
        .map(|pair: &KeyValuePair| {
            let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
            (text(pair.name()), text(pair.value()))
        })
        .collect()
}
