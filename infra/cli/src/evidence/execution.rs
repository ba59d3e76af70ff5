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
    /// The error that it ended with.
    pub error: Option<String>,
    /// That error's cause.
    pub cause: Option<String>,
}

/// Every execution of a state machine, oldest first.
pub async fn all(client: &aws_sdk_sfn::Client, state_machine: &str) -> Result<Vec<Execution>> {
    let mut arns = Vec::new();
    let mut pages = client
        .list_executions()
        .state_machine_arn(state_machine)
        .into_paginator()
        .items()
        .send();
    while let Some(item) = pages.next().await {
        arns.push(item.context("ListExecutions failed")?.execution_arn);
    }
    let mut executions = Vec::new();
    for arn in arns.into_iter().rev() {
        executions.push(read(client, &arn).await?);
    }
    Ok(executions)
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
