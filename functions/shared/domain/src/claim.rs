//! The claim of an execution on a job: its key, its states, its expiry.
//!
//! Expiry is compared as a number of seconds; the table's own TTL only sweeps
//! up, since it may come 48 hours late.

use crate::ids::JobId;
use crate::names::closed_enum;
use crate::steps::{Job, Limits};

/// What is added to a runner's longest life before its claim may be taken
/// over: the task's own ten minutes of grace, a verification that waits for a
/// busy runner (45 minutes) and a margin.
pub const GRACE_SECONDS: u64 = 2 * 3600;

/// How long an item of the hand-over table may be taken, seconds.
pub const HANDOVER_SECONDS: u64 = 900;

closed_enum! {
    /// A claim's `state` attribute.
    ClaimState {
        /// An execution answers for the job.
        Active = "active",
        /// The execution failed; a redrive or a new event may claim again.
        Failed = "failed",
        /// The policy rejected the job.
        Rejected = "rejected",
    }
}

/// The partition key: `job#<job id>#<run_attempt>`.
pub fn key(job: JobId, run_attempt: u64) -> String {
    format!("job#{job}#{run_attempt}")
}

/// The key of a job's claim.
pub fn key_of(job: &Job) -> String {
    key(job.id, job.run_attempt)
}

/// How many seconds a claim is good for from each renewal on.
pub fn expiry_seconds(limits: &Limits) -> u64 {
    limits
        .start_seconds
        .saturating_add(limits.total_seconds)
        .saturating_add(GRACE_SECONDS)
}

/// `expires_at`: epoch seconds of a claim renewed at `now` (epoch seconds).
pub fn expires_at(now: i64, limits: &Limits) -> i64 {
    now.saturating_add_unsigned(expiry_seconds(limits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_limits_do_not_wrap_around() {
        let limits = Limits {
            start_seconds: u64::MAX,
            idle_seconds: 0,
            total_seconds: u64::MAX,
        };
        assert_eq!(expires_at(1, &limits), i64::MAX);
    }

    #[test]
    fn the_key_holds_job_and_attempt() {
        assert_eq!(key(JobId(7), 2), "job#7#2");
    }

    #[test]
    fn a_claim_outlives_its_runner() {
        let limits = Limits {
            start_seconds: 600,
            idle_seconds: 600,
            total_seconds: 23_400,
        };
        assert_eq!(expiry_seconds(&limits), 600 + 23_400 + GRACE_SECONDS);
    }
}
