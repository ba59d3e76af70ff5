//! State machines: create, describe, list, update, delete.

use std::sync::Arc;

use asl::{Definition, Problem};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::StepFunctions;
use super::names::{check, machine_arn, required, state_machine_arn};
use super::paging::{self, Order};
use crate::clock::epoch_seconds;
use crate::server::error::AwsError;

/// The longest definition, in bytes.
const DEFINITION_LIMIT: usize = 1024 * 1024;

/// A state machine at one revision; running executions keep theirs.
pub(super) struct Machine {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) role_arn: String,
    pub(super) definition: Definition,
    pub(super) text: String,
    pub(super) revision: String,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

impl Machine {
    /// The fields that both Describe calls share.
    fn describe(&self) -> Map<String, Value> {
        let fields = json!({
            "stateMachineArn": self.arn,
            "name": self.name,
            "definition": self.text,
            "roleArn": self.role_arn,
            "loggingConfiguration": {"level": "OFF", "includeExecutionData": false},
            "tracingConfiguration": {"enabled": false},
            "revisionId": self.revision,
        });
        fields.as_object().cloned().unwrap_or_default()
    }
}

impl StepFunctions {
    pub(super) fn create_machine(&self, input: &Value) -> Result<Value, AwsError> {
        let name = required(input, "name")?;
        check(name)?;
        if input.get("type").is_some_and(|kind| kind != "STANDARD") {
            return Err(AwsError::new(
                "StateMachineTypeNotSupported",
                "Only STANDARD state machines are known here.",
            ));
        }
        let (text, role_arn) = (required(input, "definition")?, role(input)?);
        let definition = parse(text)?;
        let now = self.clock.now();
        let mut state = self.lock();
        let arn = machine_arn(name);
        if let Some(existing) = state.machines.get(&arn) {
            // The same request again is answered as the first one was.
            if existing.text == text && existing.role_arn == role_arn {
                return Ok(
                    json!({"stateMachineArn": arn, "creationDate": epoch_seconds(existing.created)}),
                );
            }
            let message = format!("State Machine Already Exists: '{arn}'");
            return Err(AwsError::new("StateMachineAlreadyExists", message));
        }
        let machine = Machine {
            arn: arn.clone(),
            name: name.to_owned(),
            role_arn: role_arn.to_owned(),
            definition,
            text: text.to_owned(),
            revision: Uuid::new_v4().to_string(),
            created: now,
            updated: now,
        };
        let machine = Arc::new(machine);
        let _whole = self.shelf().whole();
        state.machines.insert(arn.clone(), Arc::clone(&machine));
        self.keep_machine(&machine);
        let mut answer = json!({"stateMachineArn": arn, "creationDate": epoch_seconds(now)});
        if publishes(input) {
            answer["stateMachineVersionArn"] = json!(state.publish(&machine, now).0);
            self.keep_versions(&state, &machine.arn);
        }
        Ok(answer)
    }

    pub(super) fn describe_machine(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = state_machine_arn(input, "stateMachineArn")?;
        let machine = self.origin(arn)?.machine;
        let mut answer = machine.describe();
        // A version is described under its own ARN.
        answer.insert("stateMachineArn".to_owned(), json!(arn));
        answer.insert("status".to_owned(), json!("ACTIVE"));
        answer.insert("type".to_owned(), json!("STANDARD"));
        answer.insert(
            "creationDate".to_owned(),
            json!(epoch_seconds(machine.created)),
        );
        Ok(Value::Object(answer))
    }

    pub(super) fn describe_machine_for_execution(&self, input: &Value) -> Result<Value, AwsError> {
        let record = self.execution(input)?;
        let mut answer = record.machine.describe();
        answer.insert(
            "updateDate".to_owned(),
            json!(epoch_seconds(record.machine.updated)),
        );
        Ok(Value::Object(answer))
    }

    pub(super) fn list_machines(&self, input: &Value) -> Result<Value, AwsError> {
        let state = self.lock();
        let all: Vec<_> = state.machines.values().collect();
        let (machines, next) =
            paging::page(input, 100, Order::OldestFirst, all.len(), |at| all.get(at))?;
        let machines = machines.into_iter().map(|machine| {
            json!({
                "stateMachineArn": machine.arn,
                "name": machine.name,
                "type": "STANDARD",
                "creationDate": epoch_seconds(machine.created),
            })
        });
        Ok(paging::answer("stateMachines", machines.collect(), next))
    }

