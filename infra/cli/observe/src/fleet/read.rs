//! Executions: lists, rows, whole histories, definitions, tasks.

use super::{Fleet, Machine, ReadError};
use crate::history::{Event, Timeline};
use crate::row::Row;
use crate::waiting;
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent};
use futures::{StreamExt as _, stream};
use serde_json::Value;
use std::collections::BTreeMap;

/// The most that ListExecutions and GetExecutionHistory give at once.
const PAGE: i32 = 1000;
/// The newest events that are read for a row: more than any two steps have.
const TAIL: i32 = 40;
/// The most tasks that DescribeTasks answers for.
const TASKS: usize = 100;
/// Calls that are under way at once.
const AT_ONCE: usize = 8;

/// An ARN, and what was read of it.
type Described = (String, Result<(Row, Timeline), ReadError>);

/// A page of a list, the newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The rows, without details.
    pub rows: Vec<Row>,
    /// Asks for the next page.
    pub next: Option<String>,
}

/// One execution, whole.
#[derive(Debug, Clone)]
pub struct Execution {
    /// As in a list, with details.
    pub row: Row,
    /// Its input: JSON text.
    pub input: String,
    /// Its output: JSON text.
    pub output: Option<String>,
    /// The ARN of the state machine's version that it runs, where it has one.
    pub version: Option<String>,
    /// All events.
    pub events: Vec<Event>,
    /// What they say.
    pub timeline: Timeline,
}

impl Fleet {
    /// The state machine; read once.
    ///
    /// # Errors
    /// [`ReadError::NoFleet`], or a call failed.
    pub async fn machine(&self) -> Result<&Machine, ReadError> {
        self.machine.get_or_try_init(|| self.find_machine()).await
    }

