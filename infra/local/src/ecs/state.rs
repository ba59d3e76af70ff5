//! All that the service remembers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::clusters::Cluster;
use super::definitions::Definition;
use super::fault::Faults;
use super::run_task::Remembered;
use super::task::Task;

/// Clusters, definitions, tasks, and what was ordered to go wrong.
#[derive(Debug, Default)]
pub(super) struct State {
    /// By name.
    pub(super) clusters: BTreeMap<String, Cluster>,
    /// Revisions by family; the first is revision 1.
    pub(super) definitions: BTreeMap<String, Vec<Arc<Definition>>>,
    /// In the order in which they were started.
    pub(super) tasks: Tasks,
    /// Answers by client token.
    pub(super) tokens: BTreeMap<String, Remembered>,
    pub(super) faults: Faults,
    /// Set by a shutdown: no new tasks.
    pub(super) closed: bool,
}

/// Tasks in the order in which they were started, by numbers that are never used
/// again: a page can begin after a task that is gone meanwhile.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    by_number: BTreeMap<u64, Task>,
    numbers: HashMap<String, u64>,
    started: u64,
}

impl Tasks {
    /// The number of the next task.
    pub(super) fn next(&self) -> u64 {
        self.started
    }

    /// Adds a task that has its number.
    pub(super) fn push(&mut self, task: Task) {
        self.started = self.started.max(task.number + 1);
        self.numbers.insert(task.id.clone(), task.number);
        self.by_number.insert(task.number, task);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Task> {
        self.by_number.values()
    }

    /// From this number on, each with its own.
    pub(super) fn from(&self, number: u64) -> impl Iterator<Item = (u64, &Task)> {
        self.by_number
            .range(number..)
            .map(|(number, task)| (*number, task))
    }

    fn retain(&mut self, keep: impl Fn(&Task) -> bool) {
        let numbers = &mut self.numbers;
        self.by_number.retain(|_, task| {
            let kept = keep(task);
            if !kept {
                numbers.remove(&task.id);
            }
            kept
        });
    }
}

impl State {
    pub(super) fn task(&self, id: &str) -> Option<&Task> {
        self.tasks.by_number.get(self.tasks.numbers.get(id)?)
    }

    pub(super) fn task_mut(&mut self, id: &str) -> Option<&mut Task> {
        let number = self.tasks.numbers.get(id)?;
        self.tasks.by_number.get_mut(number)
    }

    pub(super) fn unstopped_ids(&self) -> Vec<String> {
        self.tasks
            .iter()
            .filter(|task| !task.is_stopped())
            .map(|task| task.id.clone())
            .collect()
    }

    pub(super) fn forget_stopped_before(&mut self, time: DateTime<Utc>, gone: impl Fn(&Task)) {
        self.tasks.retain(|task| {
            let kept = task.stopped_at().is_none_or(|stopped| stopped >= time);
            if !kept {
                gone(task);
            }
            kept
        });
    }

    /// How many tasks of a cluster are (running, on their way there).
    pub(super) fn count(&self, cluster_arn: &str) -> (usize, usize) {
        let of_cluster = || {
            self.tasks
                .iter()
                .filter(|task| task.cluster_arn == cluster_arn)
        };
        let running = of_cluster()
            .filter(|task| task.last_status == "RUNNING")
            .count();
        let pending = of_cluster()
            .filter(|task| ["PROVISIONING", "PENDING"].contains(&task.last_status.as_ref()))
            .count();
        (running, pending)
    }
}

/// A page of a list, and the token of the next one. Tokens are positions.
pub(super) fn page(all: Vec<Value>, start: usize, limit: usize) -> (Vec<Value>, Option<String>) {
    let end = start.saturating_add(limit);
    let next = (end < all.len()).then(|| end.to_string());
    (all.into_iter().skip(start).take(limit).collect(), next)
}
