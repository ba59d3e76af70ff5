//! What of ECS is kept: clusters, task definitions, tasks, and answers by client token.
//!
//! Tasks that had not begun to start when the place was killed start now. What had
//! begun is over: its processes are gone or ended by now (their output and their
//! credentials ended with the place), and the task has stopped, as ECS reports the end
//! of a task's host.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use super::Ecs;
use super::clusters::Cluster;
use super::definitions::Definition;
use super::life_cycle;
use super::request::Request;
use super::run_task::Remembered;
use super::sizes::Size;
use super::task::{Container, Interface, Task};
use crate::store::{DataError, Records, number, read_number};

const CLUSTER: &str = "ecs.cluster";
const DEFINITION: &str = "ecs.definition";
const TASK: &str = "ecs.task";
const TOKEN: &str = "ecs.token";

/// Every word that a task is told in.
const WORDS: [&str; 21] = [
    "PROVISIONING",
    "PENDING",
    "RUNNING",
    "DEPROVISIONING",
    "STOPPED",
    "EssentialContainerExited",
    "SpotInterruption",
    "TaskFailedToStart",
    "TerminationNotice",
    "UserInitiated",
    "createdAt",
    "pullStartedAt",
    "pullStoppedAt",
    "startedAt",
    "stoppingAt",
    "executionStoppedAt",
    "stoppedAt",
    "arm64",
    "x86_64",
    "connectivityAt",
    "",
];

#[derive(Serialize, Deserialize)]
struct KeptTask {
    id: String,
    arn: String,
    cluster_arn: String,
    family: String,
    size: Size,
    overrides: Value,
    started_by: Option<String>,
    last_status: String,
    desired_status: String,
    stop_code: Option<String>,
    stopped_reason: Option<String>,
    containers: Vec<Container>,
    statuses: Vec<(String, DateTime<Utc>)>,
    definition_arn: String,
    architecture: String,
    storage_gib: u64,
    request: Request,
    interface: Interface,
    times: BTreeMap<String, DateTime<Utc>>,
    version: u64,
}

impl Ecs {
    pub(super) fn keep_cluster(&self, cluster: &Cluster) {
        self.shelf.put(&[CLUSTER, &cluster.name], cluster);
    }

    pub(super) fn keep_definition(&self, definition: &Definition, revision: usize) {
        let key = [DEFINITION, &definition.family, &number(revision as u64)];
        self.shelf.put(&key, definition);
    }

    pub(super) fn keep_token(&self, token: &str, remembered: &Remembered) {
        self.shelf.put(&[TOKEN, token], remembered);
    }

    pub(super) fn keep_task(&self, task: &Task) {
        if self.shelf.is_kept() {
            self.shelf
                .put(&[TASK, &number(task.number)], &KeptTask::of(task));
        }
    }

    pub(super) fn forget_task(&self, task: &Task) {
        self.shelf.remove(&[TASK, &number(task.number)]);
    }

    /// Fills the service with what it kept. Nothing starts before [`Ecs::resume`].
    pub(crate) fn restore(&self, records: &mut Records) -> Result<(), DataError> {
        let mut state = self.state();
        for (_, cluster) in records.take::<Cluster>(CLUSTER)? {
            state.clusters.insert(cluster.name.clone(), cluster);
        }
        for (_, definition) in records.take::<Definition>(DEFINITION)? {
            let family = definition.family.clone();
            let revisions = state.definitions.entry(family).or_default();
            revisions.push(Arc::new(definition));
        }
        for (parts, task) in records.take::<KeptTask>(TASK)? {
            let number = read_number(parts.first());
            state.tasks.push(task.task(number));
        }
        for (parts, remembered) in records.take::<Remembered>(TOKEN)? {
            let token = parts.into_iter().next().unwrap_or_default();
            state.tokens.insert(token, remembered);
        }
        Ok(())
    }

    /// Starts what had not begun to start, and reports the end of what had.
    pub(crate) fn resume(self: &Arc<Self>) {
        let unstopped = self.state().unstopped_ids();
        for id in unstopped {
            if self.revive(&id) {
                continue;
            }
            self.change_silently(&id, |task, now| {
                let reason = "The place that ran the task was ended.";
                task.begin_stop("TerminationNotice", reason.to_owned(), now);
                task.mark("executionStoppedAt", now);
            });
            self.change(&id, |task, now| task.enter("STOPPED", now));
        }
    }

    /// Sets a task's life going again; false where its containers may have run.
    fn revive(self: &Arc<Self>, id: &str) -> bool {
        let state = self.state();
        let Some(task) = state.task(id) else {
            return true;
        };
        if task.desired_status == "STOPPED" || task.times.contains_key("pullStoppedAt") {
            return false;
        }
        let Some(definition) = state.definition(&task.definition_arn) else {
            return false;
        };
        let birth = self.birth(task, definition, &None);
        let life = tokio::spawn(life_cycle::live(Arc::clone(self), birth));
        self.lives().push(life);
        true
    }
}

impl KeptTask {
    fn of(task: &Task) -> Self {
        let statuses = task.statuses.iter();
        let times = task.times.iter();
        Self {
            id: task.id.clone(),
            arn: task.arn.clone(),
            cluster_arn: task.cluster_arn.clone(),
            family: task.family.clone(),
            size: task.size,
            overrides: task.overrides.clone(),
            started_by: task.started_by.clone(),
            last_status: task.last_status.to_owned(),
            desired_status: task.desired_status.to_owned(),
            stop_code: task.stop_code.map(str::to_owned),
            stopped_reason: task.stopped_reason.clone(),
            containers: task.containers.clone(),
            statuses: statuses
                .map(|(status, at)| ((*status).to_owned(), *at))
                .collect(),
            definition_arn: task.definition_arn.clone(),
            architecture: task.architecture.to_owned(),
            storage_gib: task.storage_gib,
            request: task.request.clone(),
            interface: task.interface.clone(),
            times: times.map(|(name, at)| ((*name).to_owned(), *at)).collect(),
            version: task.version,
        }
    }

    fn task(self, number: u64) -> Task {
        let statuses = self.statuses.iter();
        let times = self.times.iter();
        Task {
            number,
            last_status: word(&self.last_status),
            desired_status: word(&self.desired_status),
            stop_code: self.stop_code.as_deref().map(word),
            statuses: statuses.map(|(status, at)| (word(status), *at)).collect(),
            architecture: word(&self.architecture),
            times: times.map(|(name, at)| (word(name), *at)).collect(),
            id: self.id,
            arn: self.arn,
            cluster_arn: self.cluster_arn,
            family: self.family,
            size: self.size,
            overrides: self.overrides,
            started_by: self.started_by,
            stopped_reason: self.stopped_reason,
            containers: self.containers,
            stop: watch::Sender::new(None),
            definition_arn: self.definition_arn,
            storage_gib: self.storage_gib,
            request: self.request,
            interface: self.interface,
            version: self.version,
        }
    }
}

/// The same word, as this program has it.
fn word(text: &str) -> &'static str {
    WORDS.into_iter().find(|word| *word == text).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn every_word_is_its_own() {
        for known in super::WORDS {
            assert_eq!(word(known), known);
        }
        assert_eq!(word("UNKNOWN"), "");
    }
}
