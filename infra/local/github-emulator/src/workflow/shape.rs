//! Checks the outline of a workflow file before it is read into types, since
//! those can only say that "no variant matched".

use yaml_serde::{Mapping, Value};

use super::WorkflowError;

const TOP: [&str; 9] = [
    "name",
    "run-name",
    "on",
    "permissions",
    "env",
    "defaults",
    "concurrency",
    "jobs",
    "cache-mode",
];
const JOB: [&str; 21] = [
    "name",
    "permissions",
    "needs",
    "if",
    "runs-on",
    "environment",
    "concurrency",
    "outputs",
    "env",
    "defaults",
    "steps",
    "timeout-minutes",
    "strategy",
    "continue-on-error",
    "container",
    "services",
    "uses",
    "with",
    "secrets",
    "cache-mode",
    "snapshot",
];
const STEP: [&str; 12] = [
    "id",
    "if",
    "name",
    "uses",
    "run",
    "working-directory",
    "shell",
    "with",
    "env",
    "continue-on-error",
    "timeout-minutes",
    "background",
];

pub(super) fn check(text: &str) -> Result<(), WorkflowError> {
    let value: Value = yaml_serde::from_str(text).map_err(|error| {
        let line = error.location().map(|place| place.line());
        WorkflowError::new(
            format!("the file is not valid YAML ({error})"),
            "correct the YAML",
        )
        .on_line(line)
    })?;
    let Some(top) = value.as_mapping() else {
        return Err(WorkflowError::new(
            "the file is not a mapping",
            "begin it with the keys `on:` and `jobs:`",
        ));
    };
    known(top, &TOP, "the workflow", text, 0)?;
    if !top.contains_key("on") {
        return Err(WorkflowError::new(
            "the key `on` is missing",
            "add `on: push`",
        ));
    }
    let Some(jobs) = top
        .get("jobs")
        .and_then(Value::as_mapping)
        .filter(|jobs| !jobs.is_empty())
    else {
        return Err(WorkflowError::new(
            "the workflow has no jobs",
            "add at least one under `jobs:`, with `runs-on` and `steps`",
        )
        .on_line(line_of(text, "jobs", 0)));
    };
    for (key, job) in jobs {
        check_job(key.as_str().unwrap_or_default(), job, text)?;
    }
    Ok(())
}

fn check_job(key: &str, job: &Value, text: &str) -> Result<(), WorkflowError> {
    let line = line_of(text, key, 1);
    let fail =
        |problem: String, advice: &str| Err(WorkflowError::new(problem, advice).on_line(line));
    let valid = |at: usize, char: char| {
        char == '_'
            || char.is_ascii_alphabetic()
            || (at > 0 && (char == '-' || char.is_ascii_digit()))
    };
    if key.is_empty() || !key.chars().enumerate().all(|(at, char)| valid(at, char)) {
        return fail(
            format!("`{key}` is not a job id"),
            "begin it with a letter or `_` and use only letters, digits, `-` and `_`",
        );
    }
    let Some(job) = job.as_mapping() else {
        return fail(
            format!("the job `{key}` is empty"),
            "give it `runs-on` and `steps`",
        );
    };
    known(
        job,
        &JOB,
        &format!("the job `{key}`"),
        text,
        line.unwrap_or(0),
    )?;
    if job.contains_key("uses") {
        return fail(
            format!("the job `{key}` calls a reusable workflow, which the emulator cannot run"),
            "write its steps into the job",
        );
    }
    if !job.contains_key("runs-on") {
        return fail(
            format!("the job `{key}` has no `runs-on`"),
            "add one, such as `runs-on: [self-hosted, 1]`",
        );
    }
    let steps = job.get("steps").and_then(Value::as_sequence);
    let Some(steps) = steps.filter(|steps| !steps.is_empty()) else {
        return fail(
            format!("the job `{key}` has no steps"),
            "add at least one, such as `- run: echo hello`",
        );
    };
    for (at, step) in steps.iter().enumerate() {
        check_step(
            &format!("step {} of the job `{key}`", at + 1),
            step,
            text,
            line,
        )?;
    }
    Ok(())
}

fn check_step(
    what: &str,
    step: &Value,
    text: &str,
    line: Option<usize>,
) -> Result<(), WorkflowError> {
    let fail =
        |problem: String, advice: &str| Err(WorkflowError::new(problem, advice).on_line(line));
    let Some(step) = step.as_mapping() else {
        return fail(format!("{what} is not a mapping"), "give it a `run:` line");
    };
    known(step, &STEP, what, text, line.unwrap_or(0))?;
    match (step.contains_key("run"), step.contains_key("uses")) {
        (true, true) => fail(
            format!("{what} has both `run` and `uses`"),
            "make two steps of it",
        ),
        (false, false) => fail(
            format!("{what} has neither `run` nor `uses`"),
            "give it a `run:` line",
        ),
        _ => Ok(()),
    }
}

/// `after`: the line from which to look for a key that is not known.
fn known(
    mapping: &Mapping,
    names: &[&str],
    what: &str,
    text: &str,
    after: usize,
) -> Result<(), WorkflowError> {
    for key in mapping.keys() {
        let key = key.as_str().unwrap_or_default();
        if !names.contains(&key) {
            return Err(WorkflowError::new(
                format!("{what} has the unknown key `{key}`"),
                format!("use one of {}", names.join(", ")),
            )
            .on_line(line_of(text, key, after)));
        }
    }
    Ok(())
}

/// The first line, behind line `after`, on which `key:` begins an entry; where
/// there is none, the first one that has it anywhere, as in `{run: a, key: b}`.
pub(super) fn line_of(text: &str, key: &str, after: usize) -> Option<usize> {
    let is_mark = |char: char| matches!(char, '"' | '\'');
    let is_key = |entry: &str| {
        let rest = entry.trim_start_matches(is_mark).strip_prefix(key);
        rest.is_some_and(|rest| {
            rest.trim_start_matches(is_mark)
                .trim_start()
                .starts_with(':')
        })
    };
    let begins = |line: &str| is_key(line.trim_start().trim_start_matches("- ").trim_start());
    let holds = |line: &str| line.split(['{', ',']).any(|part| is_key(part.trim_start()));
    let find = |matches: &dyn Fn(&str) -> bool| {
        let found = text
            .lines()
            .enumerate()
            .skip(after)
            .find(|(_, line)| matches(line));
        found.map(|(at, _)| at + 1)
    };
    find(&begins).or_else(|| find(&holds))
}
