//! Schedules, queues and faults, without the wire: what a place is given before its jobs come.

use std::sync::Arc;

use faults::Faults;
use serde_json::{Value, json};

use crate::AwsFault;
use crate::place::Place;
use crate::scheduler::Scheduler;
use crate::server::error::AwsError;
use crate::sqs::Sqs;

impl Place {
    /// SQS, without the wire.
    #[must_use]
    pub fn sqs(&self) -> &Arc<Sqs> {
        &self.services().sqs
    }

    /// EventBridge Scheduler, without the wire.
    #[must_use]
    pub fn scheduler(&self) -> &Arc<Scheduler> {
        &self.services().scheduler
    }

    /// The faults of the place that have names: add some, or see which have struck.
    #[must_use]
    pub fn faults(&self) -> &Faults<AwsFault> {
        &self.services().faults
    }

    /// Creates a schedule (`rate(…)`, `cron(…)` or `at(…)`) that gives `input` to a
    /// function or a state machine; answers its ARN.
    ///
    /// # Errors
    /// `ValidationException` for an expression or a target that the place does not know,
    /// `ConflictException` for a name that is taken.
    pub fn create_schedule(
        &self,
        name: &str,
        expression: &str,
        target_arn: &str,
        input: &Value,
    ) -> Result<String, AwsError> {
        let role = format!("arn:aws:iam::{}:role/{name}", crate::ACCOUNT);
        let body = json!({
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ScheduleExpression": expression,
            "Target": {"Arn": target_arn, "RoleArn": role, "Input": input.to_string()},
        });
        let answer = self.scheduler().create_schedule(name, &body)?;
        let arn = answer.get("ScheduleArn").and_then(Value::as_str);
        Ok(arn.unwrap_or_default().to_owned())
    }

    /// Creates a standard queue if there is none of that name; answers its URL. Its ARN
    /// is [`crate::sqs::arn`].
    ///
    /// # Errors
    /// `InvalidParameterValue` for a name that SQS does not allow.
    pub fn create_queue(&self, name: &str) -> Result<String, AwsError> {
        self.sqs().create(name)
    }

    /// Creates a rule with one target that has a retry policy and a dead-letter queue;
    /// answers the rule's ARN. `retries` is EventBridge's own 185 when not given.
    ///
    /// # Errors
    /// As [`Place::create_event_rule`].
    pub fn create_event_rule_with_dead_letters(
        &self,
        rule: EventRule<'_>,
    ) -> Result<String, AwsError> {
        let EventRule {
            bus,
            name,
            pattern,
            target_arn,
            retries,
            queue_arn,
        } = rule;
        let arn = self.create_event_rule(bus, name, pattern, target_arn)?;
        let mut target = json!({
            "Id": "target", "Arn": target_arn, "DeadLetterConfig": {"Arn": queue_arn},
        });
        if let Some(retries) = retries {
            target["RetryPolicy"] = json!({"MaximumRetryAttempts": retries});
        }
        let targets = json!({"Rule": name, "EventBusName": bus, "Targets": [target]});
        self.events().call("PutTargets", targets)?;
        Ok(arn)
    }
}

/// A rule with one target and a queue for what cannot be delivered.
#[derive(Debug, Clone, Copy)]
pub struct EventRule<'a> {
    /// The bus's name.
    pub bus: &'a str,
    /// The rule's name.
    pub name: &'a str,
    /// The event pattern.
    pub pattern: &'a Value,
    /// A state machine or a function.
    pub target_arn: &'a str,
    /// Retries, 0 to 185.
    pub retries: Option<u32>,
    /// The dead-letter queue.
    pub queue_arn: &'a str,
}
