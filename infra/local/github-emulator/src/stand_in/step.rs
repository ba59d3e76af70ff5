//! One step: its condition, its environment, its script, what it leaves.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::files::Files;
use super::job::State;
use super::process::{self, End};
use super::stop::Stop;
use crate::jobs::Conclusion;
use crate::protocol::wire::StepMessage;
use crate::workflow::expression::{self, Standing};

/// Runs one step. What goes wrong is in the log; the answer is its outcome.
pub(super) async fn run(state: &mut State<'_>, number: u32, step: &StepMessage) -> Conclusion {
    state.known = state.stopper.reason();
    let outcome = match attempt(state, number, step).await {
        Ok(outcome) => outcome,
        Err(problem) => {
            state.log.write(&format!("##[error]{problem}"));
            Conclusion::Failure
        }
    };
    let standing = state.standing();
    let forgiven = outcome == Conclusion::Failure
        && expression::interpolate(&step.continue_on_error, &state.contexts, standing)
            .is_ok_and(|text| text == "true");
    let conclusion = if forgiven {
        Conclusion::Success
    } else {
        outcome
    };
    if let Some(id) = &step.id {
        let mut outputs = state.step_outputs.clone();
        let about = json!({
            "outcome": outcome.name(), "conclusion": conclusion.name(),
            "outputs": std::mem::take(&mut outputs),
        });
        state.contexts["steps"][id] = about;
    }
    state.step_outputs = Value::Null;
    conclusion
}

/// The name that GitHub shows for a step.
pub(super) fn name(state: &State<'_>, step: &StepMessage) -> String {
    let template = match (&step.name, &step.run, &step.uses) {
        (Some(name), _, _) => name.clone(),
        (None, Some(run), _) => format!("Run {}", run.lines().next().unwrap_or_default()),
        (None, None, uses) => format!("Run {}", uses.as_deref().unwrap_or_default()),
    };
    expression::interpolate(&template, &state.contexts, state.standing()).unwrap_or(template)
}

async fn attempt(
    state: &mut State<'_>,
    number: u32,
    step: &StepMessage,
) -> Result<Conclusion, String> {
    let standing = state.standing();
    let env = layer(state, &step.env, standing)?;
    if !expression::holds(&step.condition, &state.contexts, standing)? {
        return Ok(Conclusion::Skipped);
    }
    let outer = state.contexts["env"].clone();
    for (name, value) in &env {
        state.contexts["env"][name] = value.clone().into();
    }
    let outcome = match (&step.run, &step.uses) {
        (Some(script), _) => script_step(state, number, step, script).await,
        (None, uses) => {
            let action = uses.as_deref().unwrap_or_default();
            state.log.write(&format!("##[group]Run {action}"));
            state.log.write("##[endgroup]");
            state.log.write(&format!(
                "Skipped: the stand-in runner runs `run:` steps only, it did nothing for `uses: {action}`."
            ));
            Ok(Conclusion::Success)
        }
    };
    // A step's own variables end with it; those it set for others stay.
    let set = std::mem::take(&mut state.set_by_step);
    state.contexts["env"] = outer;
    for (name, value) in set {
        state.contexts["env"][name] = value.into();
    }
    outcome
}

/// Evaluates a mapping of variables.
pub(super) fn layer(
    state: &State<'_>,
    env: &[(String, String)],
    standing: Standing,
) -> Result<Vec<(String, String)>, String> {
    env.iter()
        .map(|(name, value)| {
            let value = expression::interpolate(value, &state.contexts, standing)?;
            Ok((name.clone(), value))
        })
        .collect()
}

async fn script_step(
    state: &mut State<'_>,
    number: u32,
    step: &StepMessage,
    script: &str,
) -> Result<Conclusion, String> {
    let standing = state.standing();
    let fill = |text: &str| expression::interpolate(text, &state.contexts, standing);
    let script = fill(script)?;
    let shell = step.shell.as_deref().map(fill).transpose()?;
    let directory = step.working_directory.as_deref().map(fill).transpose()?;
    let limit = match step.timeout_minutes.as_deref().map(fill).transpose()? {
        None => None,
        Some(minutes) => {
            let minutes: f64 = minutes
                .parse()
                .map_err(|_| "timeout-minutes is not a number")?;
            Some(Duration::try_from_secs_f64(minutes * 60.0).map_err(|error| error.to_string())?)
        }
    };
    announce(state, &script, shell.as_deref());
    let io = |error: std::io::Error| format!("the step cannot be started: {error}");
    let files = Files::create(&state.folders.temp, number)
        .await
        .map_err(io)?;
    let path: PathBuf = state.folders.temp.join(format!("step_{number}.sh"));
    tokio::fs::write(&path, format!("{}\n", script.trim_end()))
        .await
        .map_err(io)?;
    let mut command = process::shell(shell.as_deref(), &path);
    command.current_dir(match directory {
        Some(directory) => state.folders.workspace.join(directory),
        None => state.folders.workspace.clone(),
    });
    command.envs(state.variables.iter().map(|(name, value)| (name, value)));
    command.envs(state.env_pairs());
    command.envs(
        files
            .all()
            .map(|(name, path)| (name, path.into_os_string())),
    );
    if !state.paths.is_empty() {
        let before = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{before}", state.paths.join(":")));
    }
    let State {
        log,
        stopper,
        known,
        groups,
        ..
    } = state;
    let end = process::run(&mut command, log, stopper, *known, limit, groups)
        .await
        .map_err(io)?;
    state.step_outputs = files
        .outputs()
        .await
        .into_iter()
        .map(|(k, v)| (k, Value::from(v)))
        .collect();
    state.set_by_step = files.variables().await;
    for path in files.paths().await {
        state.paths.insert(0, path);
    }
    Ok(match end {
        End::Exit(0) => Conclusion::Success,
        End::Exit(code) => {
            state.log.write(&format!(
                "##[error]Process completed with exit code {code}."
            ));
            Conclusion::Failure
        }
        End::Stopped(Stop::Timeout) => {
            state.log.write("##[error]The action has timed out.");
            Conclusion::Failure
        }
        End::Stopped(Stop::Cancelled | Stop::Shutdown) => {
            state.log.write("##[error]The operation was canceled.");
            Conclusion::Cancelled
        }
    })
}

/// The foldable head of a step in GitHub's log.
fn announce(state: &State<'_>, script: &str, shell: Option<&str>) {
    let mut lines = script.trim_end().lines();
    state.log.write(&format!(
        "##[group]Run {}",
        lines.next().unwrap_or_default()
    ));
    for line in script.trim_end().lines() {
        state.log.write(&format!("\u{1b}[36;1m{line}\u{1b}[0m"));
    }
    state
        .log
        .write(&format!("shell: {}", process::shown(shell)));
    let env = state.env_pairs();
    if !env.is_empty() {
        state.log.write("env:");
        for (name, value) in env {
            state.log.write(&format!("  {name}: {value}"));
        }
    }
    state.log.write("##[endgroup]");
}
