//! One job of a run: a key of the workflow with one combination of its matrix,
//! with name, labels and environment worked out, and its steps as the runner
//! will get them (their expressions are the runner's to evaluate).

use github_actions_models::common::expr::LoE;
use github_actions_models::workflow::Workflow as Model;
use github_actions_models::workflow::job::{DeploymentEnvironment, NormalJob, RunsOn};
use serde_json::{Value, json};

use super::expression::{self, Standing};
use super::matrix::{self, Combination};
use super::steps;
use crate::protocol::wire::JobSteps;

/// GitHub's default for `timeout-minutes`.
const TIMEOUT_MINUTES: f64 = 360.0;

/// A job, ready to be queued.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) labels: Vec<String>,
    pub(crate) group: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) fail_fast: bool,
    pub(crate) max_parallel: Option<usize>,
    pub(crate) continue_on_error: bool,
    pub(crate) timeout_minutes: f64,
    /// `github`, `matrix`, `needs`, `strategy` as the runner is told them.
    pub(crate) contexts: Value,
    pub(crate) steps: JobSteps,
}

impl Instance {
    /// A job that will never run: skipped, or one that could not be made.
    pub(crate) fn empty(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            name: key.to_owned(),
            labels: Vec::new(),
            group: None,
            environment: None,
            fail_fast: false,
            max_parallel: None,
            continue_on_error: false,
            timeout_minutes: TIMEOUT_MINUTES,
            contexts: Value::Null,
            steps: JobSteps {
                env: Vec::new(),
                outputs: Vec::new(),
                steps: Vec::new(),
            },
        }
    }
}

pub(super) fn expand(
    model: &Model,
    key: &str,
    job: &NormalJob,
    contexts: &Value,
) -> Result<Vec<Instance>, String> {
    let strategy = job.strategy.as_ref();
    let combinations = match strategy.and_then(|strategy| strategy.matrix.as_ref()) {
        None => vec![None],
        Some(matrix) => matrix::expand(matrix, contexts)?
            .into_iter()
            .map(Some)
            .collect(),
    };
    let total = combinations.len();
    let fail_fast = match strategy.and_then(|strategy| strategy.fail_fast.as_ref()) {
        None => true,
        Some(value) => truth(value, contexts)?,
    };
    let max_parallel = match strategy.and_then(|strategy| strategy.max_parallel.as_ref()) {
        None => None,
        Some(value) => Some(number(value, |most: u64| most as f64, contexts)?.max(1.0) as usize),
    };
    combinations
        .into_iter()
        .enumerate()
        .map(|(index, combination)| {
            let contexts = with_matrix(contexts, combination.as_ref(), index, total, fail_fast);
            let (labels, group) = runs_on(&job.runs_on, &contexts)?;
            Ok(Instance {
                key: key.to_owned(),
                name: name(key, job, combination.as_ref(), &contexts)?,
                labels,
                group,
                environment: environment(job, &contexts)?,
                fail_fast,
                max_parallel,
                continue_on_error: truth(&job.continue_on_error, &contexts)?,
                timeout_minutes: match &job.timeout_minutes {
                    None => TIMEOUT_MINUTES,
                    Some(value) => number(value, |minutes: f64| minutes, &contexts)?,
                },
                contexts,
                steps: steps::of(model, job),
            })
        })
        .collect()
}

fn with_matrix(
    contexts: &Value,
    combination: Option<&Combination>,
    index: usize,
    total: usize,
    fail_fast: bool,
) -> Value {
    let mut contexts = contexts.clone();
    contexts["matrix"] = match combination {
        None => Value::Null,
        Some(combination) => combination.iter().cloned().collect(),
    };
    contexts["strategy"] = json!({
        "job-index": index, "job-total": total, "fail-fast": fail_fast, "max-parallel": total,
    });
    contexts
}

/// GitHub's display name: the key or `name:`, and the matrix values unless
/// `name:` has an expression of its own.
fn name(
    key: &str,
    job: &NormalJob,
    combination: Option<&Combination>,
    contexts: &Value,
) -> Result<String, String> {
    let template = job.name.as_deref().unwrap_or(key);
    let name = expression::interpolate(template, contexts, Standing::Success)?;
    Ok(match combination {
        Some(combination) if !template.contains("${{") => {
            format!("{name} {}", matrix::suffix(combination))
        }
        _ => name,
    })
}

fn runs_on(
    runs_on: &LoE<RunsOn>,
    contexts: &Value,
) -> Result<(Vec<String>, Option<String>), String> {
    let fill = |text: &str| expression::interpolate(text, contexts, Standing::Success);
    let (labels, group) = match runs_on {
        LoE::Expr(whole) => from_value(json_of(whole.as_bare(), contexts)?)?,
        LoE::Literal(RunsOn::Target(labels)) => (each(labels, contexts)?, None),
        LoE::Literal(RunsOn::Group { group, labels }) => {
            let group = group.as_deref().map(fill).transpose()?;
            (each(labels, contexts)?, group)
        }
    };
    if labels.iter().any(|label| label.trim().is_empty()) || (labels.is_empty() && group.is_none())
    {
        return Err("`runs-on` gives an empty label".to_owned());
    }
    Ok((labels, group))
}

/// Labels of a list; one that is a single expression may give several.
fn each(labels: &[String], contexts: &Value) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for label in labels {
        match expression::sole_expression(label) {
            Some(inner) => all.extend(from_value(json_of(inner, contexts)?)?.0),
            None => all.push(expression::interpolate(label, contexts, Standing::Success)?),
        }
    }
    Ok(all)
}

fn from_value(value: Value) -> Result<(Vec<String>, Option<String>), String> {
    let text = |value: &Value| expression::to_evaluation(value).sema().to_string();
    match value {
        Value::Null => Ok((vec![String::new()], None)),
        Value::Array(items) => Ok((items.iter().map(text).collect(), None)),
        Value::Object(entries) => {
            let labels = match entries.get("labels") {
                None | Some(Value::Null) => Vec::new(),
                Some(Value::Array(items)) => items.iter().map(text).collect(),
                Some(one) => vec![text(one)],
            };
            Ok((labels, entries.get("group").map(text)))
        }
        one => Ok((vec![text(&one)], None)),
    }
}

fn environment(job: &NormalJob, contexts: &Value) -> Result<Option<String>, String> {
    let name = match &job.environment {
        None => return Ok(None),
        Some(DeploymentEnvironment::Name(name) | DeploymentEnvironment::NameURL { name, .. }) => {
            name
        }
    };
    let name = expression::interpolate(name, contexts, Standing::Success)?;
    Ok((!name.is_empty()).then_some(name))
}

fn json_of(expression: &str, contexts: &Value) -> Result<Value, String> {
    expression::evaluate(expression, contexts, Standing::Success).map(expression::to_json)
}

fn truth(value: &LoE<bool>, contexts: &Value) -> Result<bool, String> {
    match value {
        LoE::Literal(value) => Ok(*value),
        LoE::Expr(expression) => {
            Ok(
                expression::evaluate(expression.as_bare(), contexts, Standing::Success)?
                    .as_boolean(),
            )
        }
    }
}

fn number<T: Copy>(
    value: &LoE<T>,
    as_number: impl Fn(T) -> f64,
    contexts: &Value,
) -> Result<f64, String> {
    match value {
        LoE::Literal(value) => Ok(as_number(*value)),
        LoE::Expr(expression) => {
            Ok(
                expression::evaluate(expression.as_bare(), contexts, Standing::Success)?
                    .as_number(),
            )
        }
    }
}
