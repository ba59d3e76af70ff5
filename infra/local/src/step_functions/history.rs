//! GetExecutionHistory.

use asl::HistoryEvent;
use serde_json::Value;

use super::StepFunctions;
use super::paging::{self, Order};
use crate::server::error::AwsError;

/// The fields that `includeExecutionData: false` leaves out.
const DATA: [&str; 5] = [
    "input",
    "output",
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
            let history = execution.history();
            let order = if reverse {
                Order::NewestFirst
            } else {
                Order::OldestFirst
            };
            let at = |position: usize| history.get(position).map(HistoryEvent::to_wire);
            let (mut events, next) = paging::page(input, 100, order, history.len(), at)?;
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
