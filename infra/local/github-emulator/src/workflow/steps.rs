//! A job's steps, environment and outputs as they are sent to its runner:
//! texts with their expressions still in them.

use github_actions_models::common::expr::LoE;
use github_actions_models::common::{Env, If};
use github_actions_models::workflow::Workflow as Model;
use github_actions_models::workflow::job::{NormalJob, SharedStepFields, Step};

use crate::protocol::wire::{JobSteps, StepMessage};

pub(super) fn of(model: &Model, job: &NormalJob) -> JobSteps {
    let defaults = [&job.defaults, &model.defaults];
    let mut defaults = defaults
        .iter()
        .filter_map(|defaults| defaults.as_ref()?.run.as_ref());
    let shell = defaults
        .clone()
        .find_map(|run| run.shell.as_ref().map(text));
    let directory = defaults.find_map(|run| run.working_directory.clone());
    let outputs = job.outputs.iter();
    JobSteps {
        env: vec![pairs(&model.env), pairs(&job.env)],
        outputs: outputs
            .map(|(name, value)| (name.clone(), value.to_string()))
            .collect(),
        steps: job
            .steps
            .iter()
            .filter_map(|step| message(step, shell.as_deref(), directory.as_deref()))
            .collect(),
    }
}

fn message(step: &Step, shell: Option<&str>, directory: Option<&str>) -> Option<StepMessage> {
    match step {
        Step::Run(step) => Some(StepMessage {
            run: Some(step.run.clone()),
            shell: step.shell.as_ref().map(text).or(shell.map(str::to_owned)),
            working_directory: step
                .working_directory
                .clone()
                .or(directory.map(str::to_owned)),
            ..shared(&step.shared)
        }),
        Step::Uses(step) => Some(StepMessage {
            uses: Some(step.uses.raw().to_owned()),
            ..shared(&step.shared)
        }),
        // The others are refused when the file is checked.
        _ => None,
    }
}

fn shared(step: &SharedStepFields) -> StepMessage {
    StepMessage {
        id: step.id.clone(),
        name: step.name.clone(),
        condition: match &step.r#if {
            None => String::new(),
            Some(If::Bool(value)) => value.to_string(),
            Some(If::Expr(text)) => text.clone(),
        },
        run: None,
        uses: None,
        shell: None,
        working_directory: None,
        env: pairs(&step.env),
        continue_on_error: text(&step.continue_on_error),
        timeout_minutes: step.timeout_minutes.as_ref().map(text),
    }
}

/// A literal as text, an expression with its `${{ }}`.
fn text<T: std::fmt::Display>(value: &LoE<T>) -> String {
    match value {
        LoE::Expr(expression) => expression.as_curly().to_owned(),
        LoE::Literal(value) => value.to_string(),
    }
}

/// A mapping given by one expression is empty here: nothing in it can be named.
fn pairs(env: &LoE<Env>) -> Vec<(String, String)> {
    match env {
        LoE::Expr(_) => Vec::new(),
        LoE::Literal(env) => env
            .iter()
            .map(|(name, value)| (name.clone(), value.to_string()))
            .collect(),
    }
}
