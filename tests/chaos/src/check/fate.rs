//! How each job ended, as exactly one of a few words.

use crate::container::Record;
use crate::stopper::Stopped;
use crate::trace::number;
use crate::world::World;
use github_emulator::{Conclusion, Job, JobId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// A runner ran it to its own end, whatever its conclusion.
    Served,
    /// Somebody cancelled it.
    Cancelled,
    /// A fault took its host down, or stopped its execution.
    Interrupted,
    /// None of these.
    Lost,
}

impl Fate {
    /// All of them, in the table's order.
    pub const ALL: [Self; 4] = [Self::Served, Self::Cancelled, Self::Interrupted, Self::Lost];
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Served => "served",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
            Self::Lost => "lost",
        })
    }
}

pub(super) fn of(
    job: &Job,
    records: &[Record],
    cancelled: &BTreeSet<JobId>,
    stopped: &Stopped,
) -> Fate {
    let by = records.iter().find(|record| record.began == Some(job.id));
    match (job.conclusion, by) {
        (None, _) => Fate::Lost,
        (Some(Conclusion::Success), _) => Fate::Served,
        (Some(Conclusion::Cancelled), _) if cancelled.contains(&job.id) => Fate::Cancelled,
        (_, Some(by)) if by.struck.is_some() || stopped.has(by.intended) => {
            if by.told && !by.stopped_at_work {
                Fate::Served
            } else {
                Fate::Interrupted
            }
        }
        (Some(Conclusion::Failure), Some(by)) if by.told => Fate::Served,
        // It ran to its end on a foreign runner.
        (Some(Conclusion::Failure), None) if job.runner.is_some() => Fate::Served,
        _ => Fate::Lost,
    }
}

/// Jobs that began twice, and jobs that had two runners listening at a time.
pub(super) fn doubled(records: &[Record]) -> Vec<String> {
    let mut began: BTreeMap<u64, usize> = BTreeMap::new();
    for record in records {
        if let Some(job) = record.began {
            *began.entry(number(job)).or_default() += 1;
        }
    }
    let twice = began.into_iter().filter(|(_, times)| *times > 1);
    let mut doubled: Vec<String> = twice
        .map(|(job, times)| format!("job {job} began {times} times"))
        .collect();
    let mut until = BTreeMap::new();
    for record in records {
        let Some(from) = record.listened_at else {
            continue;
        };
        let to = record.over_at;
        if let Some(before) = until.insert(record.intended, to)
            && before.is_none_or(|before| before > from)
        {
            doubled.push(format!("job {} had two runners at a time", record.intended));
        }
    }
    doubled
}

/// Jobs at work whose task was stopped by a call of StopTask that no fault ordered.
pub(super) fn killed(world: &World, records: &[Record], stopped: &Stopped) -> Vec<String> {
    let at_work = records
        .iter()
        .filter(|record| record.stopped_at_work || record.killed_at_work);
    let by_us = at_work.filter(|record| {
        let task = world.stage.place.ecs().task(&record.task_arn);
        let code = task.as_ref().and_then(|task| task["stopCode"].as_str());
        code == Some("UserInitiated") && !stopped.has(record.intended)
    });
    by_us
        .map(|record| {
            let job = record.began.map(number).unwrap_or_default();
            format!("job {job} on the runner of job {}", record.intended)
        })
        .collect()
}
