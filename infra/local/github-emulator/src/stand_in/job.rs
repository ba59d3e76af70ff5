//! One job, from its first line in the log to its conclusion.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::process::Command;

use super::client::{CallError, Client};
use super::config::Config;
use super::environment::{self, Folders};
use super::log::Log;
use super::process::{self, End};
use super::step;
use super::stop::{Stop, Stopper};
use crate::jobs::Conclusion;
use crate::protocol::wire::{Completion, JobMessage, StepReport};
use crate::workflow::expression::{self, Standing};

/// What a job's steps share.
pub(super) struct State<'a> {
    pub(super) log: Log,
    pub(super) folders: Folders,
    pub(super) contexts: Value,
    pub(super) variables: Vec<(String, String)>,
    pub(super) paths: Vec<String>,
    pub(super) step_outputs: Value,
    pub(super) set_by_step: Vec<(String, String)>,
    pub(super) stopper: &'a Stopper,
    /// The reason to stop that the present step knows of.
    pub(super) known: Option<Stop>,
    /// The process groups of all scripts so far.
    pub(super) groups: Vec<Pid>,
    failed: bool,
}

impl State<'_> {
    pub(super) fn standing(&self) -> Standing {
        match self.known {
            Some(_) => Standing::Cancelled,
            None if self.failed => Standing::Failure,
            None => Standing::Success,
        }
    }

    /// The `env` context as variables.
    pub(super) fn env_pairs(&self) -> Vec<(String, String)> {
        let Some(entries) = self.contexts["env"].as_object() else {
            return Vec::new();
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        entries
            .iter()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect()
    }
}

/// Runs an acquired job and reports its end.
pub(super) async fn run(
    client: &Client,
    config: &Config,
    job: &JobMessage,
    stopper: &Stopper,
) -> Result<Conclusion, CallError> {
    let watch = tokio::spawn(watch(
        client.clone(),
        job.job_id,
        job.timeout_minutes,
        stopper.clone(),
    ));
    let (log, sender) = Log::start(client.clone(), job.job_id);
    log.write(&format!("Current runner version: '{}'", super::VERSION));
    log.write(&format!("Runner name: '{}'", config.name));
    log.write(&format!(
        "Job is about to start running on the runner: {}",
        config.name
    ));
    log.write(&format!("Complete job name: {}", job.name));
    let (conclusion, outputs) = match Folders::create(&config.work_folder, &job.repository).await {
        Ok(folders) => work(client, config, job, (log.clone(), folders, stopper)).await,
        Err(error) => {
            log.write(&format!("##[error]The work folder cannot be made: {error}"));
            (Conclusion::Failure, BTreeMap::new())
        }
    };
    sender.close().await;
    watch.abort();
    client
        .complete(
            job.job_id,
            &Completion {
                conclusion,
                outputs,
            },
        )
        .await?;
    Ok(conclusion)
}

/// Stops the job when GitHub says so or its time is over.
async fn watch(client: Client, job: u64, minutes: f64, stopper: Stopper) {
    let limit = Duration::try_from_secs_f64(minutes * 60.0).unwrap_or(Duration::MAX);
    let cancelled = async {
        loop {
            match client.cancellation(job).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        }
    };
    match tokio::time::timeout(limit, cancelled).await {
        Ok(()) => stopper.stop(Stop::Cancelled),
        Err(_) => stopper.stop(Stop::Timeout),
    }
}

