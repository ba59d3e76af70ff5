//! The crowd's state machine: named states of the fleet's, without its tasks.

use super::Fate;
use domain::names::{failure, state};
use escalate::State;
use serde_json::{Value, json};

/// Longer than any test, at any `timer_speed`.
const A_YEAR: u64 = 365 * 24 * 3600;

/// The last digit of the name of an execution of this fate.
pub(super) fn digit(fate: Fate) -> char {
    match fate {
        Fate::Succeeds => '0',
        Fate::Waits => '1',
        Fate::Fails(by) => char::from_digit(2 + by as u32, 16).unwrap_or('f'),
    }
}

/// The definition. Failures read as the function `escalate` writes them.
pub(super) async fn text() -> String {
    let mut choices = vec![
        choice(Fate::Succeeds, state::RELEASE, json!({})),
        choice(Fate::Waits, state::WAIT_FOR_GITHUB, json!({})),
    ];
    for (by, name) in failure::ALL.iter().enumerate() {
        let cause = json!({"errorType": name, "errorMessage": message(name).await});
        let failed = json!({"failure": {"name": name, "cause": cause.to_string()}});
        choices.push(choice(Fate::Fails(by), state::ESCALATE, failed));
    }
    let job = json!({
        "id": "{% $states.input.detail.workflow_job.id %}",
        "repository": "{% $states.input.detail.repository.full_name %}",
        "name": "{% $states.input.detail.workflow_job.name %}",
        "labels": "{% $states.input.detail.workflow_job.labels %}",
    });
    let done = json!({
        "outcome": "served",
        "detail": "The job was served by its runner.",
        "job": "{% $job %}",
        "runner": {"id": "{% $job.id %}", "name": "{% 'jit-' & $string($job.id) & '-1-1' %}"},
    });
    json!({
        "Comment": "The fleet's shape without its tasks, for tests of volumes.",
        "QueryLanguage": "JSONata",
        "StartAt": state::SIZE,
        "States": {
            state::SIZE: {
                "Type": "Pass",
                "Assign": {"job": job, "fate": "{% $substring($states.context.Execution.Name, 35) %}"},
                "Output": {},
                "Next": state::SIZED,
            },
            state::SIZED: {"Type": "Choice", "Choices": choices, "Default": state::NOT_FOR_US},
            state::NOT_FOR_US: {"Type": "Succeed"},
            state::WAIT_FOR_GITHUB: {"Type": "Wait", "Seconds": A_YEAR, "Next": state::RELEASE},
            state::RELEASE: {"Type": "Pass", "Next": state::DONE},
            state::DONE: {"Type": "Succeed", "Output": done},
            state::ESCALATE: {
                "Type": "Fail",
                "Error": "{% $failure.name %}",
                "Cause": "{% $failure.cause %}",
            },
        },
    })
    .to_string()
}

fn choice(fate: Fate, next: &str, assign: Value) -> Value {
    let condition = format!("{{% $fate = '{}' %}}", digit(fate));
    let mut choice = json!({"Condition": condition, "Next": next});
    if assign != json!({}) {
        choice["Assign"] = assign;
    }
    choice
}

/// What the fleet says of a failure of this name.
async fn message(name: &str) -> String {
    let input = json!({
        "version": 1,
        "redrive_count": 0,
        "failed_at_redrive": 0,
        "failure": {"name": name, "error": "", "cause": ""},
    });
    let input = serde_json::from_value(input).expect("this is escalate's input");
    match escalate::handle(input, &State).await {
        Err(escalated) => escalated.to_string(),
        Ok(_) => panic!("escalate fails where nothing was redriven"),
    }
}
