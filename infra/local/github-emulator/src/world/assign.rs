//! Which queued job goes to which listening runner.
//!
//! A runner is not pinned to a job: the oldest queued job whose labels are all
//! among a runner's gets it, whoever the runner was minted for.

use chrono::{DateTime, Utc};

use super::{JobRecord, RunnerRecord, Scope, World};
use crate::ids::{JobId, RunnerId};
use crate::jobs::JobStatus;

impl World {
    /// Offers queued jobs, oldest first, to runners that listen and are free.
    pub(crate) fn assign(&mut self, now: DateTime<Utc>) {
        let mut queued: Vec<(DateTime<Utc>, JobId)> = self
            .jobs
            .values()
            .filter(|job| job.facts.status == JobStatus::Queued && job.assigned.is_none())
            .map(|job| (job.queued_at, job.facts.id))
            .collect();
        queued.sort();
        for (_, id) in queued {
            // A job that took another's runner is no longer free.
            let free = |job: &&JobRecord| job.assigned.is_none();
            let job = self.jobs.get(&id).filter(free);
            let Some(runner) = job.and_then(|job| self.runner_for(job)) else {
                continue;
            };
            let id = self.instead_of(id, runner, now).unwrap_or(id);
            if let Some(runner) = self.runners.get_mut(&runner) {
                runner.job = Some(id);
            }
            if let Some(job) = self.jobs.get_mut(&id) {
                job.assigned = Some((runner, now));
            }
            self.job_was_offered(id, now);
        }
    }

    /// Of the runners that fit, the one that has listened longest.
    fn runner_for(&self, job: &JobRecord) -> Option<RunnerId> {
        self.runners
            .values()
            .filter(|runner| runner.job.is_none() && runner.polls > 0 && self.fits(job, runner))
            .min_by_key(|runner| (runner.listening_since, runner.id))
            .map(|runner| runner.id)
    }

    pub(super) fn fits(&self, job: &JobRecord, runner: &RunnerRecord) -> bool {
        let in_scope = match &runner.scope {
            Scope::Organization => true,
            Scope::Repository(name) => name.eq_ignore_ascii_case(&job.facts.repository),
        };
        let in_group = job.instance.group.as_ref().is_none_or(|wanted| {
            let group = self.groups.get(&runner.group_id);
            group.is_some_and(|group| group.name.eq_ignore_ascii_case(wanted))
        });
        in_scope && in_group && covers(&runner.labels, &job.facts.labels)
    }
}

/// Whether every wanted label is there, without regard to case.
fn covers(present: &[String], wanted: &[String]) -> bool {
    wanted.iter().all(|label| {
        present
            .iter()
            .any(|have| have.to_lowercase() == label.to_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::covers;

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_runner_without_one_of_the_labels_does_not_fit() {
        assert!(!covers(
            &labels(&["self-hosted", "1"]),
            &labels(&["self-hosted", "2"])
        ));
    }

    #[test]
    fn case_does_not_matter_and_more_labels_do_no_harm() {
        assert!(covers(
            &labels(&["self-hosted", "big", "x64"]),
            &labels(&["Self-Hosted", "BIG"])
        ));
    }
}
