//! Executions that ended red while their job still waits: redriven, if what
//! ended them may have passed, at most five times, with growing pauses.
//!
//! Most leave a claim, which says `failed`, or `active` under an owner that does
//! not run: those are found in the table, and the count of redrives stands in
//! them. One that failed before it could claim is found in the list of what
//! ended lately. GitHub is asked about a job only when a redrive is due; a job
//! that is over takes its claim with it, so nothing is asked twice.

use aws::claims::Claim;
use aws::executions::{Described, Ended, Redriven};
use domain::claim;
use domain::event::Trimmed;
use domain::reconcile::ReconcileStep;
use domain::steps::Job;
use serde::Deserialize;

use super::forget::forget;
use crate::judge::{Facts, Verdict, judge};
use crate::log::Repair;
use crate::period::Period;
use crate::stop::Stop;

/// Claims, and executions without one, that one period looks at.
const MOST: usize = 100;
/// How far back executions without a claim are looked for.
const WINDOW_SECONDS: i64 = 13 * 24 * 3600;
/// Lists of executions lag: what ended so lately is looked for again.
const LAG_SECONDS: i64 = 300;
/// A claim that is made for an execution without one.
const CLAIM_SECONDS: i64 = 24 * 3600;

/// The input that the rule gives an execution.
#[derive(Debug, Deserialize)]
struct Input {
    detail: Trimmed,
}

pub(super) async fn run(period: &mut Period<'_>) -> Result<(), Stop> {
    with_a_claim(period).await?;
    without_a_claim(period).await
}

/// Claims whose owner does not run, from the one after the last on, around.
async fn with_a_claim(period: &mut Period<'_>) -> Result<(), Stop> {
    let dead: Vec<(String, Claim)> = {
        let after = &period.cursor.claim;
        let running = &period.running.arns;
        let (before, behind): (Vec<_>, Vec<_>) = period
            .contents
            .claims
            .iter()
            .filter(|(_, claim)| !running.contains(&claim.owner))
            .partition(|(pk, _)| *pk <= after);
        let around = behind.into_iter().chain(before).take(MOST);
        around
            .map(|(pk, claim)| (pk.clone(), claim.clone()))
            .collect()
    };
    for (pk, claim) in dead {
        period.time()?;
        let done = one(period, &pk, &claim).await;
        period.go_on(ReconcileStep::Executions, &pk, done)?;
        period.cursor.claim = pk;
    }
    Ok(())
}

async fn one(period: &mut Period<'_>, pk: &str, claim: &Claim) -> Result<(), Stop> {
    let executions = period.state.clients().executions();
    let execution = executions.describe(&claim.owner).await?;
    let job = execution.as_ref().and_then(job_of);
    let repository = job.as_ref().map(|job| job.repository.as_str());
    match verdict(period, execution.as_ref(), Some(claim)) {
        Verdict::Wait | Verdict::Leave => Ok(()),
        Verdict::GiveUp => {
            period.done.left += 1;
            Ok(())
        }
        Verdict::Forget => {
            let reason = "its execution cannot go on";
            forget(period, pk, claim, repository, reason).await?;
            Ok(())
        }
        Verdict::Redrive => {
            let Some(job) = &job else { return Ok(()) };
            match status(period, job).await?.as_str() {
                "queued" => redrive(period, pk, &claim.owner, job).await,
                "completed" | "gone" => {
                    let repository = Some(job.repository.as_str());
                    if !forget(period, pk, claim, repository, "its job is over").await? {
                        looked(period, pk, claim).await?;
                    }
                    Ok(())
                }
                _ => looked(period, pk, claim).await,
            }
        }
    }
}

