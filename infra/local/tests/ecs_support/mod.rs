//! A small ECS for the tests: one cluster, quick phases, tasks that are shell
//! scripts.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "helpers take json! values as they are made, and may unwrap like the tests"
)]
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use local::clock::Clock;
use local::credentials::TaskCredentials;
use local::ecs::launcher::{ProcessLauncher, ProcessSettings};
use local::ecs::{Ecs, EcsSettings};
use local::logs::Logs;
use local::server::error::AwsError;
use serde_json::{Value, json};

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Place {
    pub(crate) ecs: Arc<Ecs>,
    pub(crate) logs: Arc<Logs>,
    pub(crate) data: tempfile::TempDir,
}

impl Place {
    /// The cluster `runners` and the definition `runner`, which runs `script`.
    pub(crate) fn new(script: &str) -> Self {
        Self::with(
            EcsSettings {
                stop_timeout: Duration::from_secs(10),
                ..quick()
            },
            script,
        )
    }

    pub(crate) fn with(settings: EcsSettings, script: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let clock = Clock::system();
        let logs = Arc::new(Logs::new());
        let around = ProcessSettings::new(data.path().to_owned(), "http://127.0.0.1:1".to_owned());
        let launcher = ProcessLauncher::new(around, Arc::new(TaskCredentials::new(clock.clone())));
        let ecs = Ecs::new(settings, Arc::new(launcher), Arc::clone(&logs), clock);
        let place = Self { ecs, logs, data };
        place.call("CreateCluster", json!({ "clusterName": "runners", "capacityProviders": ["FARGATE", "FARGATE_SPOT"] })).unwrap();
        place
            .call("RegisterTaskDefinition", definition(script))
            .unwrap();
        place
    }

    pub(crate) fn call(&self, operation: &str, input: Value) -> Result<Value, AwsError> {
        self.ecs.call(operation, input)
    }

    /// Starts one task; returns its ARN.
    pub(crate) fn run(&self, changes: Value) -> String {
        let answer = self.call("RunTask", run_task(changes)).unwrap();
        assert_eq!(answer["failures"], json!([]));
        answer["tasks"][0]["taskArn"].as_str().unwrap().to_owned()
    }

    pub(crate) fn task(&self, arn: &str) -> Value {
        self.ecs.task(arn).unwrap()
    }

    pub(crate) async fn until_status(&self, arn: &str, status: &str) -> Value {
        self.until(&format!("{arn} {status}"), || {
            let task = self.ecs.task(arn)?;
            (task["lastStatus"] == status).then_some(task)
        })
        .await
    }

    /// Polls until there is something.
    pub(crate) async fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The lines that a task has printed so far.
    pub(crate) fn lines(&self, arn: &str) -> Vec<String> {
        let id = arn.rsplit('/').next().unwrap();
        let lines = self
            .logs
            .lines("/ecs/runner", &format!("runner/runner/{id}"));
        lines.into_iter().map(|(_, line)| line).collect()
    }

    pub(crate) async fn until_line(&self, arn: &str, line: &str) {
        self.until(line, || {
            self.lines(arn)
                .iter()
                .any(|found| found == line)
                .then_some(())
        })
        .await;
    }

    /// The statuses that a task went through.
    pub(crate) fn statuses(&self, arn: &str) -> Vec<String> {
        self.ecs
            .statuses(arn)
            .into_iter()
            .map(|(status, _)| status)
            .collect()
    }

    pub(crate) fn work_folder(&self, arn: &str) -> PathBuf {
        self.data
            .path()
            .join("tasks")
            .join(arn.rsplit('/').next().unwrap())
    }
}

pub(crate) fn quick() -> EcsSettings {
    EcsSettings {
        provisioning: Duration::from_millis(5),
        pending: Duration::from_millis(5),
        deprovisioning: Duration::from_millis(5),
        ..EcsSettings::default()
    }
}

pub(crate) fn definition(script: &str) -> Value {
    json!({
        "family": "runner",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{
            "name": "runner", "image": "runner:latest",
            "entryPoint": ["/bin/sh", "-c"], "command": [script],
            "environment": [{ "name": "FROM_DEFINITION", "value": "yes" }, { "name": "OVERRIDDEN", "value": "no" }],
        }],
    })
}

/// A RunTask request with some members replaced.
pub(crate) fn run_task(changes: Value) -> Value {
    let mut input = json!({
        "cluster": "runners",
        "taskDefinition": "runner",
        "launchType": "FARGATE",
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-1"], "securityGroups": ["sg-1"] } },
    });
    for (name, value) in changes.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

/// Whether a process is alive (a zombie is not).
pub(crate) fn alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(") ").next().unwrap_or("Z").starts_with('Z'))
}
