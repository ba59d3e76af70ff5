//! The fleet in a few figures.

use super::Reading;
use crate::prices::{self, Architecture, Capacity};
use crate::row::{Details, Row, Size};
use crate::waiting::{Kind, Waiting};
use chrono::{DateTime, TimeDelta, Utc};
use domain::names::failure;
use serde::Serialize;
use std::collections::BTreeMap;

/// The fleet now, and what it did in the last hours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// When it was put together.
    pub at: DateTime<Utc>,
    /// The hours that the counts of ended executions are for.
    pub hours: u32,
    /// Executions in all.
    pub executions: usize,
    /// Executions that run.
    pub running: usize,
    /// Those of them whose job has no runner yet.
    pub queued: usize,
    /// Ended badly, rejected ones left out.
    pub failed: usize,
    /// Refused by the policy.
    pub rejected: usize,
    /// Ended with their job served, by their own runner or another one.
    pub served: usize,
    /// What jobs wait for, the commonest first.
    pub waiting: Vec<WaitingFor>,
    /// From queued to started.
    pub time_to_start: TimeToStart,
    /// List prices, USD, of the jobs whose usage is known.
    pub cost: Cost,
    /// How much all of this rests on.
    pub reading: Reading,
}

/// Jobs that wait for the same thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaitingFor {
    /// The kind of reason.
    pub kind: Kind,
    /// How many jobs.
    pub count: usize,
    /// The sentence of the one that waits longest.
    pub sentence: String,
    /// Since when that one waits.
    pub since: DateTime<Utc>,
}

/// Seconds from queued to started, of jobs that ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct TimeToStart {
    /// How many jobs.
    pub count: usize,
    /// Half of them were no slower.
    pub p50: Option<u64>,
    /// Nine of ten.
    pub p90: Option<u64>,
    /// 99 of 100.
    pub p99: Option<u64>,
    /// The slowest.
    pub max: Option<u64>,
}

/// What jobs cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Their sum.
    pub total_usd: f64,
    /// Of so many jobs.
    pub jobs: usize,
    /// Whether the table of prices knows the region; else the first region's are taken.
    pub region_known: bool,
}

pub(super) fn of<'a>(
    rows: impl Iterator<Item = &'a Row>,
    reading: Reading,
    hours: u32,
    region: &str,
) -> Overview {
    let now = Utc::now();
    let since = now - TimeDelta::hours(i64::from(hours));
    let mut overview = Overview {
        at: now,
        hours,
        executions: 0,
        running: 0,
        queued: 0,
        failed: 0,
        rejected: 0,
        served: 0,
        waiting: Vec::new(),
        time_to_start: TimeToStart::default(),
        cost: Cost {
            region_known: prices::regions().contains(&region),
            ..Cost::default()
        },
        reading,
    };
    let mut waiting: BTreeMap<Kind, (usize, &Waiting)> = BTreeMap::new();
    let mut starts = Vec::new();
    for row in rows {
        let details = row.details.as_ref();
        let reason = details.and_then(|details| details.waiting.as_ref());
        if row.running() {
            overview.running += 1;
            overview.queued +=
                usize::from(reason.is_some_and(|reason| reason.kind != Kind::Runner));
        } else if row.stopped.unwrap_or(row.started) < since {
            continue;
        }
        overview.executions += 1;
        count_end(&mut overview, row);
        if let Some(reason) = reason {
            let (count, longest) = waiting.entry(reason.kind).or_insert((0, reason));
            *count += 1;
            if reason.since < longest.since {
                *longest = reason;
            }
        }
        starts.extend(details.and_then(|details| details.queue_to_start_seconds));
        if let Some(usd) = cost_usd(row, region) {
            overview.cost.total_usd += usd;
            overview.cost.jobs += 1;
        }
    }
    overview.waiting = waiting
        .into_iter()
        .map(|(kind, (count, longest))| WaitingFor {
            kind,
            count,
            sentence: longest.sentence.clone(),
            since: longest.since,
        })
        .collect();
    overview
        .waiting
        .sort_by_key(|waiting| std::cmp::Reverse(waiting.count));
    overview.time_to_start = percentiles(starts);
    overview
}

fn count_end(overview: &mut Overview, row: &Row) {
    let details = row.details.as_ref();
    match row.status.as_str() {
        "RUNNING" => {}
        "SUCCEEDED" => {
            overview.served += usize::from(details.is_some_and(Details::served));
        }
        _ if details
            .is_some_and(|details| details.error.as_deref() == Some(failure::JOB_REJECTED)) =>
        {
            overview.rejected += 1;
        }
        _ => overview.failed += 1,
    }
}

/// What a job's last task and all around it cost, USD, where its usage is known.
/// Earlier tasks of a job that was tried again are not in it: its history has them.
#[must_use]
pub fn cost_usd(row: &Row, region: &str) -> Option<f64> {
    let details = row.details.as_ref()?;
    let size = details.size.as_ref()?;
    let seconds = details.billed_seconds?;
    let (architecture, capacity) = kinds(size);
    let size = prices::Size {
        cpu: size.cpu,
        memory_mib: size.memory_mib,
        storage_gib: size.storage_gib,
    };
    let job = prices::job_in(region, size, architecture, capacity, seconds)
        .unwrap_or_else(|| prices::job(size, architecture, capacity, seconds));
    Some(job.total())
}

/// The words of ECS and of our answers as the table of prices has them.
fn kinds(size: &Size) -> (Architecture, Capacity) {
    let architecture = if size.architecture.eq_ignore_ascii_case("arm64") {
        Architecture::Arm
    } else {
        Architecture::X86
    };
    let capacity = if size.capacity == "spot" {
        Capacity::Spot
    } else {
        Capacity::OnDemand
    };
    (architecture, capacity)
}

fn percentiles(mut seconds: Vec<u64>) -> TimeToStart {
    seconds.sort_unstable();
    let count = seconds.len();
    // The nearest rank: a value that was seen.
    let at = |percent: usize| {
        seconds
            .get((count * percent).div_ceil(100).saturating_sub(1))
            .copied()
    };
    TimeToStart {
        count,
        p50: at(50),
        p90: at(90),
        p99: at(99),
        max: seconds.last().copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_seen() {
        assert_eq!(percentiles(Vec::new()), TimeToStart::default());
        let one = percentiles(vec![7]);
        assert_eq!((one.p50, one.p99, one.max), (Some(7), Some(7), Some(7)));
        let hundred = percentiles((1..=100).rev().collect());
        assert_eq!(
            (hundred.p50, hundred.p90, hundred.p99),
            (Some(50), Some(90), Some(99))
        );
    }
}
