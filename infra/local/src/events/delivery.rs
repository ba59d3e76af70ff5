//! From a matched rule to its target, with retries, or to its dead-letter queue.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Events;
use super::mishap::Mishap;
use super::rules::Target;
use super::transform::Matched;
use crate::retry::GivenUp;
use crate::targets::{Taken, error_code};

/// One event on its way to one target of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The event.
    pub event_id: String,
    /// When the event was taken; 1970 in a data folder that was written before this was
    /// kept.
    #[serde(default)]
    pub at: DateTime<Utc>,
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
    /// Whether the event was put on the target's dead-letter queue.
    pub dead_letter: bool,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

impl From<Taken> for Outcome {
    fn from(taken: Taken) -> Self {
        match taken {
            Taken::Execution(execution_arn) => Self::ExecutionStarted { execution_arn },
            Taken::Call(request_id) => Self::FunctionInvoked { request_id },
        }
    }
}

impl Events {
    /// Tries until the target took the event, the error is final, or the target's
    /// retry policy is used up; then the event goes to the target's queue.
    pub(super) async fn deliver(
        self: Arc<Self>,
        number: usize,
        target: Target,
        envelope: Value,
        before: u32,
        mishap: Option<Mishap>,
    ) {
        let input = self.input(number, &target, &envelope);
        let attempt = |attempt| {
            // What the target took, and that it took it: both or neither.
            let _whole = self.shelf.whole();
            let handed = mishap
                .map_or(Ok(()), |mishap| mishap.fails(attempt))
                .and_then(|()| self.targets.hand_over(&target.arn, &input));
            self.note(number, |delivery| {
                delivery.attempts = attempt;
                if let Ok(taken) = &handed {
                    delivery.outcome = taken.clone().into();
                }
            });
            handed.map(drop)
        };
        if let Err(given_up) = target.retry.run(self.timer_speed, before, attempt).await {
            self.give_up(number, &target, &input, &given_up);
        }
    }

    /// What the target gets of the event.
    fn input(&self, number: usize, target: &Target, envelope: &Value) -> String {
        let state = self.lock();
        let delivery = state.deliveries.get(number);
        let text = |text: fn(&Delivery) -> &str| delivery.map(text).unwrap_or_default();
        let matched = Matched {
            rule: text(|delivery| &delivery.rule),
            rule_arn: text(|delivery| &delivery.rule_arn),
            taken: self.clock.now(),
        };
        target.transform.apply(envelope, &matched)
    }

    fn give_up(&self, number: usize, target: &Target, input: &str, given_up: &GivenUp) {
        let mut rule_arn = String::new();
        if let Some(delivery) = self.lock().deliveries.get(number) {
            rule_arn.clone_from(&delivery.rule_arn);
        }
        let _whole = self.shelf.whole();
        let queue = target.dead_letters.as_deref();
        let buried = queue.is_some_and(|queue| {
            let attributes = attributes(&rule_arn, &target.arn, given_up);
            self.targets.bury(queue, input, &attributes)
        });
        self.note(number, |delivery| {
            delivery.dead_letter = buried;
            delivery.outcome = Outcome::Failed {
                error: given_up.error.to_string(),
            };
        });
    }

    fn note(&self, number: usize, change: impl FnOnce(&mut Delivery)) {
        if let Some(delivery) = self.lock().deliveries.get_mut(number) {
            change(delivery);
            self.keep_delivery(number, delivery);
        }
    }
}

/// What EventBridge writes on a dead letter.
fn attributes(rule_arn: &str, target_arn: &str, given_up: &GivenUp) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::from([
        ("RULE_ARN".to_owned(), rule_arn.to_owned()),
        ("TARGET_ARN".to_owned(), target_arn.to_owned()),
        (
            "ERROR_CODE".to_owned(),
            error_code(&given_up.error).to_owned(),
        ),
        ("ERROR_MESSAGE".to_owned(), given_up.error.message.clone()),
        ("RETRY_ATTEMPTS".to_owned(), given_up.retries.to_string()),
    ]);
    if let Some(condition) = given_up.exhausted {
        attributes.insert("EXHAUSTED_RETRY_CONDITION".to_owned(), condition.to_owned());
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_before_has_no_times_of_deliveries() {
        let kept = r#"{"event_id":"e","bus":"default","rule":"r","rule_arn":"arn:r","target_id":"t",
            "target_arn":"arn:t","attempts":1,"outcome":{"Failed":{"error":"no"}},"dead_letter":true}"#;
        let delivery: Delivery = serde_json::from_str(kept).unwrap();
        assert_eq!(delivery.at, DateTime::UNIX_EPOCH);
    }
}
