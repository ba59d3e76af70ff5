//! GetExecutionHistory.

use serde_json::Value;

use super::StepFunctions;
use super::paging::{self, Order};
use crate::server::error::AwsError;

/// The fields that `includeExecutionData: false` leaves out.
const DATA: [&str; 6] = [
    "input",
    "output",
    "parameters",
    "inputDetails",
    "outputDetails",
    "assignedVariables",
];

impl StepFunctions {
    pub(super) fn get_history(&self, input: &Value) -> Result<Value, AwsError> {
        let record = self.execution(input)?;
        let flag = |name, default| input.get(name).and_then(Value::as_bool).unwrap_or(default);
        let (reverse, data) = (
            flag("reverseOrder", false),
            flag("includeExecutionData", true),
        );
        record.read(|execution| {
            let events = execution.history().iter().enumerate();
            let (page, next) = if reverse {
                paging::page(input, 1000, Order::NewestFirst, events.rev())?
            } else {
                paging::page(input, 1000, Order::OldestFirst, events)?
            };
            let mut events: Vec<Value> = page.into_iter().map(|event| event.to_wire()).collect();
            if !data {
                events.iter_mut().for_each(leave_out_data);
            }
            Ok(paging::answer("events", events, next))
        })
    }
}

fn leave_out_data(event: &mut Value) {
    for details in event
        .as_object_mut()
        .into_iter()
        .flat_map(|event| event.values_mut())
    {
        if let Value::Object(details) = details {
            details.retain(|name, _| !DATA.contains(&name.as_str()));
        }
    }
}
