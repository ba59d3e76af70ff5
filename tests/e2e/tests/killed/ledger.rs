//! What the place has acknowledged, and what it may have done besides.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Something that one user alone writes: what it must hold, or may hold by a call that
/// was not answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Register {
    acknowledged: Option<String>,
    perhaps: Vec<Option<String>>,
}

impl Register {
    /// A write was answered, or not.
    pub(crate) fn wrote(&mut self, value: Option<String>, answered: bool) {
        if answered {
            self.acknowledged = value;
            self.perhaps.clear();
        } else {
            self.perhaps.push(value);
        }
    }

    /// It was read: that is what it holds from now on.
    pub(crate) fn read(&mut self, name: &str, found: Option<String>) {
        let known = found == self.acknowledged || self.perhaps.contains(&found);
        assert!(known, "{name} holds {found:?}, which is none of {self:?}");
        self.acknowledged = found;
        self.perhaps.clear();
    }
}

/// How often something was acknowledged, and how often it may have happened at most.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) least: u64,
    pub(crate) most: u64,
}

impl Count {
    pub(crate) fn add(&mut self, answered: bool) {
        self.least += u64::from(answered);
        self.most += 1;
    }

    pub(crate) fn read(&mut self, name: &str, found: u64) {
        let fits = (self.least..=self.most).contains(&found);
        assert!(fits, "{name} counts {found}, not {self:?}");
        *self = Self {
            least: found,
            most: found,
        };
    }
}

/// An execution that was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Started {
    /// The start was answered.
    pub(crate) answered: bool,
    /// A stop was asked for, and answered.
    pub(crate) stop: Option<bool>,
    /// The history as it was last read.
    pub(crate) history: Vec<Value>,
}

/// Everything of one world.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// By what they are and whose.
    pub(crate) registers: BTreeMap<(Kind, usize), Register>,
    /// By their owner: how often an item was counted up.
    pub(crate) counters: BTreeMap<usize, Count>,
    /// Executions of `steps`, by name.
    pub(crate) executions: BTreeMap<String, Started>,
    /// Redrives of executions of `fails`, by name.
    pub(crate) redrives: BTreeMap<String, Count>,
    /// Events by name, and whether their put was answered.
    pub(crate) events: BTreeMap<String, bool>,
    /// Schedules that fire once, likewise.
    pub(crate) schedules: BTreeMap<String, bool>,
    /// Tasks of ECS that were run directly, likewise; answered ones by their ARNs.
    pub(crate) tasks: BTreeMap<String, Option<String>>,
    /// Executions of `task`, and whether their start was answered.
    pub(crate) syncs: BTreeMap<String, bool>,
    /// Letters, and whether their sending was answered.
    pub(crate) letters: BTreeMap<String, bool>,
    /// Letters whose deletion was asked for, likewise.
    pub(crate) deleted: BTreeMap<String, bool>,
    /// Letters by how often they were received for certain.
    pub(crate) received: BTreeMap<String, u64>,
    /// What workers reported of executions, once it was answered.
    pub(crate) worked: BTreeMap<String, BTreeSet<String>>,
    /// Calls that were answered.
    pub(crate) answered: usize,
}

/// What a register is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Item,
    Secret,
    Rule,
    Machine,
    Schedule,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [
        Self::Item,
        Self::Secret,
        Self::Rule,
        Self::Machine,
        Self::Schedule,
    ];
}
