//! What happens because time passes: offers lapse, jobs and runners expire.

use chrono::{DateTime, Utc};

use super::{RunnerRecord, World};
use crate::ids::{JobId, RunnerId};
use crate::jobs::{Conclusion, JobStatus};

impl World {
    /// Does all that is due at `now`. Called before every look at the world.
    pub(crate) fn sweep(&mut self, now: DateTime<Utc>) {
        for runner in self
            .runners
            .values_mut()
            .filter(|runner| runner.polls + runner.watches > 0)
        {
            runner.last_seen = now;
        }
        self.do_due(now);
        self.requeue_unstarted(now);
        self.fail_overdue(now);
        self.fail_lost(now);
        self.remove_stale_runners(now);
    }

    fn requeue_unstarted(&mut self, now: DateTime<Utc>) {
        let limit = self.settings.assignment_timeout;
        for job in self.jobs.values_mut() {
            let Some((runner, at)) = job.assigned.filter(|(_, at)| now - *at >= limit) else {
                continue;
            };
            tracing::info!(job = job.facts.id.0, runner = runner.0, %at, "offer lapsed");
            job.assigned = None;
            if let Some(runner) = self.runners.get_mut(&runner) {
                runner.job = None;
            }
        }
    }

    fn fail_overdue(&mut self, now: DateTime<Utc>) {
        let limit = self.settings.queue_limit;
        for id in self
            .jobs_where(|job| job.facts.status == JobStatus::Queued && now - job.queued_at >= limit)
        {
            self.end(id, Conclusion::Failure, now);
        }
    }

    fn fail_lost(&mut self, now: DateTime<Utc>) {
        let limit = self.settings.lost_runner_after;
        let lost = |runner: &&RunnerRecord| now - runner.last_seen >= limit;
        let lost: Vec<(String, JobId)> = self
            .runners
            .values()
            .filter(lost)
            .filter_map(|runner| Some((runner.name.clone(), runner.job?)))
            .collect();
        for (name, id) in lost {
            let Some(job) = self.jobs.get_mut(&id) else {
                continue;
            };
            if job.facts.status != JobStatus::InProgress {
                continue;
            }
            job.log.push(format!(
                "##[error]The self-hosted runner: {name} lost communication with the server. \
                 Verify the machine is running and has a healthy network connection."
            ));
            self.end(id, Conclusion::Failure, now);
        }
    }

    fn remove_stale_runners(&mut self, now: DateTime<Utc>) {
        let idle = self.settings.idle_removal;
        let offline = self.settings.offline_removal;
        let stale: Vec<RunnerId> = self
            .runners
            .values()
            .filter(|runner| runner.job.is_none())
            .filter(|runner| match (idle, runner.listening_since) {
                (Some(limit), Some(since)) if runner.polls > 0 => now - since >= limit,
                _ => now - runner.last_seen >= offline,
            })
            .map(|runner| runner.id)
            .collect();
        for id in stale {
            tracing::info!(
                runner = id.0,
                "runner removed: idle or offline for too long"
            );
            self.runners.remove(&id);
        }
    }

    fn jobs_where(&self, holds: impl Fn(&super::JobRecord) -> bool) -> Vec<JobId> {
        self.jobs
            .values()
            .filter(|job| holds(job))
            .map(|job| job.facts.id)
            .collect()
    }
}
