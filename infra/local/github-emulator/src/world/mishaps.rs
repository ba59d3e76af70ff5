//! Where ordered faults strike in the life of events, jobs and runners.
//!
//! Every question is asked at one place of that life, in the order of what happens, so
//! that the same run with the same seed has the same mishaps.

use chrono::{DateTime, TimeDelta, Utc};

use super::due::Due;
use super::{BRANCH, Outgoing, World};
use crate::github_fault::GitHubFault;
use crate::ids::{DeliveryId, JobId, RunnerId};
use crate::jobs::JobStatus;
use crate::workflow;

impl World {
    /// Sends an event, or does to it what a fault says.
    pub(super) fn post(&mut self, mut outgoing: Outgoing, now: DateTime<Utc>) {
        let job = outgoing.job_id.and_then(|id| self.jobs.get(&id));
        let name = job.map(|job| job.facts.name.clone()).unwrap_or_default();
        let action = outgoing.action.clone().unwrap_or_default();
        let time = if outgoing.redelivery {
            "redelivery"
        } else {
            "first"
        };
        let subject = [outgoing.event.as_str(), &action, &name, time];
        let fault = self.mishaps.strike(&subject, GitHubFault::is_of_webhooks);
        match fault {
            Some(GitHubFault::WebhookNeverSent {}) => {}
            Some(GitHubFault::WebhookFailed { status }) => {
                outgoing.failed = Some(status);
                self.outbox.push(outgoing);
            }
            Some(GitHubFault::WebhookDelayed { seconds }) => {
                self.later(Due::Send(outgoing), seconds, now);
            }
            Some(GitHubFault::WebhookRepeated { copies }) => {
                for _ in 0..copies {
                    let mut copy = outgoing.clone();
                    copy.id = DeliveryId(self.next_id("delivery"));
                    self.outbox.push(copy);
                }
                self.outbox.push(outgoing);
            }
            Some(GitHubFault::WebhookReordered { seconds }) => {
                let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
                let wait = TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX);
                let until = now.checked_add_signed(wait);
                self.held
                    .push((outgoing, until.unwrap_or(DateTime::<Utc>::MAX_UTC)));
            }
            _ => self.outbox.push(outgoing),
        }
    }

    /// Sends the held events for which `goes` holds, by delivery and time limit.
    pub(crate) fn send_held(&mut self, goes: impl Fn(DeliveryId, DateTime<Utc>) -> bool) {
        let (go, stay) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|(outgoing, until)| goes(outgoing.id, *until));
        self.held = stay;
        self.outbox
            .extend(go.into_iter().map(|(outgoing, _): (Outgoing, _)| outgoing));
    }

    /// A job was queued: it may be taken or cancelled.
    pub(super) fn job_was_queued(&mut self, id: JobId, now: DateTime<Utc>) {
        let fault = self.strike_job(id, |fault| {
            matches!(
                fault,
                GitHubFault::JobTakenByForeignRunner { .. }
                    | GitHubFault::JobCancelledQueued { .. }
            )
        });
        match fault {
            Some(GitHubFault::JobTakenByForeignRunner { seconds, runs_for }) => {
                let time = TimeDelta::seconds(i64::try_from(runs_for).unwrap_or(0));
                self.later(Due::Take(id, time), seconds, now);
            }
            Some(GitHubFault::JobCancelledQueued { seconds }) => {
                self.later(Due::Cancel(id), seconds, now);
            }
            _ => {}
        }
    }

    /// A job was offered to a runner.
    pub(super) fn job_was_offered(&mut self, id: JobId, now: DateTime<Utc>) {
        let offered = |fault: &GitHubFault| *fault == GitHubFault::JobCancelledOffered {};
        if self.strike_job(id, offered).is_some() {
            self.later(Due::Cancel(id), 0, now);
        }
    }

    /// A runner began with its job.
    pub(super) fn job_was_acquired(&mut self, id: JobId, now: DateTime<Utc>) {
        let acquired = |fault: &GitHubFault| *fault == GitHubFault::JobCancelledAcquired {};
        if self.strike_job(id, acquired).is_some() {
            self.later(Due::Cancel(id), 0, now);
        }
    }

    /// A job's first step was reported.
    pub(super) fn job_is_running(&mut self, id: JobId, now: DateTime<Utc>) {
        let running =
            |fault: &GitHubFault| matches!(fault, GitHubFault::JobCancelledRunning { .. });
        if let Some(GitHubFault::JobCancelledRunning { seconds }) = self.strike_job(id, running) {
            self.later(Due::Cancel(id), seconds, now);
        }
    }

    /// A runner listens for the first time.
    pub(super) fn runner_listens(&mut self, id: RunnerId, now: DateTime<Utc>) {
        let name = match self.runners.get(&id) {
            Some(runner) => runner.name.clone(),
            None => return,
        };
        let removed = |fault: &GitHubFault| matches!(fault, GitHubFault::RunnerIdleRemoved { .. });
        let fault = self.mishaps.strike(&[&name], removed);
        if let Some(GitHubFault::RunnerIdleRemoved { seconds }) = fault {
            self.later(Due::Remove(id), seconds, now);
        }
    }

    /// The job that a runner gets in place of the one that it was to get.
    pub(super) fn instead_of(
        &mut self,
        id: JobId,
        runner: RunnerId,
        now: DateTime<Utc>,
    ) -> Option<JobId> {
        let sibling = self.sibling(id, runner);
        let taken = |fault: &GitHubFault| match fault {
            // Without another job that fits, nothing can be swapped.
            GitHubFault::RunnerTakenBySibling {} => sibling.is_some(),
            GitHubFault::RunnerTakenByForeignJob {} => true,
            _ => false,
        };
        match self.strike_job(id, taken)? {
            GitHubFault::RunnerTakenBySibling {} => sibling,
            _ => self.foreign_job(id, runner, now),
        }
    }

    /// The youngest other queued job that fits the runner.
    fn sibling(&self, id: JobId, runner: RunnerId) -> Option<JobId> {
        let runner = self.runners.get(&runner)?;
        self.jobs
            .values()
            .filter(|job| job.facts.id != id && job.assigned.is_none())
            .filter(|job| job.facts.status == JobStatus::Queued && self.fits(job, runner))
            .max_by_key(|job| (job.queued_at, job.facts.id))
            .map(|job| job.facts.id)
    }

    /// A job with the runner's labels of whose being queued nobody hears.
    fn foreign_job(&mut self, id: JobId, runner: RunnerId, now: DateTime<Utc>) -> Option<JobId> {
        let repository = self.jobs.get(&id)?.facts.repository.clone();
        let labels = serde_json::to_string(&self.runners.get(&runner)?.labels).ok()?;
        // A JSON list is a YAML list.
        let text = format!(
            "name: Foreign\non: push\njobs:\n  foreign:\n    runs-on: {labels}\n    steps:\n      - run: echo foreign\n"
        );
        let workflow = workflow::parse(".github/workflows/foreign.yml", &text, BRANCH).ok()?;
        self.mute = true;
        let run = self.start_run(&repository, workflow, now);
        self.mute = false;
        let run = run.ok()?;
        let mut jobs = self.jobs.values();
        let found = jobs.find(|job| job.facts.run_id == run)?;
        Some(found.facts.id)
    }

    fn strike_job(&self, id: JobId, can: impl Fn(&GitHubFault) -> bool) -> Option<GitHubFault> {
        let facts = &self.jobs.get(&id)?.facts;
        let subject = [facts.name.as_str(), &facts.workflow_name, &facts.repository];
        self.mishaps.strike(&subject, can)
    }
}