    pub(super) fn update_machine(&self, input: &Value) -> Result<Value, AwsError> {
        let before = self.machine(state_machine_arn(input, "stateMachineArn")?)?;
        let text = input.get("definition").and_then(Value::as_str);
        if text.is_none() && input.get("roleArn").is_none() {
            let message = "Either the definition, the role ARN, or both must be specified";
            return Err(AwsError::new("MissingRequiredParameter", message));
        }
        let text = text.unwrap_or(&before.text);
        let role_arn = if input.get("roleArn").is_some() {
            role(input)?
        } else {
            &before.role_arn
        };
        let now = self.clock.now();
        let machine = Machine {
            arn: before.arn.clone(),
            name: before.name.clone(),
            role_arn: role_arn.to_owned(),
            definition: parse(text)?,
            text: text.to_owned(),
            revision: Uuid::new_v4().to_string(),
            created: before.created,
            updated: now,
        };
        let revision = machine.revision.clone();
        let machine = Arc::new(machine);
        let mut state = self.lock();
        let _whole = self.shelf().whole();
        state
            .machines
            .insert(before.arn.clone(), Arc::clone(&machine));
        self.keep_machine(&machine);
        let mut answer = json!({"updateDate": epoch_seconds(now), "revisionId": revision});
        if publishes(input) {
            answer["stateMachineVersionArn"] = json!(state.publish(&machine, now).0);
            self.keep_versions(&state, &machine.arn);
        }
        Ok(answer)
    }

    pub(super) fn delete_machine(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = state_machine_arn(input, "stateMachineArn")?;
        let _whole = self.shelf().whole();
        let running = {
            let mut state = self.lock();
            state.machines.remove(arn);
            state.versions.remove(arn);
            self.forget_machine(arn);
            let of = |alias: &str| {
                alias
                    .rsplit_once(':')
                    .is_some_and(|(machine, _)| machine == arn)
            };
            state.aliases.retain(|alias, _| {
                if of(alias) {
                    self.forget_alias(alias);
                }
                !of(alias)
            });
            state.started.get(arn).cloned().unwrap_or_default()
        };
        for record in running.into_iter().flatten() {
            record.stop(None, Some("The state machine was deleted.".to_owned()));
        }
        Ok(json!({}))
    }

    pub(super) fn machine(&self, arn: &str) -> Result<Arc<Machine>, AwsError> {
        self.lock().machines.get(arn).cloned().ok_or_else(|| {
            AwsError::new(
                "StateMachineDoesNotExist",
                format!("State Machine Does Not Exist: '{arn}'"),
            )
        })
    }
}

fn publishes(input: &Value) -> bool {
    input.get("publish").and_then(Value::as_bool) == Some(true)
}

pub(super) fn validate(input: &Value) -> Result<Value, AwsError> {
    let problems = Definition::parse(required(input, "definition")?)
        .err()
        .unwrap_or_default();
    let diagnostics: Vec<Value> = problems
        .iter()
        .map(|problem| {
            json!({
                "severity": "ERROR",
                "code": problem.code,
                "message": problem.message,
                "location": problem.path,
            })
        })
        .collect();
    let result = if diagnostics.is_empty() { "OK" } else { "FAIL" };
    Ok(json!({"result": result, "diagnostics": diagnostics, "truncated": false}))
}

fn parse(text: &str) -> Result<Definition, AwsError> {
    if text.len() > DEFINITION_LIMIT {
        return Err(invalid(&format!(
            "the definition is longer than {DEFINITION_LIMIT} bytes"
        )));
    }
    Definition::parse(text).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(describe).collect();
        invalid(&problems.join(", "))
    })
}

fn describe(problem: &Problem) -> String {
    let Problem {
        code,
        path,
        message,
    } = problem;
    format!("{code}: {message} at {path}")
}

fn invalid(reason: &str) -> AwsError {
    AwsError::new(
        "InvalidDefinition",
        format!("Invalid State Machine Definition: '{reason}'"),
    )
}

fn role(input: &Value) -> Result<&str, AwsError> {
    let given = required(input, "roleArn")?;
    if given.starts_with("arn:aws:iam::") {
        return Ok(given);
    }
    Err(AwsError::new(
        "InvalidArn",
        format!("Invalid Role Arn: '{given}'"),
    ))
}
