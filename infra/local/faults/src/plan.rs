//! The faults of a run, and which occurrence meets which.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::Fault;
use crate::chance::chance;
use crate::fault::name;
use crate::subject::fits;

/// The faults of a run. An emulator asks [`Faults::strike`] whenever something happens
/// that could go wrong. Every fault counts the occurrences that fit it; the first of
/// those that want one has it.
#[derive(Debug)]
pub struct Faults<What> {
    plan: Mutex<Plan<What>>,
}

#[derive(Debug)]
struct Plan<What> {
    seed: u64,
    entries: Vec<Entry<What>>,
}

#[derive(Debug)]
struct Entry<What> {
    fault: Fault<What>,
    /// Occurrences that fitted so far.
    seen: u64,
    /// Of those, the ones that were struck.
    struck: u64,
}

/// How often a kind of fault has struck, and could have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Occurrence {
    /// Occurrences that fitted.
    pub seen: u64,
    /// Of those, the ones that were struck.
    pub struck: u64,
}

impl<What> Default for Faults<What> {
    fn default() -> Self {
        let plan = Plan {
            seed: 0,
            entries: Vec::new(),
        };
        Self {
            plan: Mutex::new(plan),
        }
    }
}

impl<What: Clone + Serialize> Faults<What> {
    /// Sets the seed that probabilities are decided by; 0 at first.
    pub fn seed(&self, seed: u64) {
        self.lock().seed = seed;
    }

    /// Adds a fault behind those that are there.
    pub fn add(&self, fault: Fault<What>) {
        self.lock().entries.push(Entry {
            fault,
            seen: 0,
            struck: 0,
        });
    }

    /// Adds faults in their order.
    pub fn extend(&self, faults: impl IntoIterator<Item = Fault<What>>) {
        faults.into_iter().for_each(|fault| self.add(fault));
    }

    /// Takes back every fault; what has struck is forgotten.
    pub fn clear(&self) {
        self.lock().entries.clear();
    }

    /// Something happens that could go wrong in the ways that `can` names; its subject
    /// is the words that a fault's `on` is compared with. The answer is what goes wrong.
    pub fn strike(&self, subject: &[&str], can: impl Fn(&What) -> bool) -> Option<What> {
        let mut plan = self.lock();
        let seed = plan.seed;
        let mut chosen = None;
        for (number, entry) in plan.entries.iter_mut().enumerate() {
            if !can(&entry.fault.what) || !fits(&entry.fault.on, subject) {
                continue;
            }
            let strikes = chosen.is_none() && entry.wants_next(seed, number as u64);
            entry.seen += 1;
            if strikes {
                entry.struck += 1;
                chosen = Some(entry.fault.what.clone());
            }
        }
        chosen
    }

    /// Whether [`Faults::strike`] would answer something, without counting.
    pub fn would_strike(&self, subject: &[&str], can: impl Fn(&What) -> bool) -> bool {
        let plan = self.lock();
        let mut fitting = plan
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| can(&entry.fault.what) && fits(&entry.fault.on, subject));
        fitting.any(|(number, entry)| entry.wants_next(plan.seed, number as u64))
    }

    /// Whether any fault is of these kinds, used up or not.
    pub fn any(&self, is: impl Fn(&What) -> bool) -> bool {
        self.lock()
            .entries
            .iter()
            .any(|entry| is(&entry.fault.what))
    }

    /// Faults that have a number of times and have not struck as often yet.
    pub fn pending(&self) -> Vec<Fault<What>> {
        let plan = self.lock();
        let pending = plan.entries.iter().filter(|entry| {
            let times = entry.fault.times;
            times.is_some_and(|times| entry.struck < times)
        });
        pending.map(|entry| entry.fault.clone()).collect()
    }

    /// What has struck so far, by name.
    pub fn struck(&self) -> BTreeMap<String, Occurrence> {
        let mut all: BTreeMap<String, Occurrence> = BTreeMap::new();
        for entry in &self.lock().entries {
            let sum = all.entry(name(&entry.fault.what)).or_default();
            sum.seen += entry.seen;
            sum.struck += entry.struck;
        }
        all
    }

    /// A plan is whole between two calls, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Plan<What>> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<What> Entry<What> {
    /// Whether the next occurrence that fits is struck.
    fn wants_next(&self, seed: u64, number: u64) -> bool {
        self.seen >= self.fault.after
            && self.fault.times.is_none_or(|times| self.struck < times)
            && (self.fault.probability >= 1.0
                || chance(seed, number, self.seen) < self.fault.probability)
    }
}
