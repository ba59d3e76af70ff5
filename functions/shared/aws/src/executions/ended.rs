//! Which executions run, which have ended red, and the order to go on.
//!
//! ListExecutions is sorted by the start, not by the end, so whoever looks for
//! what has ended lately reads all that has ended red.

use std::collections::BTreeSet;

use aws_sdk_sfn::error::ProvideErrorMetadata;
use aws_sdk_sfn::types::{ExecutionRedriveStatus, ExecutionStatus};

use super::Executions;
use crate::error::{StoreError, failed};

/// The most that a page of ListExecutions holds.
const PER_PAGE: i32 = 1000;
/// Pages that are read at most of each status.
const PAGES: usize = 10;

/// The statuses that can be redriven.
const RED: [ExecutionStatus; 3] = [
    ExecutionStatus::Failed,
    ExecutionStatus::TimedOut,
    ExecutionStatus::Aborted,
];

/// An execution that ended red.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ended {
    /// When, epoch seconds.
    pub at: i64,
    /// Its ARN.
    pub arn: String,
}

/// The executions that run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Running {
    /// Their ARNs.
    pub arns: BTreeSet<String>,
    /// Whether these are all; where not, one that is not among them may run.
    pub whole: bool,
}

/// An execution as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Described {
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`.
    pub status: String,
    /// The error that it ended with; empty where none was given.
    pub error: String,
    /// Its input, JSON.
    pub input: String,
    /// When it ended, epoch seconds; 0 while it runs.
    pub ended_at: i64,
    /// Whether Step Functions would redrive it.
    pub redrivable: bool,
}

/// What became of a redrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redriven {
    /// It runs again.
    Now,
    /// It runs already, succeeded, is too old or has too long a history.
    Refused,
    /// There is no such execution any more.
    Gone,
}

impl Described {
    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.status == "RUNNING"
    }

    /// Whether it ended well.
    pub fn succeeded(&self) -> bool {
        self.status == "SUCCEEDED"
    }
}

impl Executions {
    /// The executions of `machine` (ARN) that run.
    pub async fn running(&self, machine: &str) -> Result<Running, StoreError> {
        let mut running = Running::default();
        running.whole = self
            .each(machine, &ExecutionStatus::Running, |arn, _| {
                running.arns.insert(arn);
            })
            .await?;
        Ok(running)
    }

    /// Those that ended red at or after `since` (epoch seconds), the first end first.
    pub async fn ended_since(&self, machine: &str, since: i64) -> Result<Vec<Ended>, StoreError> {
        let mut ended = Vec::new();
        for status in &RED {
            self.each(machine, status, |arn, at| {
                if at >= since {
                    ended.push(Ended { at, arn });
                }
            })
            .await?;
        }
        ended.sort();
        Ok(ended)
    }

    /// Tells `found` of every execution with this status; false where there are
    /// more than are read.
    async fn each(
        &self,
        machine: &str,
        status: &ExecutionStatus,
        mut found: impl FnMut(String, i64),
    ) -> Result<bool, StoreError> {
        let mut token = None;
        for _ in 0..PAGES {
            let page = self
                .client
                .list_executions()
                .state_machine_arn(machine)
                .status_filter(status.clone())
                .max_results(PER_PAGE)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| failed!("ListExecutions", error))?;
            for execution in page.executions {
                let at = execution.stop_date.map_or(0, |at| at.secs());
                found(execution.execution_arn, at);
            }
            token = page.next_token;
            if token.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// One execution; `None` where there is none (any more).
    pub async fn describe(&self, arn: &str) -> Result<Option<Described>, StoreError> {
        let answer = self
            .client
            .describe_execution()
            .execution_arn(arn)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(Described {
                status: answer.status.as_str().to_owned(),
                error: answer.error.unwrap_or_default(),
                input: answer.input.unwrap_or_default(),
                ended_at: answer.stop_date.map_or(0, |at| at.secs()),
                redrivable: answer.redrive_status == Some(ExecutionRedriveStatus::Redrivable),
            })),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_execution_does_not_exist() || e.is_invalid_arn()) =>
            {
                Ok(None)
            }
            Err(error) => Err(failed!("DescribeExecution", error)),
        }
    }

    /// Lets an execution go on where it stopped.
    pub async fn redrive(&self, arn: &str) -> Result<Redriven, StoreError> {
        let answer = self
            .client
            .redrive_execution()
            .execution_arn(arn)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Redriven::Now),
            Err(error) => {
                let service = error.as_service_error();
                if service.is_some_and(|e| e.is_execution_not_redrivable()) {
                    return Ok(Redriven::Refused);
                }
                if service.is_some_and(|e| e.is_execution_does_not_exist()) {
                    return Ok(Redriven::Gone);
                }
                Err(failed!("RedriveExecution", error))
            }
        }
    }
}
