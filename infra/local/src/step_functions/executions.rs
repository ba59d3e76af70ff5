//! Executions: start, stop, list.

use std::sync::Arc;

use asl::ExecutionInfo;
use serde_json::{Value, json};

use super::StepFunctions;
use super::names::{arn_of_execution, check, state_machine_arn};
use super::paging::{self, Order};
use super::record::{Begin, Record};
use crate::clock::epoch_seconds;
use crate::server::error::AwsError;

/// The largest input, in bytes.
const INPUT_LIMIT: usize = 256 * 1024;

/// What `statusFilter` takes. Nothing here ever waits for a redrive.
const STATUSES: [&str; 6] = [
    "RUNNING",
    "SUCCEEDED",
    "FAILED",
    "TIMED_OUT",
    "ABORTED",
    "PENDING_REDRIVE",
];

impl StepFunctions {
    pub(super) fn start_execution(&self, input: &Value) -> Result<Value, AwsError> {
        let origin = self.origin(state_machine_arn(input, "stateMachineArn")?)?;
        let machine = Arc::clone(&origin.machine);
        let random = self.ids.uuid();
        let name = input
            .get("name")
            .and_then(Value::as_str)
            .map_or_else(|| random.to_string(), str::to_owned);
        check(&name)?;
        let text = input.get("input").and_then(Value::as_str).unwrap_or("{}");
        if text.len() > INPUT_LIMIT {
            let message = format!("The input is longer than the maximum of {INPUT_LIMIT} bytes");
            return Err(AwsError::new("InvalidExecutionInput", message));
        }
        let parsed: Value = serde_json::from_str(text).map_err(|error| {
            AwsError::new(
                "InvalidExecutionInput",
                format!("Invalid State Machine Execution Input: '{error}'"),
            )
        })?;
        let arn = arn_of_execution(&machine.name, &name);
        let now = self.clock.now();
        let info = ExecutionInfo {
            arn: arn.clone(),
            name,
            role_arn: machine.role_arn.clone(),
            state_machine_arn: machine.arn.clone(),
            state_machine_name: machine.name.clone(),
            start_time: now,
        };
        let context = Arc::clone(&self.context);
        let _whole = self.shelf().whole();
        let record = {
            let mut state = self.lock();
            if let Some(existing) = state.executions.get(arn.as_str()) {
                return again(existing, &parsed);
            }
            let number = state.made;
            state.made += 1;
            let begin = Begin {
                number,
                info,
                input: parsed,
                seed: random.as_u64_pair().0,
            };
            self.keep_execution(&begin, &origin);
            let record = Record::new(origin, begin, context);
            state.add(&record);
            record
        };
        record.start();
        Ok(json!({"executionArn": arn, "startDate": epoch_seconds(now)}))
    }

    pub(super) fn stop_execution(&self, input: &Value) -> Result<Value, AwsError> {
        let text = |field| input.get(field).and_then(Value::as_str).map(str::to_owned);
        let record = self.execution(input)?;
        record.stop(text("error"), text("cause"));
        let stopped = record
            .read(|execution| execution.stop_date())
            .unwrap_or_else(|| self.clock.now());
        Ok(json!({"stopDate": epoch_seconds(stopped)}))
    }

    pub(super) fn list_executions(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = state_machine_arn(input, "stateMachineArn")?;
        let machine = self.origin(arn)?.machine;
        let wanted = one_of(input, "statusFilter", &STATUSES)?;
        let redriven = one_of(input, "redriveFilter", &["REDRIVEN", "NOT_REDRIVEN"])?
            .map(|wanted| wanted == "REDRIVEN");
        // Only what a record tells without its execution is asked here, so that a
        // scan waits for no execution that runs at this moment.
        let (page, next) = {
            let state = self.lock();
            let all = state
                .started
                .get(&machine.arn)
                .map_or(&[][..], Vec::as_slice);
            let listed = |at: usize| {
                let record = all.get(at)?.as_ref()?;
                let fits = (arn == machine.arn || record.came_from(arn))
                    && wanted.is_none_or(|wanted| record.status().as_str() == wanted)
                    && redriven.is_none_or(|redriven| record.is_redriven() == redriven);
                fits.then(|| Arc::clone(record))
            };
            paging::page(input, 100, Order::NewestFirst, all.len(), listed)?
        };
        let items = page.into_iter().map(|record| record.list_item()).collect();
        Ok(paging::answer("executions", items, next))
    }
}

/// A member that has one of a few values.
fn one_of<'a>(input: &'a Value, field: &str, values: &[&str]) -> Result<Option<&'a str>, AwsError> {
    let Some(given) = input.get(field).filter(|given| !given.is_null()) else {
        return Ok(None);
    };
    match given.as_str() {
        Some(given) if values.contains(&given) => Ok(Some(given)),
        _ => Err(AwsError::validation(format!(
            "1 validation error detected: Value '{given}' at '{field}' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
            values.join(", ")
        ))),
    }
}

/// The same name again: idempotent while it runs with the same input.
fn again(existing: &Record, input: &Value) -> Result<Value, AwsError> {
    existing.read(|execution| {
        let same =
            serde_json::from_str::<Value>(execution.input()).is_ok_and(|before| before == *input);
        let arn = &execution.info().arn;
        if same && execution.status() == asl::Status::Running {
            return Ok(
                json!({"executionArn": arn, "startDate": epoch_seconds(execution.start_date())}),
            );
        }
        Err(AwsError::new(
            "ExecutionAlreadyExists",
            format!("Execution Already Exists: '{arn}'"),
        ))
    })
}
