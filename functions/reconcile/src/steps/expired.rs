//! What has expired: hand-over items, notes, and claims of executions that
//! ended long ago. A claim outlives its expiry by more than the day that GitHub
//! keeps a job queued: until then it tells that a person gave the job up, or how
//! often it was redriven.

use aws::claims::Claim;
use domain::reconcile::ReconcileStep;

use super::executions::job_of;
use super::forget::forget;
use crate::log::Repair;
use crate::period::Period;
use crate::stop::Stop;

/// Clocks differ by less.
const GRACE_SECONDS: i64 = 60;
/// GitHub fails a job that was queued for 24 hours.
const CLAIM_SECONDS: i64 = 25 * 3600;
/// Items that one period removes, of each kind.
const MOST: usize = 200;

pub(super) async fn run(period: &mut Period<'_>) -> Result<(), Stop> {
    notes(period).await?;
    handover(period).await?;
    claims(period).await
}

async fn notes(period: &mut Period<'_>) -> Result<(), Stop> {
    let before = period.now() - GRACE_SECONDS;
    let expired: Vec<String> = period
        .contents
        .notes
        .iter()
        .filter(|(_, expires)| **expires < before)
        .map(|(key, _)| key.clone())
        .take(MOST)
        .collect();
    for key in expired {
        period.time()?;
        if period.state.upkeep().remove_note(&key, before).await? {
            removed(period, &key);
        }
    }
    Ok(())
}

async fn handover(period: &mut Period<'_>) -> Result<(), Stop> {
    let before = period.now() - GRACE_SECONDS;
    let keys = period.state.handover_keys();
    for key in keys.expired(before).await?.into_iter().take(MOST) {
        period.time()?;
        if keys.remove(&key, before).await? {
            // The key is worth a JIT config while it lives; it stays out of logs.
            removed(period, "handover");
        }
    }
    Ok(())
}

async fn claims(period: &mut Period<'_>) -> Result<(), Stop> {
    let before = period.now() - CLAIM_SECONDS;
    let expired: Vec<(String, Claim)> = period
        .contents
        .claims
        .iter()
        .filter(|(_, claim)| claim.expires_at < before)
        .filter(|(_, claim)| !period.running.arns.contains(&claim.owner))
        .map(|(pk, claim)| (pk.clone(), claim.clone()))
        .take(MOST)
        .collect();
    for (pk, claim) in expired {
        period.time()?;
        let done = one(period, &pk, &claim).await;
        period.go_on(ReconcileStep::Expired, &pk, done)?;
    }
    Ok(())
}

async fn one(period: &mut Period<'_>, pk: &str, claim: &Claim) -> Result<(), Stop> {
    let executions = period.state.clients().executions();
    let execution = executions.describe(&claim.owner).await?;
    if execution
        .as_ref()
        .is_some_and(|execution| execution.is_running())
    {
        return Ok(());
    }
    let job = execution.as_ref().and_then(job_of);
    let repository = job.as_ref().map(|job| job.repository.as_str());
    forget(period, pk, claim, repository, "it expired long ago").await?;
    Ok(())
}

fn removed(period: &mut Period<'_>, subject: &str) {
    period.done.expired_removed += 1;
    Repair {
        kind: "expired_removed",
        subject,
        ..Repair::default()
    }
    .log();
}
