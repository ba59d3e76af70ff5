//! Checks what a workflow's parts say about each other: trigger, needs, shells.

use github_actions_models::common::expr::LoE;
use github_actions_models::workflow::event::{BranchFilters, OptionalBody};
use github_actions_models::workflow::job::{NormalJob, Step};
use github_actions_models::workflow::{Job, Workflow as Model};

use super::WorkflowError;
use super::shape::line_of;

/// A push to `branch` must start the workflow.
pub(super) fn trigger(model: &Model, text: &str, branch: &str) -> Result<(), WorkflowError> {
    let line = line_of(text, "on", 0);
    let fail =
        |problem: &str, advice: String| Err(WorkflowError::new(problem, advice).on_line(line));
    let push = match &model.on.events.push {
        OptionalBody::Missing => {
            return fail(
                "the workflow does not start at a push",
                "add `push:` under `on:`".into(),
            );
        }
        OptionalBody::Default => return Ok(()),
        OptionalBody::Body(push) => push,
    };
    let starts = match &push.branch_filters {
        None => push.tag_filters.is_none(),
        Some(BranchFilters::Branches(patterns)) => matches(patterns, branch),
        Some(BranchFilters::BranchesIgnore(patterns)) => !matches(patterns, branch),
    };
    if starts {
        return Ok(());
    }
    fail(
        "the workflow's filters leave this push out",
        format!("let `on: push` include the branch `{branch}`"),
    )
}

/// GitHub's branch patterns as far as `*` and `**`, and `!` in their order.
fn matches(patterns: &[String], branch: &str) -> bool {
    patterns
        .iter()
        .fold(false, |so_far, pattern| match pattern.strip_prefix('!') {
            Some(pattern) => so_far && !glob(pattern, branch),
            None => so_far || glob(pattern, branch),
        })
}

fn glob(pattern: &str, text: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("**") {
        return (0..=text.len()).any(|at| text.is_char_boundary(at) && glob(rest, &text[at..]));
    }
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), first) => {
            glob(&pattern[1..], text)
                || first.is_some_and(|char| char != '/' && glob(pattern, &text[char.len_utf8()..]))
        }
        (Some(wanted), Some(char)) if wanted == char => {
            glob(&pattern[wanted.len_utf8()..], &text[char.len_utf8()..])
        }
        _ => false,
    }
}

/// Needs that exist and make no circle, shells that can be run.
pub(super) fn jobs(model: &Model, text: &str) -> Result<(), WorkflowError> {
    for (key, job) in &model.jobs {
        let Job::NormalJob(job) = job else { continue };
        let line = line_of(text, key, 1);
        for needed in &job.needs {
            if !model.jobs.contains_key(needed) {
                return Err(WorkflowError::new(
                    format!("the job `{key}` needs `{needed}`, which does not exist"),
                    "name a job of the same file under `needs`",
                )
                .on_line(line));
            }
        }
        if reaches(model, key, key, &mut Vec::new()) {
            return Err(WorkflowError::new(
                format!("the job `{key}` needs itself, directly or through others"),
                "break the circle in `needs`",
            )
            .on_line(line));
        }
        shells(key, job).map_err(|error| error.on_line(line))?;
    }
    let free = model.jobs.values().any(|job| match job {
        Job::NormalJob(job) => job.needs.is_empty(),
        Job::ReusableWorkflowCallJob(_) => false,
    });
    if free {
        return Ok(());
    }
    Err(WorkflowError::new(
        "every job needs another one",
        "leave one job without `needs`",
    ))
}

fn reaches(model: &Model, from: &str, to: &str, seen: &mut Vec<String>) -> bool {
    let Some(Job::NormalJob(job)) = model.jobs.get(from) else {
        return false;
    };
    job.needs.iter().any(|needed| {
        if needed == to {
            return true;
        }
        if seen.contains(needed) {
            return false;
        }
        seen.push(needed.clone());
        reaches(model, needed, to, seen)
    })
}

fn shells(key: &str, job: &NormalJob) -> Result<(), WorkflowError> {
    if job.container.is_some() || !job.services.is_empty() {
        return Err(WorkflowError::new(
            format!("the job `{key}` asks for a container, which the stand-in runner has not"),
            "remove `container` and `services`",
        ));
    }
    for (at, step) in job.steps.iter().enumerate() {
        let shell = match step {
            Step::Run(step) => step.shell.as_ref(),
            Step::Uses(_) => None,
            _ => {
                return Err(WorkflowError::new(
                    format!(
                        "step {} of the job `{key}` is of a kind the emulator lacks",
                        at + 1
                    ),
                    "use `run` or `uses`",
                ));
            }
        };
        if let Some(LoE::Literal(shell)) = shell
            && !matches!(shell.as_str(), "bash" | "sh")
        {
            return Err(WorkflowError::new(
                format!(
                    "step {} of the job `{key}` asks for the shell `{shell}`",
                    at + 1
                ),
                "use `bash` or `sh`",
            ));
        }
    }
    Ok(())
}
