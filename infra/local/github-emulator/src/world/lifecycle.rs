//! The life of one job: created, queued, gated, begun, ended; each change is
//! noted with its time and announced by a `workflow_job` event.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{JobRecord, World};
use crate::ids::{JobId, RunId};
use crate::jobs::{Conclusion, Job, JobStatus, TakenBy};
use crate::workflow::Instance;

impl World {
    /// Makes a job and queues it; a protected environment then holds it back.
    pub(super) fn create_job(&mut self, run: RunId, instance: Arc<Instance>, now: DateTime<Utc>) {
        let Some(id) = self.insert_job(run, instance, now) else {
            return;
        };
        self.set_status(id, JobStatus::Queued, now);
        if self.is_gated(id) {
            self.set_status(id, JobStatus::Waiting, now);
        }
    }

    /// Makes a job that is over at once: skipped, or impossible.
    pub(super) fn create_ended_job(
        &mut self,
        run: RunId,
        key: &str,
        conclusion: Conclusion,
        log: Vec<String>,
        now: DateTime<Utc>,
    ) {
        if let Some(id) = self.insert_job(run, Arc::new(Instance::empty(key)), now) {
            if let Some(job) = self.jobs.get_mut(&id) {
                job.log = log;
            }
            self.end(id, conclusion, now);
        }
    }

    fn insert_job(
        &mut self,
        run: RunId,
        instance: Arc<Instance>,
        now: DateTime<Utc>,
    ) -> Option<JobId> {
        let id = JobId(self.next_id("job"));
        let run = self.runs.get(&run)?;
        let facts = Job {
            id,
            run_id: run.id,
            run_attempt: run.attempt,
            repository: run.repository.clone(),
            workflow_name: run.workflow.name.clone(),
            key: instance.key.clone(),
            name: instance.name.clone(),
            labels: instance.labels.clone(),
            status: JobStatus::Queued,
            conclusion: None,
            created_at: now,
            started_at: None,
            completed_at: None,
            runner: None,
            steps: Vec::new(),
            transitions: Vec::new(),
        };
        let record = JobRecord {
            facts,
            instance,
            queued_at: now,
            approved: false,
            assigned: None,
            cancel_requested: false,
            log: Vec::new(),
            outputs: std::collections::BTreeMap::new(),
        };
        self.jobs.insert(id, record);
        Some(id)
    }

    fn is_gated(&self, id: JobId) -> bool {
        let Some(job) = self.jobs.get(&id) else {
            return false;
        };
        let (Some(environment), Some(repository)) = (
            &job.instance.environment,
            self.repository(&job.facts.repository),
        ) else {
            return false;
        };
        !job.approved && repository.protected_environments.contains(environment)
    }

    /// Lets a waiting job go on; false where it does not wait.
    pub(crate) fn approve(&mut self, id: JobId, now: DateTime<Utc>) -> bool {
        match self.jobs.get_mut(&id) {
            Some(job) if job.facts.status == JobStatus::Waiting => {
                job.approved = true;
                job.queued_at = now;
                self.set_status(id, JobStatus::Queued, now);
                true
            }
            _ => false,
        }
    }

    /// The runner that the job was offered to begins with it.
    pub(super) fn begin(&mut self, id: JobId, by: TakenBy, now: DateTime<Utc>) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.assigned = None;
            job.facts.runner = Some(by);
            job.facts.started_at = Some(now);
        }
        self.set_status(id, JobStatus::InProgress, now);
        self.job_was_acquired(id, now);
    }

    pub(super) fn set_status(&mut self, id: JobId, status: JobStatus, now: DateTime<Utc>) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.facts.status = status;
            job.facts
                .transitions
                .push(crate::jobs::Transition { status, at: now });
        }
        self.announce(id, status.name(), now);
        if status == JobStatus::Queued {
            self.job_was_queued(id, now);
        }
    }

    /// Ends a job and goes on with its run. A runner that had begun with it is
    /// gone with it (single use); one it was only offered to is free again.
    pub(super) fn end(&mut self, id: JobId, conclusion: Conclusion, now: DateTime<Utc>) {
        let Some(job) = self.jobs.get_mut(&id) else {
            return;
        };
        if job.facts.status == JobStatus::Completed {
            return;
        }
        job.assigned = None;
        job.facts.conclusion = Some(conclusion);
        job.facts.completed_at = Some(now);
        let began = job.facts.status == JobStatus::InProgress;
        let run = job.facts.run_id;
        if began {
            self.runners.retain(|_, runner| runner.job != Some(id));
        }
        for runner in self
            .runners
            .values_mut()
            .filter(|runner| runner.job == Some(id))
        {
            runner.job = None;
        }
        self.set_status(id, JobStatus::Completed, now);
        self.stop_siblings(id, now);
        self.advance(run, now);
    }

    /// A failed job of a matrix cancels the others, unless `fail-fast: false`.
    fn stop_siblings(&mut self, id: JobId, now: DateTime<Utc>) {
        let Some(job) = self.jobs.get(&id) else {
            return;
        };
        let stops = job.facts.conclusion == Some(Conclusion::Failure)
            && job.instance.fail_fast
            && !job.instance.continue_on_error;
        if !stops {
            return;
        }
        let (run, key) = (job.facts.run_id, job.facts.key.clone());
        if let Some(run) = self.runs.get_mut(&run) {
            run.held.retain(|held| held.key != key);
        }
        let siblings: Vec<JobId> = self
            .jobs
            .values()
            .filter(|other| other.facts.run_id == run && other.facts.key == key)
            .map(|other| other.facts.id)
            .collect();
        for sibling in siblings {
            self.cancel_job(sibling, now);
        }
    }

    /// Cancels a job: at once before it runs, else its runner is told. False
    /// where it is unknown or over.
    pub(crate) fn cancel_job(&mut self, id: JobId, now: DateTime<Utc>) -> bool {
        let Some(job) = self.jobs.get_mut(&id) else {
            return false;
        };
        match job.facts.status {
            JobStatus::Completed => false,
            JobStatus::InProgress => {
                job.cancel_requested = true;
                true
            }
            JobStatus::Queued | JobStatus::Waiting => {
                self.end(id, Conclusion::Cancelled, now);
                true
            }
        }
    }
}
