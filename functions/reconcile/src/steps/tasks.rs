//! Tasks that do not come to RUNNING, and tasks that no execution waits for.
//!
//! The hand-over item is taken first; where it is gone, the registration must
//! go before the task, and GitHub keeps it while a job runs. An execution whose
//! task is stopped before its start notices by itself and mints anew.

use aws::handover::Taken;
use aws::tasks::Alive;
use domain::claim;
use domain::reconcile::ReconcileStep;
use domain::runner_name;
use removal::Runner;

use super::scopes;
use crate::log::Repair;
use crate::period::Period;
use crate::stop::Stop;

/// Pages of a hundred that one period looks at.
const PAGES: usize = 50;

pub(super) async fn run(period: &mut Period<'_>) -> Result<(), Stop> {
    let tasks = period.state.clients().tasks();
    let mut next = None;
    for _ in 0..PAGES {
        period.time()?;
        let page = tasks.alive(next).await?;
        for task in &page.tasks {
            let done = one(period, task).await;
            period.go_on(ReconcileStep::Tasks, &task.arn, done)?;
        }
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    Ok(())
}

async fn one(period: &mut Period<'_>, task: &Alive) -> Result<(), Stop> {
    let state = period.state;
    let prefix = &state.clients().settings().name_prefix;
    let Some((job, attempt, _)) = runner_name::parse(prefix, &task.runner_name) else {
        return Ok(());
    };
    let pk = claim::key(job, attempt);
    let stuck = is_stuck(task, state.limits().start, period.now());
    let known = period.contents.claims.get(&pk).cloned();
    let answered = known
        .as_ref()
        .is_some_and(|claim| period.running.arns.contains(&claim.owner));
    let suspect = format!("task:{}", task.arn);
    if answered {
        period.cursor.clear(&suspect);
    }
    let reason = match (stuck, answered) {
        (true, _) => "it did not start in time",
        (false, true) => return Ok(()),
        (false, false) => {
            let settle = state.limits().settle;
            let now = period.now();
            if !period.cursor.is_settled(&suspect, settle, now) || period.is_answered(&pk).await? {
                return Ok(());
            }
            "no execution waits for it"
        }
    };
    // A claim names the runner of the last try only.
    let claim = state.clients().claims().read(&pk).await?;
    let claim = claim.filter(|claim| claim.runner_name.as_deref() == Some(&task.runner_name));
    let Some(scope) = scopes::of(period, claim.as_ref().or(known.as_ref())).await? else {
        return without_github(period, task, reason).await;
    };
    let taking = period
        .take(&Runner {
            scope: &scope,
            id: claim.as_ref().and_then(|claim| claim.runner_id),
            name: Some(&task.runner_name),
            handover_key: Some(task.handover_key.as_str()).filter(|key| !key.is_empty()),
            may_run: true,
        })
        .await?;
    let stopped = taking
        .stop(state.clients(), std::slice::from_ref(&task.arn), reason)
        .await?;
    if stopped {
        period.cursor.clear(&suspect);
        stopped_now(period, task, Some(job.0), reason);
    }
    Ok(())
}

/// Nobody knows where its runner was registered: only a start that can be
/// prevented allows the stop.
async fn without_github(period: &mut Period<'_>, task: &Alive, reason: &str) -> Result<(), Stop> {
    let state = period.state;
    if task.handover_key.is_empty() {
        return Ok(());
    }
    let taken = state
        .clients()
        .handover()
        .discard(&task.handover_key)
        .await?;
    if taken == Taken::Won {
        state.clients().tasks().stop(&task.arn, reason).await?;
        stopped_now(period, task, None, reason);
    }
    Ok(())
}

fn stopped_now(period: &mut Period<'_>, task: &Alive, job_id: Option<u64>, reason: &str) {
    period.done.tasks_stopped += 1;
    Repair {
        kind: "tasks_stopped",
        subject: &task.arn,
        job_id,
        reason: Some(reason),
        ..Repair::default()
    }
    .log();
}

/// Whether it takes longer to start than it may (seconds) at `now` (epoch seconds).
fn is_stuck(task: &Alive, may_take: u64, now: i64) -> bool {
    task.is_starting() && now >= task.created_at.saturating_add_unsigned(may_take)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_stuck_when_it_is_old_and_has_not_started() {
        let task = |status: &str, ago: i64| Alive {
            last_status: status.into(),
            created_at: 10_000 - ago,
            ..Alive::default()
        };
        for status in ["PROVISIONING", "PENDING", "ACTIVATING"] {
            assert!(!is_stuck(&task(status, 599), 600, 10_000), "{status}");
            assert!(is_stuck(&task(status, 600), 600, 10_000), "{status}");
        }
        for status in ["RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"] {
            assert!(!is_stuck(&task(status, 9_000), 600, 10_000), "{status}");
        }
    }
}
