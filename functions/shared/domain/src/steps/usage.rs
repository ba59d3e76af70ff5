//! What a try used: the task's figures, which its price is computed from, and the
//! calls to GitHub.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Architecture, Capacity};

/// A stopped task's figures, from ECS's own description of it, and ours. Texts are empty
/// and numbers 0 where ECS does not say, or where there was no task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// CPU units, 1024 to the vCPU.
    pub cpu: u32,
    /// Memory, MiB.
    pub memory_mib: u32,
    /// Ephemeral storage, GiB; the first 20 are free.
    pub storage_gib: u32,
    /// [`Architecture`]'s words.
    pub architecture: String,
    /// [`Capacity`]'s words, as it was bought in fact.
    pub capacity: String,
    /// From the start of the image's pull to the task's end, at least a minute;
    /// 0 where no pull began. Source: aws.amazon.com/fargate/pricing.
    pub billed_seconds: u64,
    /// Calls to GitHub for this runner, by Mint and VerifyRemoval, with the
    /// installation's token. 0 in an answer that only waits: they are told once.
    pub github_calls: u64,
}

/// AWS bills no less than this.
const SHORTEST: TimeDelta = TimeDelta::minutes(1);

impl Usage {
    /// The seconds that AWS bills, begun ones in full.
    pub fn billed(pull_started: Option<DateTime<Utc>>, stopped: Option<DateTime<Utc>>) -> u64 {
        let (Some(from), Some(to)) = (pull_started, stopped) else {
            return 0;
        };
        let millis = (to - from).max(SHORTEST).num_milliseconds();
        u64::try_from(millis).unwrap_or(0).div_ceil(1000)
    }

    /// ECS's attribute `ecs.cpu-architecture` in our words.
    pub fn architecture_of(attribute: &str) -> String {
        Architecture::ALL
            .iter()
            .map(|known| known.as_str())
            .find(|known| known.eq_ignore_ascii_case(attribute))
            .unwrap_or_default()
            .to_owned()
    }

    /// ECS's capacity provider, or without one its launch type, in our words.
    pub fn capacity_of(provider: &str, launch_type: &str) -> String {
        let capacity = match (provider, launch_type) {
            ("FARGATE_SPOT", _) => Capacity::Spot,
            ("FARGATE", _) | ("", "FARGATE") => Capacity::OnDemand,
            _ => return String::new(),
        };
        capacity.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(1_700_000_000_000 + millis)
    }

    #[test]
    fn a_task_that_never_pulled_costs_nothing() {
        assert_eq!(Usage::billed(None, at(0)), 0);
        assert_eq!(Usage::billed(at(0), None), 0);
    }

    #[test]
    fn a_minute_is_the_least_and_begun_seconds_count() {
        assert_eq!(Usage::billed(at(0), at(-5)), 60);
        assert_eq!(Usage::billed(at(0), at(3_000)), 60);
        assert_eq!(Usage::billed(at(0), at(60_001)), 61);
        assert_eq!(Usage::billed(at(0), at(3_600_000)), 3600);
    }

    #[test]
    fn ecs_s_words_become_ours() {
        assert_eq!(Usage::architecture_of("x86_64"), "X86_64");
        assert_eq!(Usage::architecture_of("arm64"), "ARM64");
        assert_eq!(Usage::architecture_of("riscv"), "");
        assert_eq!(Usage::capacity_of("FARGATE_SPOT", ""), "spot");
        assert_eq!(Usage::capacity_of("FARGATE", "FARGATE"), "on_demand");
        assert_eq!(Usage::capacity_of("", "FARGATE"), "on_demand");
        assert_eq!(Usage::capacity_of("", "EC2"), "");
    }
}
