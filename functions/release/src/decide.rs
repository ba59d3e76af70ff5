//! From the event and the claim to what is to be done. Pure: the tests below
//! are its specification.

use aws::claims::Claim;
use domain::event::WorkflowJob;
use domain::ids::{JobId, RunnerId};
use domain::runner_name;

/// What is to be done about the claim's runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// The job ran on it: it ends by itself.
    LeaveOwn,
    /// Another runner of ours had the job, and the job that that one was minted
    /// for may need this one.
    LeaveSwapped(Other),
    /// No execution answers for the job.
    NoClaim,
    /// The claim holds no runner. It is told all the same: Mint may be at work.
    Tell,
    /// It is not needed any more.
    Remove,
}

/// A runner of ours that had another job than its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Other {
    /// Its registration.
    pub(crate) runner_id: RunnerId,
    /// Its name.
    pub(crate) runner_name: String,
    /// The job that it was minted for.
    pub(crate) job_id: JobId,
    /// That job's attempt.
    pub(crate) run_attempt: u64,
}

/// Decides. `prefix` is what our runners' names begin with.
pub(crate) fn decide(job: &WorkflowJob, claim: Option<&Claim>, prefix: &str) -> Action {
    let ran_on = RanOn::of(job);
    if let Some(other) = swapped(job, &ran_on, prefix) {
        return Action::LeaveSwapped(other);
    }
    let Some(claim) = claim else {
        return Action::NoClaim;
    };
    if ran_on.is_of(claim) {
        return Action::LeaveOwn;
    }
    // Nobody ran it, or somebody else's runner, or an earlier one of this very
    // job: the claim's runner waits in vain.
    if claim.handover_key.is_none() && claim.runner_id.is_none() {
        return Action::Tell;
    }
    Action::Remove
}

/// The runner that had the job, in the event's words. A job that never had one
/// carries null, 0 or an empty name.
struct RanOn<'a> {
    id: Option<RunnerId>,
    name: Option<&'a str>,
}

impl<'a> RanOn<'a> {
    fn of(job: &'a WorkflowJob) -> Self {
        Self {
            id: job.runner_id.filter(|id| id.0 != 0),
            name: job.runner_name.as_deref().filter(|name| !name.is_empty()),
        }
    }

    fn is_of(&self, claim: &Claim) -> bool {
        let same_id = self.id.is_some() && self.id == claim.runner_id;
        same_id || (self.name.is_some() && self.name == claim.runner_name.as_deref())
    }
}

/// A runner of ours that was minted for another job, or another attempt.
fn swapped(job: &WorkflowJob, ran_on: &RanOn<'_>, prefix: &str) -> Option<Other> {
    let name = ran_on.name?;
    let (job_id, run_attempt, _) = runner_name::parse(prefix, name)?;
    if (job_id, run_attempt) == (job.id, job.run_attempt) {
        return None;
    }
    Some(Other {
        runner_id: ran_on.id.unwrap_or_default(),
        runner_name: name.to_owned(),
        job_id,
        run_attempt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(id: Option<u64>, name: Option<&str>) -> WorkflowJob {
        WorkflowJob {
            id: JobId(1),
            run_attempt: 1,
            runner_id: id.map(RunnerId),
            runner_name: name.map(str::to_owned),
            ..WorkflowJob::default()
        }
    }

    /// A claim whose second runner is confirmed.
    fn held() -> Claim {
        Claim {
            runner_id: Some(RunnerId(7)),
            runner_name: Some("jit-1-1-2".into()),
            handover_key: Some("key".into()),
            ..Claim::default()
        }
    }

    fn decided(job: &WorkflowJob, claim: Option<&Claim>) -> Action {
        decide(job, claim, "jit")
    }

    #[test]
    fn a_job_that_nobody_ran_needs_its_runner_no_more() {
        for job in [
            ended(None, None),
            ended(Some(0), None),
            ended(Some(0), Some("")),
            ended(None, Some("")),
        ] {
            assert_eq!(decided(&job, Some(&held())), Action::Remove, "{job:?}");
        }
    }

    #[test]
    fn a_mint_that_github_never_confirmed_is_removed_as_well() {
        let mut claim = held();
        claim.runner_id = None;
        assert_eq!(decided(&ended(None, None), Some(&claim)), Action::Remove);
    }

    #[test]
    fn its_own_runner_is_known_by_id_or_by_name() {
        for job in [
            ended(Some(7), Some("jit-1-1-2")),
            ended(Some(7), None),
            ended(None, Some("jit-1-1-2")),
        ] {
            assert_eq!(decided(&job, Some(&held())), Action::LeaveOwn, "{job:?}");
        }
        // Confirmed at GitHub, not yet in the claim.
        let mut claim = held();
        claim.runner_id = None;
        let job = ended(Some(7), Some("jit-1-1-2"));
        assert_eq!(decided(&job, Some(&claim)), Action::LeaveOwn);
    }

    #[test]
    fn another_runner_of_ours_is_a_swap_with_or_without_a_claim() {
        let job = ended(Some(9), Some("jit-2-3-1"));
        let other = Other {
            runner_id: RunnerId(9),
            runner_name: "jit-2-3-1".into(),
            job_id: JobId(2),
            run_attempt: 3,
        };
        for claim in [Some(&held()), None] {
            assert_eq!(decided(&job, claim), Action::LeaveSwapped(other.clone()));
        }
    }

    #[test]
    fn the_runner_of_an_earlier_attempt_is_another_one() {
        let mut job = ended(Some(9), Some("jit-1-1-1"));
        job.run_attempt = 2;
        assert!(matches!(
            decided(&job, Some(&held())),
            Action::LeaveSwapped(_)
        ));
    }

    #[test]
    fn somebody_else_s_runner_makes_ours_superfluous() {
        for name in ["gpu-box", "jit-box", "jit-1-1", "other-2-1-1"] {
            let job = ended(Some(9), Some(name));
            assert_eq!(decided(&job, Some(&held())), Action::Remove, "{name}");
        }
        assert_eq!(
            decided(&ended(Some(9), None), Some(&held())),
            Action::Remove
        );
    }

    #[test]
    fn an_earlier_runner_of_the_same_job_makes_its_successor_superfluous() {
        let job = ended(Some(6), Some("jit-1-1-1"));
        assert_eq!(decided(&job, Some(&held())), Action::Remove);
    }

    #[test]
    fn between_claim_and_mint_mint_is_told() {
        let claim = Claim::default();
        assert_eq!(decided(&ended(None, None), Some(&claim)), Action::Tell);
        // The name of a runner that is verified gone stays in the claim.
        let claim = Claim {
            runner_name: Some("jit-1-1-1".into()),
            ..Claim::default()
        };
        assert_eq!(decided(&ended(None, None), Some(&claim)), Action::Tell);
    }

    #[test]
    fn without_a_claim_there_is_nothing_to_do() {
        for job in [
            ended(None, None),
            ended(Some(7), Some("jit-1-1-2")),
            ended(Some(9), Some("gpu-box")),
        ] {
            assert_eq!(decided(&job, None), Action::NoClaim, "{job:?}");
        }
    }
}
