//! What Step Functions says of one execution, read from its own history.

use anyhow::{Context as _, Result};
use aws_sdk_sfn::types::{HistoryEvent, HistoryEventType};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// One execution, as far as the demo and the tests look at it.
#[derive(Debug, Clone, Serialize)]
pub struct Execution {
    /// Its ARN.
    pub arn: String,
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`.
    pub status: String,
    /// GitHub's id of the job that its input names.
    pub job_id: u64,
    /// When it was started.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub stopped: Option<DateTime<Utc>>,
    /// The names of the states entered, in order.
    pub states: Vec<String>,
    /// The errors that its tasks failed with, in order, retried ones included.
    pub failures: Vec<String>,
    /// GitHub's id of the runner minted last.
    pub runner_id: Option<u64>,
    /// The name of the runner minted last.
    pub runner_name: Option<String>,
    /// The hand-over keys of all its mints.
    pub handover_keys: Vec<String>,
    /// ARNs of the tasks that it submitted, in order.
    pub tasks: Vec<String>,
    /// The outcome that it ended with.
    pub outcome: Option<String>,
    /// The event of the bus that started it: its id, where its input is one.
    pub event_id: Option<String>,
    /// What RunRunner gave back last.
    pub run_result: Option<RunResult>,
    /// The error that it ended with.
    pub error: Option<String>,
    /// That error's cause.
    pub cause: Option<String>,
}

/// The result of `ecs:runTask.sync`, as far as VerifyRemoval relies on its shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunResult {
    /// The task that it is about, where it is one task.
    pub task_arn: Option<String>,
    /// Why that stopped.
    pub stop_code: Option<String>,
    /// The exit code of its container.
    pub exit_code: Option<i64>,
}

/// Every execution of a state machine, oldest first.
pub async fn all(client: &aws_sdk_sfn::Client, state_machine: &str) -> Result<Vec<Execution>> {
    let mut executions = Vec::new();
    for arn in arns_since(client, state_machine, None).await? {
        executions.push(read(client, &arn).await?);
    }
    Ok(executions)
}

/// ARNs of the executions started since a moment, oldest first.
pub(crate) async fn arns_since(
    client: &aws_sdk_sfn::Client,
    state_machine: &str,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<String>> {
    let mut arns = Vec::new();
    let mut pages = client
        .list_executions()
        .state_machine_arn(state_machine)
        .into_paginator()
        .items()
        .send();
    while let Some(item) = pages.next().await {
        let item = item.context("ListExecutions failed")?;
        // They come with the newest first.
        if since.is_some_and(|since| time(&item.start_date) < since) {
            break;
        }
        arns.push(item.execution_arn);
    }
    arns.reverse();
    Ok(arns)
}

/// One execution with its whole history.
pub async fn read(client: &aws_sdk_sfn::Client, arn: &str) -> Result<Execution> {
    let described = client
        .describe_execution()
        .execution_arn(arn)
        .send()
        .await
        .context("DescribeExecution failed")?;
    let input: Value = serde_json::from_str(described.input().unwrap_or("{}"))
        .context("an execution's input is JSON")?;
    let output: Option<Value> = described
        .output()
        .and_then(|output| serde_json::from_str(output).ok());
    let mut execution = Execution {
        arn: arn.to_owned(),
        status: described.status.as_str().to_owned(),
        job_id: input["detail"]["workflow_job"]["id"].as_u64().unwrap_or(0),
        started: time(&described.start_date),
        stopped: described.stop_date.as_ref().map(time),
        states: Vec::new(),
        failures: Vec::new(),
        runner_id: None,
        runner_name: None,
        handover_keys: Vec::new(),
        tasks: Vec::new(),
        outcome: output.and_then(|output| Some(output["outcome"].as_str()?.to_owned())),
        event_id: input["detail-type"]
            .as_str()
            .and_then(|_| Some(input["id"].as_str()?.to_owned())),
        run_result: None,
        error: described.error,
        cause: described.cause,
    };
    let mut pages = client
        .get_execution_history()
        .execution_arn(arn)
        .into_paginator()
        .items()
        .send();
    while let Some(event) = pages.next().await {
        execution.add(&event.context("GetExecutionHistory failed")?);
    }
    Ok(execution)
}

impl RunResult {
    fn read(output: &str) -> Self {
        let output: Value = serde_json::from_str(output).unwrap_or_default();
        let text = |name: &str| output[name].as_str().map(str::to_owned);
        Self {
            task_arn: text("TaskArn"),
            stop_code: text("StopCode"),
            exit_code: output["Containers"][0]["ExitCode"].as_i64(),
        }
    }
}

impl Execution {
    fn add(&mut self, event: &HistoryEvent) {
        if let Some(entered) = event.state_entered_event_details() {
            self.states.push(entered.name().to_owned());
        }
        if let Some(failed) = event.task_failed_event_details() {
            self.failures
                .push(failed.error().unwrap_or_default().to_owned());
        }
        if let Some(succeeded) = event.task_succeeded_event_details()
            && self.states.last().is_some_and(|state| state == "Mint")
        {
            self.add_mint(succeeded.output().unwrap_or_default());
        }
        if let Some(succeeded) = event.task_succeeded_event_details()
            && self.states.last().is_some_and(|state| state == "RunRunner")
        {
            self.run_result = Some(RunResult::read(succeeded.output().unwrap_or_default()));
        }
        if event.r#type == HistoryEventType::TaskSubmitted
            && let Some(submitted) = event.task_submitted_event_details()
            && let Ok(output) =
                serde_json::from_str::<Value>(submitted.output().unwrap_or_default())
            && let Some(task) = output["Tasks"][0]["TaskArn"].as_str()
        {
            self.tasks.push(task.to_owned());
        }
    }

    fn add_mint(&mut self, output: &str) {
        let payload = serde_json::from_str::<Value>(output)
            .map(|mut output| output["Payload"].take())
            .unwrap_or_default();
        if payload["outcome"] != "minted" {
            return;
        }
        self.runner_id = payload["runner"]["id"].as_u64();
        self.runner_name = payload["runner"]["name"].as_str().map(str::to_owned);
        if let Some(key) = payload["handover_key"].as_str() {
            self.handover_keys.push(key.to_owned());
        }
    }
}

fn time(of: &aws_sdk_sfn::primitives::DateTime) -> DateTime<Utc> {
    DateTime::from_timestamp(of.secs(), of.subsec_nanos()).unwrap_or_default()
}
