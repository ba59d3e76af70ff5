//! How the jobs of a key, and a whole run, have ended so far.

use std::collections::BTreeMap;

use super::{JobRecord, Run, World};
use crate::ids::RunId;
use crate::jobs::{Conclusion, JobStatus};
use crate::workflow::expression::Standing;

impl World {
    /// The jobs of a key, each in its latest attempt.
    pub(super) fn latest(&self, id: RunId, key: &str) -> Vec<&JobRecord> {
        let mut latest: BTreeMap<&str, &JobRecord> = BTreeMap::new();
        for job in self
            .jobs
            .values()
            .filter(|job| job.facts.run_id == id && job.facts.key == key)
        {
            latest.insert(&job.facts.name, job);
        }
        latest.into_values().collect()
    }

    /// What `needs.<key>` holds: one result for all jobs of a matrix.
    pub(super) fn result(&self, id: RunId, key: &str) -> (Conclusion, BTreeMap<String, String>) {
        let jobs = self.latest(id, key);
        let mut outputs = BTreeMap::new();
        for job in &jobs {
            outputs.extend(job.outputs.clone());
        }
        let ended_as = |conclusion| {
            jobs.iter().any(|job| {
                job.facts.conclusion == Some(conclusion) && !job.instance.continue_on_error
            })
        };
        let conclusion = if ended_as(Conclusion::Failure) {
            Conclusion::Failure
        } else if ended_as(Conclusion::Cancelled) {
            Conclusion::Cancelled
        } else if ended_as(Conclusion::Skipped) {
            Conclusion::Skipped
        } else {
            Conclusion::Success
        };
        (conclusion, outputs)
    }

    /// The run's status and conclusion, by GitHub's names.
    pub(crate) fn run_standing(&self, run: &Run) -> (&'static str, Option<&'static str>) {
        let jobs: Vec<&JobRecord> = run
            .workflow
            .keys()
            .iter()
            .flat_map(|key| self.latest(run.id, key))
            .collect();
        let over = run.pending.is_empty()
            && run.held.is_empty()
            && jobs
                .iter()
                .all(|job| job.facts.status == JobStatus::Completed);
        if over {
            let results: Vec<Conclusion> = run
                .workflow
                .keys()
                .iter()
                .map(|key| self.result(run.id, key).0)
                .collect();
            let conclusion = [
                Conclusion::Failure,
                Conclusion::Cancelled,
                Conclusion::Success,
            ]
            .into_iter()
            .find(|conclusion| results.contains(conclusion))
            .unwrap_or(Conclusion::Skipped);
            return ("completed", Some(conclusion.name()));
        }
        let any = |status| jobs.iter().any(|job| job.facts.status == status);
        if any(JobStatus::InProgress) || any(JobStatus::Completed) {
            ("in_progress", None)
        } else if any(JobStatus::Waiting) {
            ("waiting", None)
        } else {
            ("queued", None)
        }
    }
}

/// What `success()` and its like say in a job's condition.
pub(super) fn standing(cancelled: bool, results: impl Iterator<Item = Conclusion>) -> Standing {
    if cancelled {
        return Standing::Cancelled;
    }
    let results: Vec<Conclusion> = results.collect();
    if results.contains(&Conclusion::Failure) {
        Standing::Failure
    } else if results.contains(&Conclusion::Cancelled) {
        Standing::Cancelled
    } else if results.contains(&Conclusion::Skipped) {
        Standing::Skipped
    } else {
        Standing::Success
    }
}
