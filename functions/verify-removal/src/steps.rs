//! The steps of one verification: what ended, what is left, what the job does.

use aws::claims::ClaimError;
use aws::handover::Taken;
use chrono::TimeDelta;
use domain::names::{exit_code, state as names};
use domain::steps::{VerifyRemovalInput, VerifyRemovalOutput};
use github::calls;

use crate::classify::classify;
use crate::cleanup::{self, Cleaned};
use crate::end::{End, TaskEnd};
use crate::errors::VerifyError;
use crate::facts::{Facts, JobView, RanOn, RunnerState};
use crate::interruption::Interruption;
use crate::log;
use crate::state::State;

/// The tasks of this attempt.
#[derive(Debug, Default)]
struct Tasks {
    /// The newest first.
    arns: Vec<String>,
    /// Those that have not stopped.
    alive: Vec<String>,
    /// The newest one, where it has stopped.
    ended: Option<TaskEnd>,
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
    end = more_precise(end, tasks.ended.clone());

    let cleaned = match &claim {
        Some(claim) => cleanup::run(input, state, claim, &tasks.alive).await?,
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
        end,
        now,
    };
    let verdict = classify(&facts);

    let clean = cleaned.runner == RunnerState::Gone && tasks.alive.is_empty();
    if clean && let Some(key) = claim.as_ref().and_then(|c| c.handover_key.as_deref()) {
        match state.claims().clear_runner(&input.claim, key).await {
            // Somebody else's now: nothing of ours is left in it.
            Ok(()) | Err(ClaimError::Lost) => {}
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
    let ended = facts.end.task().or(tasks.ended.as_ref());
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
async fn tasks(input: &VerifyRemovalInput, state: &State, end: &End) -> Result<Tasks, VerifyError> {
    let arns = match end {
        // A task that found no hand-over item may be the second of a redrive,
        // while the first one works.
        End::Task(task) if task.exit_code != Some(exit_code::HANDOVER_GONE) => {
            return Ok(Tasks {
                arns: vec![task.arn.clone()],
                ..Tasks::default()
            });
        }
        end if end.never_ran() => return Ok(Tasks::default()),
        // A former pass's task: the machine has been in Mint since.
        End::Leftover => history(input, state, None).await?,
        _ => history(input, state, Some(names::MINT)).await?,
    };
    let described = state.tasks().describe(&arns).await?;
    let (ended, alive): (Vec<_>, Vec<_>) = described
        .into_iter()
        .partition(|task| task.last_status == "STOPPED");
    let newest = arns.first();
    Ok(Tasks {
        ended: ended
            .into_iter()
            .find(|task| Some(&task.arn) == newest)
            .map(TaskEnd::from),
        alive: alive.into_iter().map(|task| task.arn).collect(),
        arns,
    })
}

async fn history(
    input: &VerifyRemovalInput,
    state: &State,
    until: Option<&str>,
) -> Result<Vec<String>, VerifyError> {
    Ok(state
        .executions()
        .tasks_of_attempt(&input.execution_arn, names::RUN_RUNNER, until)
        .await?)
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