async fn work(
    client: &Client,
    config: &Config,
    job: &JobMessage,
    (log, folders, stopper): (Log, Folders, &Stopper),
) -> (Conclusion, BTreeMap<String, String>) {
    let mut contexts = job.contexts.clone();
    contexts["github"]["workspace"] = folders.workspace.display().to_string().into();
    contexts["runner"] = json!({
        "name": config.name, "os": "Linux", "arch": environment::architecture(),
        "environment": "self-hosted", "temp": folders.temp.display().to_string(),
        "tool_cache": folders.tools.display().to_string(),
    });
    contexts["steps"] = json!({});
    contexts["env"] = json!({});
    contexts["job"] = json!({"status": "success"});
    let variables = environment::variables(job, &config.name, &folders);
    let mut state = State {
        log,
        folders,
        contexts,
        variables,
        paths: Vec::new(),
        step_outputs: Value::Null,
        set_by_step: Vec::new(),
        stopper,
        known: None,
        groups: Vec::new(),
        failed: false,
    };
    for layer in &job.body.env {
        match step::layer(&state, layer, Standing::Success) {
            Ok(pairs) => {
                for (name, value) in pairs {
                    state.contexts["env"][name] = value.into();
                }
            }
            Err(problem) => {
                state.log.write(&format!("##[error]{problem}"));
                state.failed = true;
            }
        }
    }
    hook(&mut state, "ACTIONS_RUNNER_HOOK_JOB_STARTED").await;
    let mut number = 1;
    report(
        client,
        job,
        (number, "Set up job"),
        Some(Conclusion::Success),
    )
    .await;
    for one in &job.body.steps {
        number += 1;
        let name = step::name(&state, one);
        report(client, job, (number, &name), None).await;
        let conclusion = step::run(&mut state, number, one).await;
        if conclusion == Conclusion::Failure {
            state.failed = true;
            state.contexts["job"]["status"] = "failure".into();
        }
        report(client, job, (number, &name), Some(conclusion)).await;
    }
    hook(&mut state, "ACTIONS_RUNNER_HOOK_JOB_COMPLETED").await;
    report(
        client,
        job,
        (number + 1, "Complete job"),
        Some(Conclusion::Success),
    )
    .await;
    state.log.write("Cleaning up orphan processes");
    process::end_orphans(&state.groups);
    (conclusion(&state), outputs(&state, job))
}

fn conclusion(state: &State<'_>) -> Conclusion {
    match state.stopper.reason() {
        Some(Stop::Cancelled | Stop::Shutdown) => Conclusion::Cancelled,
        // GitHub counts a job whose time is over as cancelled, too.
        Some(Stop::Timeout) => {
            state
                .log
                .write("##[error]The job has exceeded its maximum execution time");
            Conclusion::Cancelled
        }
        None if state.failed => Conclusion::Failure,
        None => Conclusion::Success,
    }
}

fn outputs(state: &State<'_>, job: &JobMessage) -> BTreeMap<String, String> {
    let fill = |text: &String| expression::interpolate(text, &state.contexts, Standing::Success);
    let outputs = job.body.outputs.iter();
    outputs
        .filter_map(|(name, value)| Some((name.clone(), fill(value).ok()?)))
        .collect()
}

async fn report(
    client: &Client,
    job: &JobMessage,
    (number, name): (u32, &str),
    conclusion: Option<Conclusion>,
) {
    let report = StepReport {
        number,
        name: name.to_owned(),
        conclusion,
    };
    // A report that gets lost does not fail the job.
    let _ = client.step(job.job_id, &report).await;
}

/// Runs a hook script, where there is one; its failure fails the job.
async fn hook(state: &mut State<'_>, variable: &str) {
    let Ok(script) = std::env::var(variable) else {
        return;
    };
    state.known = state.stopper.reason();
    state.log.write(&format!(
        "A job hook has been configured by {variable}: '{script}'"
    ));
    let mut command: Command = process::shell(None, Path::new(&script));
    command.current_dir(&state.folders.workspace);
    command.envs(state.variables.iter().map(|(name, value)| (name, value)));
    let State {
        log,
        stopper,
        known,
        groups,
        ..
    } = &mut *state;
    match process::run(&mut command, log, stopper, *known, None, groups).await {
        Ok(End::Exit(0) | End::Stopped(_)) => {}
        Ok(End::Exit(code)) => {
            state.log.write(&format!(
                "##[error]Process completed with exit code {code}."
            ));
            state.failed = true;
        }
        Err(error) => {
            state
                .log
                .write(&format!("##[error]The hook cannot be started: {error}"));
            state.failed = true;
        }
    }
}
