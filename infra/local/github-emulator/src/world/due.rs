//! What an ordered fault does later: by the clock, in the order in which it is due.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Outgoing, World};
use crate::ids::{JobId, RunnerId};
use crate::jobs::{Conclusion, JobStatus, TakenBy};

/// Something that is to happen.
#[derive(Debug)]
pub(crate) enum Due {
    /// An event is sent.
    Send(Outgoing),
    /// A job is cancelled, if it is not over.
    Cancel(JobId),
    /// A foreign runner takes a job that is still queued, for this time.
    Take(JobId, TimeDelta),
    /// The job that a foreign runner took ends well.
    End(JobId, RunnerId),
    /// A runner that has no job is removed.
    Remove(RunnerId),
}

impl World {
    /// Lets something happen so many seconds from now.
    pub(super) fn later(&mut self, due: Due, seconds: u64, now: DateTime<Utc>) {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        let wait = TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX);
        let at = now
            .checked_add_signed(wait)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        let number = self.next_id("due");
        self.due.insert((at, number), due);
    }

    /// Does everything that is due at `now`.
    pub(crate) fn do_due(&mut self, now: DateTime<Utc>) {
        self.send_held(|_, until| until <= now);
        while let Some(entry) = self.due.first_entry() {
            if entry.key().0 > now {
                return;
            }
            let due = entry.remove();
            self.happen(due, now);
        }
    }

    fn happen(&mut self, due: Due, now: DateTime<Utc>) {
        match due {
            Due::Send(outgoing) => self.outbox.push(outgoing),
            Due::Cancel(job) => {
                self.cancel_job(job, now);
            }
            Due::Take(job, time) => self.take_away(job, time, now),
            Due::End(job, runner) => {
                let held = self.jobs.get(&job).is_some_and(|job| {
                    job.facts.status == JobStatus::InProgress
                        && job.facts.runner.as_ref().is_some_and(|by| by.id == runner)
                });
                if held {
                    self.end(job, Conclusion::Success, now);
                }
            }
            Due::Remove(runner) => {
                if self
                    .runners
                    .get(&runner)
                    .is_some_and(|one| one.job.is_none())
                {
                    tracing::info!(runner = runner.0, "runner removed: an ordered fault");
                    self.runners.remove(&runner);
                }
            }
        }
    }

    /// A runner that is registered elsewhere takes the job, unless one of ours has it.
    fn take_away(&mut self, id: JobId, time: TimeDelta, now: DateTime<Utc>) {
        let free = self
            .jobs
            .get(&id)
            .is_some_and(|job| job.facts.status == JobStatus::Queued && job.assigned.is_none());
        if !free {
            return;
        }
        let runner = RunnerId(self.next_id("runner"));
        let by = TakenBy {
            id: runner,
            name: format!("foreign-runner-{runner}"),
            group_id: 1,
            group_name: "Default".to_owned(),
        };
        self.begin(id, by, now);
        let seconds = u64::try_from(time.num_seconds()).unwrap_or(0);
        self.later(Due::End(id, runner), seconds, now);
    }
}
