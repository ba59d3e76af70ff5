//! Workflow files: from YAML text to the jobs of a run.
//!
//! `parse` checks a file as GitHub does at a push; `Workflow::expand` makes
//! the jobs of one key once everything that it `needs` has ended, since its
//! matrix, name and labels may use what those gave.

mod check;
mod check_expressions;
mod error;
pub(crate) mod expression;
mod functions;
mod instance;
mod labels;
mod matrix;
mod shape;
mod steps;

use github_actions_models::workflow::job::NormalJob;
use github_actions_models::workflow::{Job, Workflow as Model};
use serde_json::Value;

pub use error::WorkflowError;
pub(crate) use instance::Instance;

/// A workflow that has passed all checks.
#[derive(Debug)]
pub(crate) struct Workflow {
    pub(crate) name: String,
    pub(crate) path: String,
    model: Model,
}

/// Parses and checks a workflow file. `path` is for messages and is the
/// workflow's name where it has none. `branch` is the one that is pushed to.
pub(crate) fn parse(path: &str, text: &str, branch: &str) -> Result<Workflow, WorkflowError> {
    let parse = || {
        shape::check(text)?;
        let model = read(text)?;
        check::trigger(&model, text, branch)?;
        check::jobs(&model, text)?;
        check_expressions::check(text)?;
        Ok(model)
    };
    let model = parse().map_err(|error: WorkflowError| error.in_file(path))?;
    Ok(Workflow {
        name: model.name.clone().unwrap_or_else(|| path.to_owned()),
        path: path.to_owned(),
        model,
    })
}

fn read(text: &str) -> Result<Model, WorkflowError> {
    let read = yaml_serde::from_str(text);
    // Labels are read again only here, since what is read as text has its lines.
    let read = read.or_else(|error| labels::read_with_plain_labels(text).ok_or(error));
    read.map_err(|error| {
        let line = error.location().map(|place| place.line());
        let problem = format!("the file is not a workflow as GitHub knows it ({error})");
        WorkflowError::new(problem, "compare it with GitHub's workflow syntax").on_line(line)
    })
}

impl Workflow {
    /// The keys of its jobs, in the file's order.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.model.jobs.keys().cloned().collect()
    }

    /// The keys that the job `key` waits for.
    pub(crate) fn needs(&self, key: &str) -> &[String] {
        self.job(key).map_or(&[], |job| &job.needs)
    }

    /// The condition (`if:`) of the job `key`, as text.
    pub(crate) fn condition(&self, key: &str) -> String {
        use github_actions_models::common::If;
        match self.job(key).and_then(|job| job.r#if.as_ref()) {
            None => String::new(),
            Some(If::Bool(value)) => value.to_string(),
            Some(If::Expr(text)) => text.clone(),
        }
    }

    /// The jobs that `key` becomes, with its matrix expanded.
    pub(crate) fn expand(
        &self,
        key: &str,
        contexts: &Value,
    ) -> Result<Vec<Instance>, WorkflowError> {
        let Some(job) = self.job(key) else {
            return Ok(Vec::new());
        };
        instance::expand(&self.model, key, job, contexts).map_err(|problem| {
            WorkflowError::new(
                format!("the job `{key}` cannot be made: {problem}"),
                "correct its strategy, name, runs-on or environment",
            )
            .in_file(&self.path)
        })
    }

    fn job(&self, key: &str) -> Option<&NormalJob> {
        match self.model.jobs.get(key)? {
            Job::NormalJob(job) => Some(job),
            Job::ReusableWorkflowCallJob(_) => None,
        }
    }
}
