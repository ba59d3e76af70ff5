//! The order itself: the hand-over item, then the registration, then the task.

use aws::claims::Claim;
use aws::handover::Taken;
use domain::ids::RunnerId;
use github::{Deleted, Scope};

use crate::clients::Clients;
use crate::error::RemovalError;

/// A runner that is to go, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub struct Runner<'a> {
    /// Where it is registered.
    pub scope: &'a Scope,
    /// Its id; absent where GitHub never confirmed the mint.
    pub id: Option<RunnerId>,
    /// Its exact name.
    pub name: Option<&'a str>,
    /// The key of its hand-over item.
    pub handover_key: Option<&'a str>,
    /// Whether its container may be at work; then one 404 is not believed.
    pub may_run: bool,
}

impl<'a> Runner<'a> {
    /// The one that a claim holds. The name stays in a claim when its runner is
    /// verified gone, so without a key it stands for no runner.
    pub fn of_claim(claim: &'a Claim, scope: &'a Scope) -> Self {
        let handover_key = claim.handover_key.as_deref();
        Self {
            scope,
            id: claim.runner_id,
            name: handover_key.and(claim.runner_name.as_deref()),
            handover_key,
            may_run: true,
        }
    }
}

/// What is known of a registration afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Deleted, or gone before: no job can come to it.
    Gone,
    /// It has a job, so GitHub refused.
    Busy,
    /// Neither id nor name was known, so GitHub was not asked.
    Unknown,
}

/// What was found and done; the right to stop the runner's tasks, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taking {
    /// Who got the hand-over item, in this call.
    pub handover: Taken,
    /// The registration.
    pub registration: Registration,
}

/// Takes the hand-over item and deletes the registration, in this order.
pub async fn take(clients: &Clients, runner: &Runner<'_>) -> Result<Taking, RemovalError> {
    let handover = match runner.handover_key {
        Some(key) => clients.handover().discard(key).await?,
        None => Taken::Lost,
    };
    // Without its item a container cannot start any more, so nothing can be at work.
    let at_stake = runner.may_run && handover == Taken::Lost;
    Ok(Taking {
        handover,
        registration: unregister(clients, runner, at_stake).await?,
    })
}

/// Deletes the registration by id, or by the exact name of a mint that was
/// never confirmed. Where a job may be `at_stake`, a 404 that is wrong would end
/// it: GitHub has to say the same of the registration itself.
async fn unregister(
    clients: &Clients,
    runner: &Runner<'_>,
    at_stake: bool,
) -> Result<Registration, RemovalError> {
    let (github, scope) = (clients.github(), runner.scope);
    let id = match (runner.id, runner.name) {
        (Some(id), _) => id,
        (None, Some(name)) => match github.runner_named(scope, name).await? {
            Some(found) => found.id,
            None => return Ok(Registration::Gone),
        },
        (None, None) => return Ok(Registration::Unknown),
    };
    let mut deleted = github.delete_runner(scope, id).await?;
    if at_stake && deleted == Deleted::Before && github.runner(scope, id).await?.is_some() {
        tracing::warn!(runner_id = id.0, "a 404 for a runner that is there");
        deleted = github.delete_runner(scope, id).await?;
    }
    Ok(match deleted {
        Deleted::Now | Deleted::Before => Registration::Gone,
        Deleted::Busy => Registration::Busy,
    })
}

impl Taking {
    /// Whether its tasks may be stopped. Item won: the container cannot start
    /// any more. Registration gone: no job can come to it. Anything else may be
    /// a job at work.
    pub fn may_stop(&self) -> bool {
        self.handover == Taken::Won || self.registration == Registration::Gone
    }

    /// Asks ECS to stop the runner's tasks, where that is allowed; answers
    /// whether it is.
    pub async fn stop(
        &self,
        clients: &Clients,
        tasks: &[String],
        reason: &str,
    ) -> Result<bool, RemovalError> {
        if !self.may_stop() {
            return Ok(false);
        }
        for arn in tasks {
            clients.tasks().stop(arn, reason).await?;
            tracing::info!(task_arn = arn, reason, "task asked to stop");
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_start_that_is_ours_or_a_deleted_registration_allows_a_stop() {
        use Registration::{Busy, Gone, Unknown};
        for (handover, registration, allowed) in [
            (Taken::Lost, Busy, false),
            (Taken::Lost, Unknown, false),
            (Taken::Lost, Gone, true),
            (Taken::Won, Unknown, true),
            (Taken::Won, Gone, true),
        ] {
            let taking = Taking {
                handover,
                registration,
            };
            assert_eq!(taking.may_stop(), allowed, "{taking:?}");
        }
    }

    #[test]
    fn a_name_without_a_key_is_the_name_of_a_runner_that_is_gone() {
        let scope = Scope::Organization("acme".into());
        let mut claim = Claim {
            runner_name: Some("jit-1-1-1".into()),
            ..Claim::default()
        };
        assert_eq!(Runner::of_claim(&claim, &scope).name, None);
        claim.handover_key = Some("key".into());
        assert_eq!(Runner::of_claim(&claim, &scope).name, Some("jit-1-1-1"));
    }
}
