//! The same listener inside another process, without bash: it takes its job and
//! acts the steps out. `sleep N` lasts N seconds of tokio's clock, `exit N` ends
//! the step, and every other line is over at once; conditions, `uses:` and
//! outputs are not acted out. So hundreds of jobs fit into seconds of a paused
//! clock.
//!
//! Dropping the future is what SIGKILL is to the program: GitHub hears nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};

use super::client::{CallError, Client};
use super::listener::refusal;
use super::{config, exit_code};
use crate::ids::JobId;
use crate::jobs::Conclusion;
use crate::protocol::wire::{Completion, JobMessage, StepReport};
use crate::transport::Transport;

/// What happens on stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// It has a session and waits for a job.
    Listening,
    /// It has a job.
    Started(JobId),
    /// The job is over, and GitHub knows.
    Ended(JobId, Conclusion),
}

/// Takes one job through `transport`, telling each scene; gives the exit code. Once
/// `stop` resolves (SIGTERM to the program), a job at work is cancelled and the
/// listener leaves.
pub async fn act(
    jit_config: &SecretString,
    transport: Transport,
    stop: impl Future<Output = ()>,
    mut tell: impl FnMut(Scene),
) -> u8 {
    let Ok(config) = config::decode(jit_config.expose_secret()) else {
        return exit_code::TERMINATED;
    };
    let client = match Client::open_through(&config, transport).await {
        Ok(client) => client,
        Err(error) => return refusal(&error, true).1,
    };
    tell(Scene::Listening);
    let mut stop = std::pin::pin!(stop);
    loop {
        let offer = tokio::select! {
            biased;
            () = &mut stop => {
                client.close().await;
                return exit_code::OK;
            }
            offer = client.message() => offer,
        };
        let job = match offer {
            Ok(None) => continue,
            Ok(Some(offer)) => client.acquire(offer.job_id).await,
            Err(error) => Err(error),
        };
        match job {
            Ok(job) => {
                let id = JobId(job.job_id);
                tell(Scene::Started(id));
                let (end, told) = perform(&client, &job, &mut stop).await;
                if told.is_ok() {
                    tell(Scene::Ended(id, end));
                }
                return farewell(told);
            }
            // The job was cancelled or went to another one: listen on.
            Err(error) if error.is(StatusCode::GONE) => {}
            Err(error) if error.is(StatusCode::UNAUTHORIZED) => return exit_code::TERMINATED,
            Err(_) => return exit_code::RETRYABLE,
        }
    }
}

/// Acts one job out and reports its end.
async fn perform(
    client: &Client,
    job: &JobMessage,
    stop: impl Future<Output = ()>,
) -> (Conclusion, Result<(), CallError>) {
    let limit = Duration::try_from_secs_f64(job.timeout_minutes * 60.0).unwrap_or(Duration::MAX);
    let conclusion = tokio::select! {
        biased;
        () = stop => Conclusion::Cancelled,
        () = cancelled(client, job.job_id) => Conclusion::Cancelled,
        () = tokio::time::sleep(limit) => Conclusion::Cancelled,
        conclusion = steps(client, job) => conclusion,
    };
    let end = Completion {
        conclusion,
        outputs: BTreeMap::new(),
    };
    (conclusion, client.complete(job.job_id, &end).await)
}

/// Resolves when GitHub says that the job is cancelled.
async fn cancelled(client: &Client, job: u64) {
    loop {
        match client.cancellation(job).await {
            Ok(true) => return,
            Ok(false) => {}
            // The job is not ours any more: its end will be refused, too.
            Err(CallError::Refused(status)) if status.is_client_error() => return,
            Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
}

async fn steps(client: &Client, job: &JobMessage) -> Conclusion {
    let mut conclusion = Conclusion::Success;
    for (number, step) in (1..).zip(&job.body.steps) {
        if conclusion != Conclusion::Success {
            break;
        }
        for line in step.run.as_deref().unwrap_or_default().lines() {
            match line.trim().split_once(' ') {
                Some(("sleep", seconds)) => {
                    let seconds = seconds.trim().parse().unwrap_or_default();
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                }
                Some(("exit", code)) => {
                    if code.trim() != "0" {
                        conclusion = Conclusion::Failure;
                    }
                    break;
                }
                _ => {}
            }
        }
        let report = StepReport {
            number,
            name: step.name.clone().unwrap_or_default(),
            conclusion: Some(conclusion),
        };
        // A report that gets lost does not fail the job.
        let _ = client.step(job.job_id, &report).await;
    }
    conclusion
}

fn farewell(end: Result<(), CallError>) -> u8 {
    match end {
        Ok(()) => exit_code::OK,
        // GitHub has ended the job meanwhile, as after a forced cancellation.
        Err(error) if error.is(StatusCode::GONE) || error.is(StatusCode::UNAUTHORIZED) => {
            exit_code::OK
        }
        Err(_) => exit_code::RETRYABLE,
    }
}
