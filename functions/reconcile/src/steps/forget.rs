//! The end of a claim that nobody works under any more. A runner that may hang
//! on it goes first, by "take before stop", and its tasks with it.

use aws::claims::Claim;
use domain::runner_name;
use github::Scope;
use removal::{Registration, Runner};

use crate::log::Repair;
use crate::period::Period;
use crate::stop::Stop;

/// Removes the claim under `pk`, whose owner has ended. False where a job runs
/// on its runner, or somebody has touched it meanwhile.
pub(super) async fn forget(
    period: &mut Period<'_>,
    pk: &str,
    claim: &Claim,
    repository: Option<&str>,
    reason: &str,
) -> Result<bool, Stop> {
    let state = period.state;
    if let (Some(key), None) = (&claim.handover_key, repository) {
        // Nobody knows any more where its runner was registered; the steps for
        // tasks and runners find what is left by its name.
        state.clients().handover().discard(key).await?;
    }
    if let (true, Some(repository)) = (has_runner(claim), repository) {
        let scope: Scope = state.clients().settings().scope_of(repository);
        let mut runner = Runner::of_claim(claim, &scope);
        // The name stays in a claim without a key, but here an id hangs on it.
        runner.name = claim.runner_name.as_deref().filter(|name| {
            runner_name::parse(&state.clients().settings().name_prefix, name).is_some()
        });
        let taking = period.take(&runner).await?;
        if taking.registration == Registration::Busy {
            return Ok(false);
        }
        let tasks = removal::tasks_of_attempt(state.clients(), &claim.owner, None).await?;
        taking
            .stop(
                state.clients(),
                &tasks.alive,
                "Its execution has ended, and no job runs on it",
            )
            .await?;
    }
    if !state.upkeep().remove_claim(pk, claim).await? {
        return Ok(false);
    }
    period.contents.claims.remove(pk);
    period.done.claims_removed += 1;
    Repair {
        kind: "claims_removed",
        subject: pk,
        execution_arn: Some(&claim.owner),
        repository,
        reason: Some(reason),
        ..Repair::default()
    }
    .log();
    Ok(true)
}

fn has_runner(claim: &Claim) -> bool {
    claim.handover_key.is_some() || claim.runner_id.is_some()
}
