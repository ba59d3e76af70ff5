//! From a matched rule to its target, with retries.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::Events;
use super::rules::Target;
use crate::server::error::AwsError;

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// One event on its way to one target of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The event.
    pub event_id: String,
    /// Its bus.
    pub bus: String,
    /// The rule that matched.
    pub rule: String,
    /// Its ARN.
    pub rule_arn: String,
    /// The target's id within the rule.
    pub target_id: String,
    /// The target.
    pub target_arn: String,
    /// Attempts so far.
    pub attempts: u32,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Still trying.
    Pending,
    /// A state machine was started.
    ExecutionStarted {
        /// The execution.
        execution_arn: String,
    },
    /// A function took the event.
    FunctionInvoked {
        /// The asynchronous call's request id.
        request_id: String,
    },
    /// Given up.
    Failed {
        /// The last error.
        error: String,
    },
}

impl Events {
    /// Tries until the target took the event, the error is final, or the rule's
    /// attempts are used up.
    pub(super) async fn deliver(self: Arc<Self>, number: usize, target: Target, envelope: Value) {
        let input = target.input.as_ref().unwrap_or(&envelope).to_string();
        let mut pause = Duration::from_millis(200);
        for attempt in 1..=target.attempts {
            let result = self.hand_over(&target, &input);
            let last = attempt == target.attempts;
            let outcome = match &result {
                Ok(outcome) => outcome.clone(),
                Err(error) if last || !passes(error) => Outcome::Failed {
                    error: error.to_string(),
                },
                Err(_) => Outcome::Pending,
            };
            let done = outcome != Outcome::Pending;
            if let Some(delivery) = self.lock().deliveries.get_mut(number) {
                delivery.attempts = attempt;
                delivery.outcome = outcome;
            }
            if done {
                return;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn hand_over(&self, target: &Target, input: &str) -> Result<Outcome, AwsError> {
        if target.arn.contains(":lambda:") {
            let request_id = self
                .lambda
                .invoke_later(&target.arn, Bytes::from(input.to_owned()))?;
            return Ok(Outcome::FunctionInvoked { request_id });
        }
        let step_functions = self
            .step_functions
            .get()
            .and_then(Weak::upgrade)
            .ok_or_else(|| {
                AwsError::new("ServiceUnavailable", "The place is shutting down.").with_status(503)
            })?;
        let answer = step_functions.call(
            "StartExecution",
            json!({"stateMachineArn": target.arn, "input": input}),
        )?;
        let execution_arn = answer
            .get("executionArn")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        Ok(Outcome::ExecutionStarted { execution_arn })
    }
}

/// Errors that pass by themselves; EventBridge gives the others up at once.
fn passes(error: &AwsError) -> bool {
    error.status >= 500 || error.status == 429 || error.code == "ExecutionLimitExceeded"
}
