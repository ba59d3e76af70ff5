//! What of ECS is kept: clusters, task definitions, tasks, and answers by client token.
//!
//! Tasks that had not begun to start when the place was killed start now. What had
//! begun is over: its processes are gone or ended by now (their output and their
//! credentials ended with the place), and the task has stopped, as ECS reports the end
//! of a task's host.

use std::sync::Arc;

use super::Ecs;
use super::clusters::Cluster;
use super::definitions::Definition;
use super::life_cycle;
use super::run_task::Remembered;
use super::task::Task;
use crate::store::{DataError, Records, number, read_number};

const CLUSTER: &str = "ecs.cluster";
const DEFINITION: &str = "ecs.definition";
const TASK: &str = "ecs.task";
const TOKEN: &str = "ecs.token";

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
        self.shelf.put(&[TASK, &number(task.number)], task);
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
        for (parts, mut task) in records.take::<Task>(TASK)? {
            task.number = read_number(parts.first());
            state.tasks.push(task);
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
