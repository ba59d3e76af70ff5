//! One JIT runner for one queued job.
//!
//! Renews the claim, asks GitHub whether the job still waits, registers a
//! runner with exactly the job's labels, lays its JIT config down in the
//! hand-over table and writes the runner into the claim. The answer holds ids
//! and the hand-over key only.
//!
//! Name and key are written into the claim before GitHub is asked, so a mint
//! whose answer was lost is found and replaced by the next one.

mod errors;
mod keys;
mod register;
mod state;
mod tries;

use aws::claims::{Claim, ClaimError};
use aws::handover::Taken;
use chrono::TimeDelta;
use domain::claim::{HANDOVER_SECONDS, expires_at};
use domain::ids::RunnerId;
use domain::steps::{MintInput, MintOutcome, MintOutput};
use github::{Deleted, calls};
use github_gate::Failure;

pub use errors::MintError;
pub use keys::Keys;
use register::Registered;
pub use state::State;

/// GitHub's word of a job's end and GitHub's answer about the job may come from
/// different servers: seconds between the two.
const ONCE_MORE: u64 = 1;

/// Serves Lambda's runtime API until the process ends.
pub async fn serve() -> Result<(), handler::RuntimeError> {
    handler::serve(State::from_env().await, handle).await
}

/// One mint. A rate limit anywhere, told to this function or to another one of
/// the fleet, is the outcome `wait`; a claim that is no longer ours `claim_lost`.
/// Where the job's end was told while the runner was minted, the runner is taken
/// back and GitHub is asked once more.
pub async fn handle(input: MintInput, state: &State) -> Result<MintOutput, MintError> {
    calls::counted(async {
        let answer = mint(&input, state).await;
        let answer = match state.gate().settle(&input.claim.pk, answer).await {
            Err(MintError::ClaimLost) => Ok(MintOutput::new(MintOutcome::ClaimLost)),
            Err(MintError::Released) => Ok(MintOutput {
                seconds: ONCE_MORE,
                ..MintOutput::new(MintOutcome::Wait)
            }),
            Err(error) => match error.wait_seconds() {
                Some(seconds) => Ok(MintOutput {
                    seconds,
                    ..MintOutput::new(MintOutcome::Wait)
                }),
                None => Err(error),
            },
            answer => answer,
        };
        note_calls(&input, state, &answer).await;
        log(&input, &answer);
        answer
    })
    .await
}

async fn mint(input: &MintInput, state: &State) -> Result<MintOutput, MintError> {
    let now = state.clock().now();
    let expires = expires_at(now.timestamp(), &input.limits);
    // The claim is renewed while the fleet waits, too. One does not need the
    // other, so the gate costs no time.
    let (claim, open) = tokio::join!(
        state.claims().renew(&input.claim, expires),
        state.gate().ask::<MintError>(&input.claim.pk)
    );
    let claim = claim?;
    if claim.runner_id.is_some() {
        return Ok(MintOutput::new(MintOutcome::Leftover));
    }
    open?;
    let (status, conclusion) = job(input, state).await?;
    if status != "queued" {
        return Ok(not_queued(&claim, status, conclusion));
    }
    let registered = register::register(input, state, &claim).await?;
    let minted = hand_over(input, state, registered, claim.releases, status).await?;
    note(input, state).await;
    Ok(minted)
}

/// A note that failed costs a look at one repository, not a runner.
async fn note(input: &MintInput, state: &State) {
    let (repository, now) = (&input.job.repository, state.clock().epoch_seconds());
    if let Err(error) = state.repositories().note(repository, now).await {
        tracing::warn!(repository, error = %error, "repository not noted");
    }
}

/// GitHub's status and conclusion; `gone` where it no longer knows the job.
async fn job(input: &MintInput, state: &State) -> Result<(String, String), MintError> {
    match state
        .github()
        .job(&input.job.repository, input.job.id)
        .await
    {
        Ok(job) => Ok((job.status, job.conclusion.unwrap_or_default())),
        Err(error) if error.is_not_found() => Ok(("gone".to_owned(), String::new())),
        Err(error) => Err(error.into()),
    }
}

/// Nothing to mint. An earlier try that was never confirmed may have left a
/// registration all the same: then VerifyRemoval must look first.
fn not_queued(claim: &Claim, job_status: String, job_conclusion: String) -> MintOutput {
    let outcome = match claim.handover_key {
        Some(_) => MintOutcome::Leftover,
        None => MintOutcome::JobNotQueued,
    };
    MintOutput {
        job_status,
        job_conclusion,
        ..MintOutput::new(outcome)
    }
}

/// Lays the JIT config down and writes the runner into the claim; takes both
/// back where the claim was lost or the job's end was told meanwhile.
async fn hand_over(
    input: &MintInput,
    state: &State,
    registered: Registered,
    releases: u64,
    job_status: String,
) -> Result<MintOutput, MintError> {
    let Registered { jit, attempt } = registered;
    let key = &attempt.handover_key;
    let expires = state.clock().now() + TimeDelta::seconds(HANDOVER_SECONDS.cast_signed());
    state.handover().put(key, &jit.encoded, expires).await?;
    let written = state
        .claims()
        .set_runner(&input.claim, key, jit.runner.id, releases, calls::take())
        .await;
    if let Err(error @ (ClaimError::Lost | ClaimError::Released)) = &written {
        take_back(input, state, key, jit.runner.id, error).await;
    }
    written?;
    Ok(MintOutput {
        job_status,
        runner: domain::steps::RunnerRef {
            id: jit.runner.id,
            name: attempt.runner_name,
        },
        handover_key: attempt.handover_key,
        ..MintOutput::new(MintOutcome::Minted)
    })
}

/// Best effort: what stays is useless to others, and GitHub sweeps it in a day.
async fn take_back(
    input: &MintInput,
    state: &State,
    key: &str,
    runner: RunnerId,
    why: &ClaimError,
) {
    let item = state.handover().discard(key).await;
    let scope = state.settings().scope(&input.job);
    let registration = state.github().delete_runner(&scope, runner).await;
    let clean = matches!(item, Ok(Taken::Won))
        && matches!(registration, Ok(Deleted::Now | Deleted::Before));
    tracing::warn!(
        job_id = input.job.id.0,
        runner_id = runner.0,
        clean,
        why = %why,
        "a runner was taken back right after its mint"
    );
}

/// Calls that no write took along are added to the claim, unless it is over.
async fn note_calls(input: &MintInput, state: &State, answer: &Result<MintOutput, MintError>) {
    let over = [MintOutcome::ClaimLost, MintOutcome::JobNotQueued];
    let calls = calls::take();
    if calls == 0 || matches!(answer, Ok(output) if over.contains(&output.outcome)) {
        return;
    }
    if let Err(error) = state.claims().add_calls(&input.claim, calls).await {
        tracing::warn!(claim = input.claim.pk, calls, error = %error, "calls to GitHub were not added up");
    }
}

fn log(input: &MintInput, answer: &Result<MintOutput, MintError>) {
    let (job_id, claim) = (input.job.id.0, input.claim.pk.as_str());
    let github_calls = calls::made();
    match answer {
        Ok(output) => tracing::info!(
            job_id,
            claim,
            github_calls,
            outcome = output.outcome.as_str(),
            runner_id = output.runner.id.0,
            runner_name = output.runner.name,
            job_status = output.job_status,
            seconds = output.seconds,
            "mint"
        ),
        Err(error) => {
            tracing::warn!(job_id, claim, github_calls, error = %error, "mint failed");
        }
    }
}
