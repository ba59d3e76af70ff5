//! What becomes of an execution that has ended while its claim stands, or its
//! job may be queued: by its error, its age, and how often it was redriven.

use aws::claims::Claim;
use aws::executions::Described;
use domain::names::{failure, stop};

use crate::pause;

/// Step Functions redrives for 14 days; the rest is margin.
const OLDEST_SECONDS: i64 = 13 * 24 * 3600;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It runs, or its pause is not over: nothing now.
    Wait,
    /// A person must mend something first, or has decided.
    Leave,
    /// It was redriven as often as it may be.
    GiveUp,
    /// Nothing of it can go on: its claim holds the job for nobody.
    Forget,
    /// Redrive it, if its job is still queued.
    Redrive,
}

/// What is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// The execution; none where Step Functions has forgotten it.
    pub(crate) execution: Option<&'a Described>,
    /// Its claim, where there is one.
    pub(crate) claim: Option<&'a Claim>,
    /// Hash of the policy in force.
    pub(crate) policy_hash: &'a str,
    /// The base of the pauses, seconds.
    pub(crate) pause: u64,
    /// Epoch seconds.
    pub(crate) now: i64,
}

/// Decides; the job has not been looked at.
pub(crate) fn judge(facts: &Facts<'_>) -> Verdict {
    let Some(execution) = facts.execution else {
        return Verdict::Forget;
    };
    if execution.is_running() {
        return Verdict::Wait;
    }
    if execution.succeeded() {
        return Verdict::Forget;
    }
    if !passes(&execution.error, facts) {
        return Verdict::Leave;
    }
    if execution.ended_at < facts.now - OLDEST_SECONDS || !execution.redrivable {
        return Verdict::Forget;
    }
    let (count, last) = facts
        .claim
        .map_or((0, 0), |claim| (claim.reconcile_count, claim.reconciled_at));
    if count >= pause::TRIES {
        return Verdict::GiveUp;
    }
    // A job that was looked at and was not queued is looked at again later.
    let tries = if last > 0 { count.max(1) } else { 0 };
    if pause::is_over(facts.pause, tries, last, facts.now) {
        Verdict::Redrive
    } else {
        Verdict::Wait
    }
}

/// Whether what ended it may have passed by itself.
fn passes(error: &str, facts: &Facts<'_>) -> bool {
    match error {
        stop::CANCELLED_BY_OPERATOR
        | failure::CONFIGURATION_REFUSED
        | failure::RUNNER_VERSION_REFUSED
        | failure::GITHUB_REFUSED
        | failure::SETTINGS_INVALID => false,
        // Another policy may allow it.
        failure::JOB_REJECTED => facts
            .claim
            .and_then(|claim| claim.policy_hash.as_deref())
            .is_some_and(|hash| hash != facts.policy_hash),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 2_000_000;

    fn red(error: &str) -> Described {
        Described {
            status: "FAILED".into(),
            error: error.into(),
            ended_at: NOW - 60,
            redrivable: true,
            ..Described::default()
        }
    }

    fn verdict(execution: Option<&Described>, claim: Option<&Claim>) -> Verdict {
        judge(&Facts {
            execution,
            claim,
            policy_hash: "new",
            pause: 120,
            now: NOW,
        })
    }

    fn looked_at(count: u64, ago: i64) -> Claim {
        Claim {
            reconcile_count: count,
            reconciled_at: NOW - ago,
            ..Claim::default()
        }
    }

    #[test]
    fn what_a_person_must_mend_is_never_redriven() {
        for error in [
            "GitHubRefused",
            "ConfigurationRefused",
            "SettingsInvalid",
            "RunnerVersionRefused",
        ] {
            assert_eq!(verdict(Some(&red(error)), None), Verdict::Leave, "{error}");
        }
    }

    #[test]
    fn what_a_person_cancelled_stays_cancelled() {
        let mut cancelled = red("Cancelled");
        cancelled.status = "ABORTED".into();
        assert_eq!(verdict(Some(&cancelled), None), Verdict::Leave);
        let stopped = Described {
            status: "ABORTED".into(),
            ..red("")
        };
        assert_eq!(verdict(Some(&stopped), None), Verdict::Redrive);
    }

    #[test]
    fn what_may_have_passed_is_redriven() {
        for (status, error) in [
            ("FAILED", "TriesExhausted"),
            ("FAILED", "StepFailed"),
            ("FAILED", "Something.New"),
            ("TIMED_OUT", "States.Timeout"),
            ("ABORTED", ""),
        ] {
            let mut execution = red(error);
            execution.status = status.into();
            assert_eq!(verdict(Some(&execution), None), Verdict::Redrive, "{error}");
        }
    }

    #[test]
    fn a_rejected_job_waits_for_another_policy() {
        let rejected = red("JobRejected");
        let under = |hash: &str| Claim {
            policy_hash: Some(hash.into()),
            ..Claim::default()
        };
        assert_eq!(
            verdict(Some(&rejected), Some(&under("new"))),
            Verdict::Leave
        );
        assert_eq!(
            verdict(Some(&rejected), Some(&under("old"))),
            Verdict::Redrive
        );
        assert_eq!(verdict(Some(&rejected), None), Verdict::Leave);
    }

    #[test]
    fn pauses_grow_and_five_times_are_enough() {
        let failed = red("StepFailed");
        let of = |count, ago| verdict(Some(&failed), Some(&looked_at(count, ago)));
        assert_eq!(of(1, 119), Verdict::Wait);
        assert_eq!(of(1, 120), Verdict::Redrive);
        assert_eq!(of(2, 479), Verdict::Wait);
        assert_eq!(of(2, 480), Verdict::Redrive);
        assert_eq!(of(4, 7680), Verdict::Redrive);
        assert_eq!(of(5, 1_000_000), Verdict::GiveUp);
    }

    #[test]
    fn a_job_that_was_looked_at_in_vain_has_a_pause_as_well() {
        let failed = red("StepFailed");
        assert_eq!(
            verdict(Some(&failed), Some(&looked_at(0, 60))),
            Verdict::Wait
        );
        assert_eq!(
            verdict(Some(&failed), Some(&looked_at(0, 120))),
            Verdict::Redrive
        );
    }

    #[test]
    fn what_cannot_go_on_is_forgotten() {
        let mut old = red("StepFailed");
        old.ended_at = NOW - OLDEST_SECONDS - 1;
        assert_eq!(verdict(Some(&old), None), Verdict::Forget);
        let mut long = red("StepFailed");
        long.redrivable = false;
        assert_eq!(verdict(Some(&long), None), Verdict::Forget);
        assert_eq!(verdict(None, None), Verdict::Forget);
        let done = Described {
            status: "SUCCEEDED".into(),
            ..Described::default()
        };
        assert_eq!(verdict(Some(&done), None), Verdict::Forget);
    }

    #[test]
    fn what_runs_is_left_alone() {
        let running = Described {
            status: "RUNNING".into(),
            ..Described::default()
        };
        assert_eq!(verdict(Some(&running), None), Verdict::Wait);
    }
}
