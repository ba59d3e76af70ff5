//! Labels without marks: `runs-on: [self-hosted, 1]`.
//!
//! YAML takes the `1` for a number. GitHub turns any scalar into text where its
//! schema wants text; the types here do not.

use github_actions_models::workflow::Workflow as Model;
use yaml_serde::Value;

/// The workflow, its numbers and truth values in `runs-on` taken as text;
/// nothing where that makes no workflow of it either.
pub(super) fn read_with_plain_labels(text: &str) -> Option<Model> {
    let mut workflow: Value = yaml_serde::from_str(text).ok()?;
    let jobs = workflow.get_mut("jobs")?.as_mapping_mut()?;
    for (_, job) in jobs.iter_mut() {
        let Some(runs_on) = job.get_mut("runs-on") else {
            continue;
        };
        match runs_on {
            Value::Mapping(parts) => parts.iter_mut().for_each(|(_, part)| as_text(part)),
            labels => as_text(labels),
        }
    }
    yaml_serde::from_value(workflow).ok()
}

/// A scalar or a list of them.
fn as_text(value: &mut Value) {
    match value {
        Value::Number(number) => *value = Value::String(number.to_string()),
        Value::Bool(bool) => *value = Value::String(bool.to_string()),
        Value::Sequence(values) => values.iter_mut().for_each(as_text),
        _ => {}
    }
}
