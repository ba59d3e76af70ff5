//! The runners' side: sessions, offers, and what they report of their jobs.

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{JobRecord, RunnerRecord, SecretKind, World};
use crate::ids::{JobId, RunnerId};
use crate::jobs::{JobStatus, Step, TakenBy};
use crate::protocol::wire;

/// Why a session is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionError {
    /// The registration is spent or deleted.
    Unknown,
    /// Another session of this runner is alive.
    Conflict,
    /// The proof of the key does not hold.
    Proof,
    /// The runner's version is no longer served.
    Version,
}

impl World {
    pub(crate) fn new_nonce(&mut self) -> String {
        let nonce = self.random_text(32);
        self.nonces.push(nonce.clone());
        nonce
    }

    pub(crate) fn open_session(
        &mut self,
        asked: &wire::OpenSession,
        now: DateTime<Utc>,
    ) -> Result<String, SessionError> {
        let Some(at) = self.nonces.iter().position(|nonce| *nonce == asked.nonce) else {
            return Err(SessionError::Proof);
        };
        self.nonces.remove(at);
        let runner = self
            .runners
            .values()
            .find(|runner| runner.client_id == asked.client_id);
        let runner = runner.ok_or(SessionError::Unknown)?;
        if !proves(&runner.secret, &asked.nonce, &asked.proof) {
            return Err(SessionError::Proof);
        }
        if self.refuses_version {
            return Err(SessionError::Version);
        }
        if runner.session.is_some() && (runner.polls > 0 || runner.job.is_some()) {
            return Err(SessionError::Conflict);
        }
        let id = runner.id;
        let token = self.random_text(48);
        self.issue(SecretKind::RunnerSession, &token);
        if let Some(runner) = self.runners.get_mut(&id) {
            runner.session = Some(token.clone());
            runner.listening_since = Some(now);
            runner.last_seen = now;
        }
        self.runner_listens(id, now);
        Ok(token)
    }

    /// The runner that has this session; asking shows that it is alive.
    pub(crate) fn by_session(
        &mut self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Option<&mut RunnerRecord> {
        let runner = self
            .runners
            .values_mut()
            .find(|runner| runner.session.as_deref() == Some(token))?;
        runner.last_seen = now;
        Some(runner)
    }

    pub(crate) fn close_session(&mut self, token: &str, now: DateTime<Utc>) {
        if let Some(runner) = self.by_session(token, now) {
            runner.session = None;
            runner.listening_since = None;
        }
    }

    /// The runner that was offered this job begins with it. None where the
    /// job was cancelled or went back to the queue meanwhile.
    pub(crate) fn acquire(
        &mut self,
        runner: RunnerId,
        id: JobId,
        now: DateTime<Utc>,
    ) -> Option<wire::JobMessage> {
        let job = self.jobs.get(&id)?;
        if job.facts.status != JobStatus::Queued
            || job.assigned.is_none_or(|(assigned, _)| assigned != runner)
        {
            return None;
        }
        let taker = self.runners.get(&runner)?;
        let by = TakenBy {
            id: taker.id,
            name: taker.name.clone(),
            group_id: taker.group_id,
            group_name: self
                .groups
                .get(&taker.group_id)
                .map(|group| group.name.clone())
                .unwrap_or_default(),
        };
        let message = wire::JobMessage {
            job_id: id.0,
            name: job.facts.name.clone(),
            repository: format!("{}/{}", self.settings.organization, job.facts.repository),
            timeout_minutes: job.instance.timeout_minutes,
            contexts: job.instance.contexts.clone(),
            body: job.instance.steps.clone(),
        };
        self.begin(id, by, now);
        Some(message)
    }

    /// The job that this runner works on, if it is this one.
    fn own_job(&mut self, runner: RunnerId, id: JobId) -> Option<&mut JobRecord> {
        self.jobs.get_mut(&id).filter(|job| {
            job.facts.status == JobStatus::InProgress
                && job.facts.runner.as_ref().is_some_and(|by| by.id == runner)
        })
    }

    pub(crate) fn append_log(&mut self, runner: RunnerId, id: JobId, lines: Vec<String>) -> bool {
        let job = self.own_job(runner, id);
        job.map(|job| job.log.extend(lines)).is_some()
    }

    pub(crate) fn report_step(
        &mut self,
        runner: RunnerId,
        id: JobId,
        report: wire::StepReport,
        now: DateTime<Utc>,
    ) -> bool {
        let Some(job) = self.own_job(runner, id) else {
            return false;
        };
        let steps = &mut job.facts.steps;
        let first = steps.is_empty();
        match steps.iter_mut().find(|step| step.number == report.number) {
            None => steps.push(Step {
                name: report.name,
                status: if report.conclusion.is_some() {
                    JobStatus::Completed
                } else {
                    JobStatus::InProgress
                },
                conclusion: report.conclusion,
                number: report.number,
                started_at: now,
                completed_at: report.conclusion.map(|_| now),
            }),
            Some(step) => {
                step.status = JobStatus::Completed;
                step.conclusion = report.conclusion;
                step.completed_at = Some(now);
            }
        }
        if first {
            self.job_is_running(id, now);
        }
        true
    }

    pub(crate) fn is_cancel_requested(&self, id: JobId) -> bool {
        let job = self.jobs.get(&id);
        job.is_none_or(|job| job.cancel_requested || job.facts.status == JobStatus::Completed)
    }

    pub(crate) fn complete(
        &mut self,
        runner: RunnerId,
        id: JobId,
        completion: wire::Completion,
        now: DateTime<Utc>,
    ) -> bool {
        let Some(job) = self.own_job(runner, id) else {
            return false;
        };
        job.outputs = completion.outputs;
        self.end(id, completion.conclusion, now);
        true
    }
}

fn proves(secret: &[u8], nonce: &str, proof: &str) -> bool {
    let (Ok(mut mac), Ok(proof)) = (Hmac::<Sha256>::new_from_slice(secret), hex::decode(proof))
    else {
        return false;
    };
    mac.update(nonce.as_bytes());
    mac.verify_slice(&proof).is_ok()
}
