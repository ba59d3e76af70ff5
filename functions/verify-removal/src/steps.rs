//! The steps of one verification: what ended, what is left, what the job does.

use aws::claims::{Claim, ClaimError};
use aws::handover::Taken;
use chrono::{DateTime, TimeDelta};
use domain::names::{exit_code, state as names};
use domain::steps::{VerifyRemovalInput, VerifyRemovalOutput};
use github::calls;

use removal::{AttemptTasks, Runner};

use crate::classify::classify;
use crate::end::{End, TaskEnd};
use crate::facts::{Facts, JobView, RanOn, RunnerState};
use crate::interruption::Interruption;
use crate::{State, VerifyError, log};

/// What the clean-up found and did.
#[derive(Debug, Clone, Copy)]
struct Cleaned {
    handover: Taken,
    runner: RunnerState,
}

pub(crate) async fn verify(
    input: &VerifyRemovalInput,
    state: &State,
) -> Result<VerifyRemovalOutput, VerifyError> {
    let now = state.clock().now();
    let (claim, open) = tokio::join!(
        state.claims().read(&input.claim.pk),
        state.gate().ask::<VerifyError>(&input.claim.pk)
    );
    open?;
    let claim = claim?.filter(|claim| claim.owner == input.claim.owner);

    let mut end = End::parse(&input.run);
    let tasks = tasks(input, state, &end).await?;
    let newest = newest_end(&tasks);
    end = more_precise(end, newest.clone());

    let cleaned = match &claim {
        Some(claim) => clean_up(input, state, claim, &tasks).await?,
        None => Cleaned {
            handover: Taken::Lost,
            runner: RunnerState::NotOurs,
        },
    };

    let claimed = claim
        .as_ref()
        .and_then(|claim| claim.runner_name.as_deref());
    let facts = Facts {
        task_alive: !tasks.alive.is_empty(),
        runner: cleaned.runner,
        handover: cleaned.handover,
        job: job(input, state, claimed).await?,
        capacity: input.capacity,
        released_at: claim
            .as_ref()
            .and_then(|claim| DateTime::from_timestamp(claim.released_at?, 0)),
        end,
        now,
    };
    let verdict = classify(&facts);

    let clean = cleaned.runner == RunnerState::Gone && tasks.alive.is_empty();
    if clean && let Some(key) = claim.as_ref().and_then(|c| c.handover_key.as_deref()) {
        match state.claims().clear_runner(&input.claim, key).await {
            // Somebody else's now: nothing of ours is left in it.
            Ok(()) | Err(ClaimError::Lost | ClaimError::Released) => {}
            Err(ClaimError::Store(error)) => return Err(error.into()),
        }
    }

    let task_arn = facts
        .end
        .task()
        .map(|task| task.arn.clone())
        .or_else(|| tasks.arns.first().cloned());
    let queued = facts.job.created_at.map(|created| now - created);
    // A task that the machine's limit or we stopped has used something as well.
    let ended = facts.end.task().or(newest.as_ref());
    let interruption = ended.and_then(Interruption::of);
    let mut usage = ended.map(|task| task.usage.clone()).unwrap_or_default();
    if verdict.outcome.ends() {
        let before = claim.as_ref().map_or(0, |claim| claim.github_calls);
        usage.github_calls = before + calls::made();
    }
    let output = VerifyRemovalOutput {
        usage,
        queue_to_start_seconds: queue_to_start(&facts.job),
        seconds: verdict.seconds,
        queued_seconds: queued.map_or(0, seconds),
        runner_removed: cleaned.runner == RunnerState::Gone,
        task_arn: task_arn.unwrap_or_default(),
        exit_code: facts
            .end
            .exit_code()
            .map(|code| code.to_string())
            .unwrap_or_default(),
        job_status: facts.job.word,
        job_conclusion: facts.job.conclusion,
        ..VerifyRemovalOutput::new(verdict.outcome, verdict.detail)
    };
    log::end(input, &output, interruption);
    Ok(output)
}

/// How long the job waited for its runner.
fn queue_to_start(job: &JobView) -> Option<u64> {
    match job.ran_on {
        RanOn::Ours => Some(seconds(job.started_at? - job.created_at?)),
        _ => None,
    }
}

/// Whole seconds; none where clocks disagree.
fn seconds(age: TimeDelta) -> u64 {
    u64::try_from(age.num_seconds()).unwrap_or(0)
}

/// Looks for tasks of this attempt wherever one may still be alive.
async fn tasks(
    input: &VerifyRemovalInput,
    state: &State,
    end: &End,
) -> Result<AttemptTasks, VerifyError> {
    let execution = &input.execution_arn;
    match end {
        // A task that found no hand-over item may be the second of a redrive,
        // while the first one works.
        End::Task(task) if task.exit_code != Some(exit_code::HANDOVER_GONE) => Ok(AttemptTasks {
            arns: vec![task.arn.clone()],
            ..AttemptTasks::default()
        }),
        end if end.never_ran() => Ok(AttemptTasks::default()),
        // A former pass's task: the machine has been in Mint since.
        End::Leftover => removal::tasks_of_attempt(state, execution, None).await,
        _ => removal::tasks_of_attempt(state, execution, Some(names::MINT)).await,
    }
}

/// The newest task, where it has stopped.
fn newest_end(tasks: &AttemptTasks) -> Option<TaskEnd> {
    let newest = tasks.arns.first()?;
    let ended = tasks.stopped.iter().find(|task| task.arn == *newest)?;
    Some(TaskEnd::from(ended.clone()))
}

/// Take before stop, under a claim of ours.
async fn clean_up(
    input: &VerifyRemovalInput,
    state: &State,
    claim: &Claim,
    tasks: &AttemptTasks,
) -> Result<Cleaned, VerifyError> {
    let scope = state.settings().scope(&input.job);
    let runner = Runner {
        may_run: !tasks.alive.is_empty(),
        ..Runner::of_claim(claim, &scope)
    };
    let taking = removal::take(state, &runner).await?;
    let reason = "Its runner was removed before a job came";
    taking.stop(state, &tasks.alive, reason).await?;
    Ok(Cleaned {
        handover: taking.handover,
        runner: taking.registration.into(),
    })
}

/// A task that ended by itself says more than the machine's timeout; one that
/// we stopped says nothing.
fn more_precise(end: End, task: Option<TaskEnd>) -> End {
    match (end, task) {
        (End::Failed { .. }, Some(task)) if task.stop_code != "UserInitiated" => End::Task(task),
        (end, _) => end,
    }
}

async fn job(
    input: &VerifyRemovalInput,
    state: &State,
    claimed: Option<&str>,
) -> Result<JobView, VerifyError> {
    let answer = state
        .github()
        .job(&input.job.repository, input.job.id)
        .await;
    let job = match answer {
        Ok(job) => Some(job),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error.into()),
    };
    let prefix = &state.settings().name_prefix;
    Ok(JobView::new(job, &input.job, prefix, claimed))
}
