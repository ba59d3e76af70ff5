//! The tasks that an execution started, found in its own history: nothing else
//! is proven to link an `ecs:runTask.sync` to its task. Which executions run or
//! have ended, and redrives, are in the part `ended`.

mod ended;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::ProvideErrorMetadata;
use aws_sdk_sfn::types::HistoryEvent;

use crate::config::Config;
use crate::error::{StoreError, failed};

pub use ended::{Described, Ended, Redriven, Running};

/// Events a page; the newest come first.
const PAGE: i32 = 100;
/// Pages that are read at most: one attempt has about twenty events.
const PAGES: usize = 20;

/// The client.
#[derive(Debug, Clone)]
pub struct Executions {
    client: Client,
}

impl Executions {
    /// A client for any execution of the region.
    pub fn new(config: &Config) -> Self {
        Self {
            client: Client::new(config.sdk()),
        }
    }

    /// ARNs of the tasks that were submitted since the state `run` was last
    /// entered, the newest first. More than one where the state was redriven;
    /// none where the execution has entered `until` since, and `run` not yet.
    pub async fn tasks_of_attempt(
        &self,
        execution: &str,
        run: &str,
        until: Option<&str>,
    ) -> Result<Vec<String>, StoreError> {
        let mut tasks = Vec::new();
        let mut token = None;
        for _ in 0..PAGES {
            let page = self
                .client
                .get_execution_history()
                .execution_arn(execution)
                .reverse_order(true)
                .include_execution_data(true)
                .max_results(PAGE)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| failed!("GetExecutionHistory", error))?;
            for event in &page.events {
                if let Some(task) = submitted_task(event) {
                    tasks.push(task);
                }
                let entered = event
                    .state_entered_event_details()
                    .map(|details| details.name());
                if entered.is_some_and(|name| name == run || Some(name) == until) {
                    return Ok(tasks);
                }
            }
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        Ok(tasks)
    }
}

/// The task's ARN in a `TaskSubmitted` event of ECS. Its output is RunTask's
/// answer in PascalCase (`Tasks[0].TaskArn`).
fn submitted_task(event: &HistoryEvent) -> Option<String> {
    let details = event.task_submitted_event_details()?;
    if details.resource_type() != "ecs" {
        return None;
    }
    let output: serde_json::Value = serde_json::from_str(details.output()?).ok()?;
    let arn = output
        .pointer("/Tasks/0/TaskArn")
        .or_else(|| output.get("TaskArn"))?;
    arn.as_str().map(str::to_owned)
}
