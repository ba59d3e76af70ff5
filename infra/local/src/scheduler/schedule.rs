//! One schedule: read from a request, described in an answer.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::expression::Expression;
use crate::clock::epoch_seconds;
use crate::retry::RetryPolicy;
use crate::server::error::AwsError;
use crate::targets::{dead_letter_queue, is_target};
use crate::{ACCOUNT, REGION};

/// The only group of the place.
pub(super) const GROUP: &str = "default";

/// Members of a target that the place has no targets for.
const OTHER_TARGETS: [&str; 5] = [
    "EcsParameters",
    "EventBridgeParameters",
    "KinesisParameters",
    "SageMakerPipelineParameters",
    "SqsParameters",
];

/// A schedule.
#[derive(Debug)]
pub(super) struct Schedule {
    pub(super) name: String,
    pub(super) expression: Expression,
    pub(super) enabled: bool,
    pub(super) start: Option<DateTime<Utc>>,
    pub(super) end: Option<DateTime<Utc>>,
    /// Deleted once it has fired for the last time.
    pub(super) delete_at_end: bool,
    pub(super) target_arn: String,
    /// What the target gets instead of the Scheduler's own event.
    pub(super) input: Option<String>,
    pub(super) retry: RetryPolicy,
    pub(super) dead_letters: Option<String>,
    /// The number among all schedules ever made.
    pub(super) number: u64,
    pub(super) given: Value,
    pub(super) created: DateTime<Utc>,
    pub(super) changed: DateTime<Utc>,
}

impl Schedule {
    /// Reads CreateSchedule's or UpdateSchedule's body. `created` is when the schedule
    /// came to be, `changed` is now.
    pub(super) fn read(
        name: &str,
        given: &Value,
        number: u64,
        created: DateTime<Utc>,
        changed: DateTime<Utc>,
    ) -> Result<Self, AwsError> {
        check_name(name)?;
        check_group(given.get("GroupName").and_then(Value::as_str))?;
        match required(given, "/FlexibleTimeWindow/Mode")? {
            "OFF" => {}
            _ => {
                return Err(AwsError::validation(
                    "The place has no flexible time windows: set the Mode of FlexibleTimeWindow to OFF.",
                ));
            }
        }
        if let Some(zone) = optional(given, "/ScheduleExpressionTimezone")
            && zone != "UTC"
        {
            return Err(AwsError::validation(format!(
                "The place's schedules are in UTC: leave the ScheduleExpressionTimezone {zone} out."
            )));
        }
        let target = given.get("Target").unwrap_or(&Value::Null);
        let target_arn = required(given, "/Target/Arn")?;
        required(given, "/Target/RoleArn")?;
        let other = OTHER_TARGETS.iter().find(|name| target.get(name).is_some());
        if let Some(reason) = other.or((!is_target(target_arn)).then_some(&"Arn")) {
            return Err(AwsError::validation(format!(
                "Provided Arn is not in correct format: {target_arn} (functions and state machines are known here; see {reason})."
            )));
        }
        Ok(Self {
            name: name.to_owned(),
            expression: Expression::parse(required(given, "/ScheduleExpression")?)?,
            enabled: one_of(given, "/State", "ENABLED", "DISABLED")?,
            start: time(given, "StartDate"),
            end: time(given, "EndDate"),
            delete_at_end: !one_of(given, "/ActionAfterCompletion", "NONE", "DELETE")?,
            target_arn: target_arn.to_owned(),
            input: optional(given, "/Target/Input").map(str::to_owned),
            retry: RetryPolicy::read(target)?,
            dead_letters: dead_letter_queue(target)?,
            number,
            given: given.clone(),
            created,
            changed,
        })
    }

    pub(super) fn created(&self) -> DateTime<Utc> {
        self.created
    }

    pub(super) fn arn(&self) -> String {
        format!(
            "arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{GROUP}/{}",
            self.name
        )
    }

    fn state(&self) -> &'static str {
        if self.enabled { "ENABLED" } else { "DISABLED" }
    }

    /// GetSchedule's answer.
    pub(super) fn describe(&self) -> Value {
        let mut answer = json!({
            "ActionAfterCompletion": if self.delete_at_end { "DELETE" } else { "NONE" },
            "Arn": self.arn(),
            "CreationDate": epoch_seconds(self.created),
            "GroupName": GROUP,
            "LastModificationDate": epoch_seconds(self.changed),
            "Name": self.name,
            "ScheduleExpressionTimezone": "UTC",
            "State": self.state(),
        });
        for field in [
            "Description",
            "EndDate",
            "FlexibleTimeWindow",
            "ScheduleExpression",
            "StartDate",
            "Target",
        ] {
            if let Some(value) = self.given.get(field) {
                answer[field] = value.clone();
            }
        }
        // AWS fills in the policy.
        if let Some(target) = answer.get_mut("Target")
            && target.get("RetryPolicy").is_none()
        {
            target["RetryPolicy"] = self.retry.describe();
        }
        answer
    }

    /// An item of ListSchedules.
    pub(super) fn summary(&self) -> Value {
        json!({
            "Arn": self.arn(),
            "CreationDate": epoch_seconds(self.created),
            "GroupName": GROUP,
            "LastModificationDate": epoch_seconds(self.changed),
            "Name": self.name,
            "State": self.state(),
            "Target": {"Arn": self.target_arn},
        })
    }
}

/// Refuses any group but the one there is.
pub(super) fn check_group(group: Option<&str>) -> Result<(), AwsError> {
    match group {
        None | Some(GROUP) => Ok(()),
        Some(other) => Err(AwsError::new(
            "ResourceNotFoundException",
            format!("Schedule group {other} does not exist."),
        )
        .with_status(404)),
    }
}

fn check_name(name: &str) -> Result<(), AwsError> {
    let allowed = |one: char| one.is_ascii_alphanumeric() || "-_.".contains(one);
    if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
        return Err(AwsError::validation(format!(
            "1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$ and have length less than or equal to 64"
        )));
    }
    Ok(())
}

fn required<'a>(given: &'a Value, path: &str) -> Result<&'a str, AwsError> {
    optional(given, path).ok_or_else(|| {
        let member: Vec<String> = path
            .split('/')
            .skip(1)
            .map(|part| part[..1].to_ascii_lowercase() + &part[1..])
            .collect();
        AwsError::validation(format!(
            "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null",
            member.join(".")
        ))
    })
}

fn optional<'a>(given: &'a Value, path: &str) -> Option<&'a str> {
    given.pointer(path).and_then(Value::as_str)
}

/// True for the first word or none, false for the second; no other is allowed.
fn one_of(given: &Value, path: &str, yes: &str, no: &str) -> Result<bool, AwsError> {
    match optional(given, path) {
        None => Ok(true),
        Some(word) if word == yes => Ok(true),
        Some(word) if word == no => Ok(false),
        Some(word) => Err(AwsError::validation(format!(
            "1 validation error detected: Value '{word}' at '{}' failed to satisfy constraint: Member must satisfy enum value set: [{yes}, {no}]",
            path[1..2].to_ascii_lowercase() + &path[2..]
        ))),
    }
}

fn time(given: &Value, name: &str) -> Option<DateTime<Utc>> {
    let seconds = given.get(name).and_then(Value::as_f64)?;
    DateTime::from_timestamp_millis((seconds * 1000.0) as i64)
}