    async fn find_machine(&self) -> Result<Machine, ReadError> {
        let name = self.names().fleet();
        let mut pages = self
            .clients()
            .executions
            .list_state_machines()
            .into_paginator()
            .items()
            .send();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| ReadError::call("ListStateMachines", error))?;
            if item.name == name {
                let described = self
                    .clients()
                    .executions
                    .describe_state_machine()
                    .state_machine_arn(&item.state_machine_arn)
                    .send()
                    .await
                    .map_err(|error| ReadError::call("DescribeStateMachine", error))?;
                let definition = serde_json::from_str(&described.definition).unwrap_or_default();
                return Ok(Machine {
                    arn: item.state_machine_arn,
                    definition,
                });
            }
        }
        Err(ReadError::NoFleet(name.to_owned()))
    }

    /// One page of executions, the newest first, at most 1,000.
    ///
    /// # Errors
    /// As [`Fleet::machine`].
    pub async fn page(
        &self,
        status: Option<&str>,
        next: Option<String>,
        most: usize,
    ) -> Result<Page, ReadError> {
        let machine = self.machine().await?;
        self.limits().list.take().await;
        let most = i32::try_from(most).unwrap_or(PAGE).clamp(1, PAGE);
        let answer = self
            .clients()
            .executions
            .list_executions()
            .state_machine_arn(&machine.arn)
            .set_status_filter(status.map(ExecutionStatus::from))
            .set_next_token(next)
            .max_results(most)
            .send()
            .await
            .map_err(|error| ReadError::call("ListExecutions", error))?;
        Ok(Page {
            rows: answer.executions.iter().map(Row::listed).collect(),
            next: answer.next_token,
        })
    }

    /// Executions, the newest first, as long as `wanted` holds and at most `most`.
    ///
    /// # Errors
    /// As [`Fleet::machine`].
    pub async fn list(
        &self,
        status: Option<&str>,
        most: usize,
        wanted: impl Fn(&Row) -> bool,
    ) -> Result<Vec<Row>, ReadError> {
        let mut rows = Vec::new();
        let mut next = None;
        loop {
            let page = self
                .page(status, next, most.saturating_sub(rows.len()))
                .await?;
            for row in page.rows {
                if !wanted(&row) || rows.len() == most {
                    return Ok(rows);
                }
                rows.push(row);
            }
            next = page.next;
            if next.is_none() || rows.len() == most {
                return Ok(rows);
            }
        }
    }

    /// The ARN of the execution that a person named: an ARN, or a name.
    ///
    /// # Errors
    /// As [`Fleet::machine`].
    pub async fn arn(&self, named: &str) -> Result<String, ReadError> {
        if named.starts_with("arn:") {
            return Ok(named.to_owned());
        }
        let machine = &self.machine().await?.arn;
        Ok(format!(
            "{}:{named}",
            machine.replacen(":stateMachine:", ":execution:", 1)
        ))
    }

    /// One execution's row with details: two calls, and one more for a task that runs.
    ///
    /// # Errors
    /// [`ReadError::NoExecution`], or a call failed.
    pub async fn row(&self, arn: &str) -> Result<Row, ReadError> {
        let mut rows = self.rows(&[arn.to_owned()]).await;
        match rows.pop() {
            Some((_, row)) => row,
            None => Err(ReadError::NoExecution(arn.to_owned())),
        }
    }

    /// The rows of many executions with details, in their order. One that cannot
    /// be read has its error.
    pub async fn rows(&self, arns: &[String]) -> Vec<(String, Result<Row, ReadError>)> {
        let mut read: Vec<Described> = stream::iter(arns.to_vec())
            .map(|arn| async move {
                let read = self.described(&arn).await;
                (arn, read)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let live: Vec<String> = read
            .iter()
            .filter_map(|(_, row)| row.as_ref().ok())
            .filter(|(row, _)| row.running())
            .filter_map(|(row, _)| row.details.as_ref()?.task.clone())
            .collect();
        let statuses = self.task_statuses(&live).await.unwrap_or_default();
        read.drain(..)
            .map(|(arn, row)| {
                let row = row.map(|(mut row, timeline)| {
                    if let Some(details) = &mut row.details {
                        details.task_status = details
                            .task
                            .as_ref()
                            .and_then(|task| statuses.get(task).cloned());
                        details.waiting = waiting::why(&row.status, details, &timeline);
                    }
                    row
                });
                (arn, row)
            })
            .collect()
    }

    async fn described(&self, arn: &str) -> Result<(Row, Timeline), ReadError> {
        let described = self.describe(arn).await?;
        let mut events = self.tail(arn, TAIL).await?;
        // A step that was retried many times fills the tail: look further back.
        if described.status == ExecutionStatus::Running
            && !events
                .iter()
                .any(|event| event.kind.ends_with("StateEntered"))
        {
            events = self.tail(arn, PAGE).await?;
        }
        let row = Row::described(&described, &events);
        Ok((row, Timeline::of(&events)))
    }

    async fn describe(
        &self,
        arn: &str,
    ) -> Result<aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput, ReadError>
    {
        self.limits().describe.take().await;
        let answer = self
            .clients()
            .executions
            .describe_execution()
            .execution_arn(arn)
            .send()
            .await;
        answer.map_err(|error| {
            let gone = error
                .as_service_error()
                .is_some_and(|error| error.is_execution_does_not_exist() || error.is_invalid_arn());
            if gone {
                ReadError::NoExecution(arn.rsplit(':').next().unwrap_or(arn).to_owned())
            } else {
                ReadError::call("DescribeExecution", error)
            }
        })
    }

    /// The newest events, in order.
    async fn tail(&self, arn: &str, most: i32) -> Result<Vec<Event>, ReadError> {
        self.limits().history.take().await;
        let answer = self
            .clients()
            .executions
            .get_execution_history()
            .execution_arn(arn)
            .reverse_order(true)
            .max_results(most)
            .send()
            .await
            .map_err(|error| ReadError::call("GetExecutionHistory", error))?;
        Ok(answer.events.iter().rev().map(Event::from).collect())
    }

    /// An execution with its whole history.
    ///
    /// # Errors
    /// [`ReadError::NoExecution`], or a call failed.
    pub async fn execution(&self, arn: &str) -> Result<Execution, ReadError> {
        let described = self.describe(arn).await?;
        let events: Vec<Event> = self.history(arn).await?.iter().map(Event::from).collect();
        let timeline = Timeline::of(&events);
        let mut row = Row::described(&described, &events);
        if let Some(details) = &mut row.details {
            if let Some(task) = details.task.clone()
                && described.status == ExecutionStatus::Running
            {
                details.task_status = self
                    .task_statuses(std::slice::from_ref(&task))
                    .await
                    .unwrap_or_default()
                    .remove(&task);
            }
            details.waiting = waiting::why(&row.status, details, &timeline);
        }
        Ok(Execution {
            row,
            input: described.input.unwrap_or_default(),
            output: described.output,
            version: described.state_machine_version_arn,
            events,
            timeline,
        })
    }

    /// Every event of an execution as the SDK gives it, hand-over keys included.
    ///
    /// # Errors
    /// A call failed.
    pub async fn history(&self, arn: &str) -> Result<Vec<HistoryEvent>, ReadError> {
        let mut events = Vec::new();
        let mut next = None;
        loop {
            self.limits().history.take().await;
            let answer = self
                .clients()
                .executions
                .get_execution_history()
                .execution_arn(arn)
                .max_results(PAGE)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| ReadError::call("GetExecutionHistory", error))?;
            events.extend(answer.events);
            next = answer.next_token;
            if next.is_none() {
                return Ok(events);
            }
        }
    }

    /// The machine's definition as it is at this moment.
    ///
    /// # Errors
    /// As [`Fleet::machine`].
    pub async fn newest_definition(&self) -> Result<Value, ReadError> {
        let machine = self.machine().await?;
        self.limits().describe.take().await;
        let answer = self
            .clients()
            .executions
            .describe_state_machine()
            .state_machine_arn(&machine.arn)
            .send()
            .await
            .map_err(|error| ReadError::call("DescribeStateMachine", error))?;
        Ok(serde_json::from_str(&answer.definition).unwrap_or_default())
    }

    /// The definition that an execution runs: it may be older than the machine's.
    ///
    /// # Errors
    /// A call failed.
    pub async fn definition(&self, arn: &str) -> Result<Value, ReadError> {
        self.limits().describe.take().await;
        let answer = self
            .clients()
            .executions
            .describe_state_machine_for_execution()
            .execution_arn(arn)
            .send()
            .await
            .map_err(|error| ReadError::call("DescribeStateMachineForExecution", error))?;
        Ok(serde_json::from_str(&answer.definition).unwrap_or_default())
    }

    /// The status of each task that ECS still knows, by ARN.
    ///
    /// # Errors
    /// A call failed.
    pub async fn task_statuses(
        &self,
        tasks: &[String],
    ) -> Result<BTreeMap<String, String>, ReadError> {
        let mut statuses = BTreeMap::new();
        for some in tasks.chunks(TASKS) {
            self.limits().tasks.take().await;
            let answer = self
                .clients()
                .tasks
                .describe_tasks()
                .cluster(self.names().fleet())
                .set_tasks(Some(some.to_vec()))
                .send()
                .await
                .map_err(|error| ReadError::call("DescribeTasks", error))?;
            for task in answer.tasks() {
                if let (Some(arn), Some(status)) = (task.task_arn(), task.last_status()) {
                    statuses.insert(arn.to_owned(), status.to_owned());
                }
            }
        }
        Ok(statuses)
    }
}