async fn without_a_claim(period: &mut Period<'_>) -> Result<(), Stop> {
    let now = period.now();
    let since = period.cursor.ended_until - LAG_SECONDS;
    let since = since.max(now - WINDOW_SECONDS);
    let executions = period.state.clients().executions();
    let ended = executions
        .ended_since(period.state.machine(), since)
        .await?;
    let new = |one: &&Ended| period.cursor.judged.get(&one.arn) != Some(&one.at);
    let new: Vec<Ended> = ended.iter().filter(new).take(MOST).cloned().collect();
    for ended in new {
        period.time()?;
        let done = unclaimed(period, &ended).await;
        period.go_on(ReconcileStep::Executions, &ended.arn, done)?;
        period.cursor.ended_until = ended.at;
        period.cursor.judged.insert(ended.arn, ended.at);
        let lately = period.cursor.ended_until - LAG_SECONDS;
        period.cursor.judged.retain(|_, at| *at >= lately);
    }
    Ok(())
}

async fn unclaimed(period: &mut Period<'_>, ended: &Ended) -> Result<(), Stop> {
    let executions = period.state.clients().executions();
    let Some(execution) = executions.describe(&ended.arn).await? else {
        return Ok(());
    };
    let Some(job) = job_of(&execution) else {
        return Ok(());
    };
    let pk = claim::key_of(&job);
    if period.contents.claims.contains_key(&pk)
        || verdict(period, Some(&execution), None) != Verdict::Redrive
    {
        return Ok(());
    }
    if status(period, &job).await? == "queued" {
        redrive(period, &pk, &ended.arn, &job).await?;
    }
    Ok(())
}

fn verdict(period: &Period<'_>, execution: Option<&Described>, claim: Option<&Claim>) -> Verdict {
    judge(&Facts {
        execution,
        claim,
        policy_hash: period.state.policy_hash(),
        pause: period.state.limits().pause,
        now: period.now(),
    })
}

/// The job that an execution was started for.
pub(super) fn job_of(execution: &Described) -> Option<Job> {
    let input: Input = serde_json::from_str(&execution.input).ok()?;
    Some(input.detail.job())
}

/// GitHub's word; `gone` where it no longer knows the job.
async fn status(period: &mut Period<'_>, job: &Job) -> Result<String, Stop> {
    let github = period.state.clients().github();
    period
        .ask(async {
            match github.job(&job.repository, job.id).await {
                Ok(job) => Ok(job.status),
                Err(error) if error.is_not_found() => Ok("gone".to_owned()),
                Err(error) => Err(error),
            }
        })
        .await
}

/// Counts, then redrives: whoever cannot count must not redrive.
async fn redrive(
    period: &mut Period<'_>,
    pk: &str,
    execution: &str,
    job: &Job,
) -> Result<(), Stop> {
    let state = period.state;
    let now = period.now();
    let counted = state
        .upkeep()
        .count_redrive(pk, execution, now, now + CLAIM_SECONDS)
        .await?;
    if !counted {
        // Another execution answers for the job by now.
        return Ok(());
    }
    match state.clients().executions().redrive(execution).await? {
        Redriven::Now => {}
        Redriven::Refused | Redriven::Gone => {
            tracing::warn!(
                execution_arn = execution,
                job_id = job.id.0,
                "Step Functions does not redrive the execution"
            );
            period.done.left += 1;
            return Ok(());
        }
    }
    period.running.arns.insert(execution.to_owned());
    period.done.redriven += 1;
    Repair {
        kind: "redriven",
        subject: execution,
        job_id: Some(job.id.0),
        repository: Some(&job.repository),
        execution_arn: Some(execution),
        ..Repair::default()
    }
    .log();
    Ok(())
}

/// The job does something else just now: it is looked at again after a pause.
async fn looked(period: &Period<'_>, pk: &str, claim: &Claim) -> Result<(), Stop> {
    let upkeep = period.state.upkeep();
    Ok(upkeep.looked(pk, &claim.owner, period.now()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_job_is_in_the_execution_s_input() {
        let input = json!({"detail-type": "workflow_job", "detail": {"action": "queued", "version": 1,
            "workflow_job": {"id": 7, "run_id": 3, "run_attempt": 2},
            "repository": {"full_name": "acme/r", "owner": {"login": "acme"}}}});
        let execution = Described {
            input: input.to_string(),
            ..Described::default()
        };
        let job = job_of(&execution).unwrap();
        assert_eq!(claim::key_of(&job), "job#7#2");
        assert_eq!(job.repository, "acme/r");
        assert_eq!(job_of(&Described::default()), None);
    }
}
