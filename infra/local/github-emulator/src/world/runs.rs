//! Runs: started by a push, advanced as jobs end, cancelled, run again.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::results::standing;
use super::{Run, World};
use crate::ids::{JobId, RunId};
use crate::jobs::{Conclusion, JobStatus};
use crate::workflow::expression;
use crate::workflow::{Instance, Workflow, WorkflowError};

/// The branch that every push goes to.
pub(crate) const BRANCH: &str = "main";

/// Why a job cannot be run again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RerunError {
    #[error("Not Found")]
    Unknown,
    #[error("The workflow run containing this job is already running")]
    Running,
}

impl World {
    /// Starts a run of a workflow that was just pushed to the branch `main`.
    pub(crate) fn start_run(
        &mut self,
        repository: &str,
        workflow: Workflow,
        now: DateTime<Utc>,
    ) -> Result<RunId, WorkflowError> {
        self.start_run_of(repository, workflow, BRANCH, None, now)
    }

    /// The same for any branch, and a commit that is known.
    pub(super) fn start_run_of(
        &mut self,
        repository: &str,
        workflow: Workflow,
        branch: &str,
        commit: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<RunId, WorkflowError> {
        let id = RunId(self.next_id("run"));
        let run = Run {
            id,
            number: self.next_id("run number"),
            attempt: 1,
            repository: repository.to_owned(),
            branch: branch.to_owned(),
            head_sha: commit.map_or_else(
                || {
                    let text = format!("{repository} {id} {}", workflow.path);
                    hex::encode(&Sha256::digest(text)[..20])
                },
                str::to_owned,
            ),
            created_at: now,
            pending: workflow.keys(),
            held: Vec::new(),
            cancelled: false,
            workflow: Arc::new(workflow),
        };
        let contexts = self.contexts(&run, &BTreeMap::new());
        for key in run
            .pending
            .iter()
            .filter(|key| run.workflow.needs(key).is_empty())
        {
            run.workflow.expand(key, &contexts)?;
        }
        if let Some(found) = self.repositories.get_mut(&repository.to_lowercase()) {
            found.pushed_at = now;
        }
        self.runs.insert(id, run);
        self.advance(id, now);
        Ok(id)
    }

    /// Makes the jobs whose needs have ended.
    pub(super) fn advance(&mut self, id: RunId, now: DateTime<Utc>) {
        while let Some(key) = self.next_ready(id) {
            let Some(run) = self.runs.get_mut(&id) else {
                return;
            };
            run.pending.retain(|pending| *pending != key);
            self.make(id, &key, now);
        }
        self.release_held(id, now);
    }

    fn next_ready(&self, id: RunId) -> Option<String> {
        let run = self.runs.get(&id)?;
        let ended = |needed: &String| {
            !run.pending.contains(needed)
                && !run.held.iter().any(|held| held.key == *needed)
                && self
                    .latest(id, needed)
                    .iter()
                    .all(|job| job.facts.status == JobStatus::Completed)
        };
        run.pending
            .iter()
            .find(|key| run.workflow.needs(key).iter().all(ended))
            .cloned()
    }

    fn make(&mut self, id: RunId, key: &str, now: DateTime<Utc>) {
        let Some(run) = self.runs.get(&id) else {
            return;
        };
        let mut results = BTreeMap::new();
        for needed in run.workflow.needs(key) {
            results.insert(needed.clone(), self.result(id, needed));
        }
        let standing = standing(
            run.cancelled,
            results.values().map(|(conclusion, _)| *conclusion),
        );
        let contexts = self.contexts(run, &results);
        let workflow = Arc::clone(&run.workflow);
        let made = match expression::holds(&workflow.condition(key), &contexts, standing) {
            Ok(true) => workflow
                .expand(key, &contexts)
                .map_err(|error| error.to_string()),
            Ok(false) => {
                self.create_ended_job(id, key, Conclusion::Skipped, Vec::new(), now);
                return;
            }
            Err(problem) => Err(problem),
        };
        match made {
            Ok(instances) => {
                if let Some(run) = self.runs.get_mut(&id) {
                    run.held.extend(instances.into_iter().map(Arc::new));
                }
                self.release_held(id, now);
            }
            Err(problem) => {
                let log = vec![format!("##[error]{problem}")];
                self.create_ended_job(id, key, Conclusion::Failure, log, now);
            }
        }
    }

    /// Creates the jobs that `max-parallel` allows.
    fn release_held(&mut self, id: RunId, now: DateTime<Utc>) {
        loop {
            let Some(run) = self.runs.get(&id) else {
                return;
            };
            let free = |instance: &Arc<Instance>| {
                instance.max_parallel.is_none_or(|most| {
                    let running = self.latest(id, &instance.key);
                    running
                        .iter()
                        .filter(|job| job.facts.status != JobStatus::Completed)
                        .count()
                        < most
                })
            };
            let Some(at) = run.held.iter().position(free) else {
                return;
            };
            if let Some(run) = self.runs.get_mut(&id) {
                let instance = run.held.remove(at);
                self.create_job(id, instance, now);
            }
        }
    }

    fn contexts(
        &self,
        run: &Run,
        needs: &BTreeMap<String, (Conclusion, BTreeMap<String, String>)>,
    ) -> Value {
        let owner = &self.settings.organization;
        let needs: serde_json::Map<String, Value> = needs
            .iter()
            .map(|(key, (conclusion, outputs))| {
                (
                    key.clone(),
                    json!({"result": conclusion.name(), "outputs": outputs}),
                )
            })
            .collect();
        json!({
            "github": {
                "actor": owner, "triggering_actor": owner, "event_name": "push",
                "event": {"ref": format!("refs/heads/{}", run.branch), "after": run.head_sha},
                "repository": format!("{owner}/{}", run.repository), "repository_owner": owner,
                "ref": format!("refs/heads/{}", run.branch), "ref_name": run.branch, "ref_type": "branch",
                "head_ref": "", "base_ref": "", "sha": run.head_sha, "workflow": run.workflow.name,
                "run_id": run.id.to_string(), "run_number": run.number.to_string(),
                "run_attempt": run.attempt.to_string(), "server_url": self.base_url,
                "api_url": self.base_url, "graphql_url": format!("{}/graphql", self.base_url),
            },
            "needs": needs,
        })
    }

    /// Cancels all of a run; false where it is over already.
    pub(crate) fn cancel_run(&mut self, id: RunId, now: DateTime<Utc>) -> bool {
        let over = match self.runs.get(&id) {
            None => return false,
            Some(run) => self.run_standing(run).0 == "completed",
        };
        if over {
            return false;
        }
        if let Some(run) = self.runs.get_mut(&id) {
            run.cancelled = true;
            run.held.clear();
        }
        let jobs: Vec<JobId> = self
            .jobs
            .values()
            .filter(|job| job.facts.run_id == id)
            .map(|job| job.facts.id)
            .collect();
        for job in jobs {
            self.cancel_job(job, now);
        }
        true
    }

    /// Deletes a run that is over, with its jobs and logs; false where it is not.
    pub(crate) fn delete_run(&mut self, id: RunId) -> bool {
        let over = match self.runs.get(&id) {
            None => return false,
            Some(run) => self.run_standing(run).0 == "completed",
        };
        if over {
            self.runs.remove(&id);
            self.jobs.retain(|_, job| job.facts.run_id != id);
        }
        over
    }

    /// Runs a job again, and what needs it, as a new attempt of its run.
    pub(crate) fn rerun_job(&mut self, id: JobId, now: DateTime<Utc>) -> Result<(), RerunError> {
        let job = self.jobs.get(&id).ok_or(RerunError::Unknown)?;
        let (run_id, key, mut instance) = (
            job.facts.run_id,
            job.facts.key.clone(),
            Instance::clone(&job.instance),
        );
        let run = self.runs.get(&run_id).ok_or(RerunError::Unknown)?;
        if self.run_standing(run).0 != "completed" {
            return Err(RerunError::Running);
        }
        let mut again = vec![key.clone()];
        for other in run.workflow.keys() {
            if run
                .workflow
                .needs(&other)
                .iter()
                .any(|needed| again.contains(needed))
            {
                again.push(other);
            }
        }
        again.remove(0);
        if let Some(run) = self.runs.get_mut(&run_id) {
            run.attempt += 1;
            run.cancelled = false;
            run.pending = again;
            instance.contexts["github"]["run_attempt"] = run.attempt.to_string().into();
        }
        self.create_job(run_id, Arc::new(instance), now);
        self.advance(run_id, now);
        Ok(())
    }
}
