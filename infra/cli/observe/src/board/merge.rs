//! What a board knows, and how newer answers change it.

use super::Reading;
use crate::row::Row;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Debug, Default)]
pub(super) struct State {
    rows: HashMap<String, Known>,
    /// Names, newest first.
    order: BTreeMap<(Reverse<DateTime<Utc>>, String), ()>,
    /// Counts refreshes: the running one that was read longest ago comes first.
    clock: u64,
}

#[derive(Debug)]
struct Known {
    row: Row,
    /// Its details are out of date, or were never read.
    stale: bool,
    read_at: u64,
}

impl State {
    /// Takes over listed rows; counts those that were unknown.
    pub(super) fn merge(&mut self, rows: Vec<Row>, touched: &mut BTreeSet<String>) -> usize {
        let mut new = 0;
        for mut row in rows {
            match self.rows.get_mut(&row.name) {
                None => {
                    new += 1;
                    touched.insert(row.name.clone());
                    self.order
                        .insert((Reverse(row.started), row.name.clone()), ());
                    let known = Known {
                        stale: true,
                        read_at: 0,
                        row: row.clone(),
                    };
                    self.rows.insert(row.name, known);
                }
                Some(known) => {
                    let changed = known.row.status != row.status
                        || known.row.redrive_count != row.redrive_count;
                    if changed {
                        known.stale = true;
                        touched.insert(row.name.clone());
                    }
                    row.details = known.row.details.take();
                    known.row = row;
                }
            }
        }
        new
    }

    /// What is no longer among the running ones has ended: it is read again.
    pub(super) fn ended_but_for(&mut self, running: &BTreeSet<String>) {
        for known in self.rows.values_mut() {
            if known.row.running() && !running.contains(&known.row.name) {
                known.stale = true;
            }
        }
    }

    /// Names and ARNs to read: changed and running ones first, then what was
    /// never read, newest first.
    pub(super) fn next_to_read(&mut self, most: usize) -> Vec<(String, String)> {
        self.clock += 1;
        let mut changed = Vec::new();
        let mut running = Vec::new();
        let mut never = Vec::new();
        for (_, name) in self.order.keys() {
            let Some(known) = self.rows.get(name) else {
                continue;
            };
            let entry = (known.read_at, name.clone(), known.row.arn.clone());
            match (
                known.row.details.is_some(),
                known.stale,
                known.row.running(),
            ) {
                (true, true, _) => changed.push(entry),
                (true, false, true) | (false, _, true) => running.push(entry),
                (false, _, false) if never.len() < most => never.push(entry),
                _ => {}
            }
        }
        running.sort_by_key(|(read_at, ..)| *read_at);
        // What was never read must not starve behind many running ones.
        let share = most.saturating_sub(changed.len().min(most)) / 2;
        let left_for_running = most
            .saturating_sub(changed.len())
            .saturating_sub(share.min(never.len()));
        running.truncate(left_for_running);
        changed
            .into_iter()
            .chain(running)
            .chain(never)
            .take(most)
            .map(|(_, name, arn)| (name, arn))
            .collect()
    }

    /// The name and ARN of a row whose details have to be read.
    pub(super) fn missing(&self, name: &str) -> Option<(String, String)> {
        let known = self.rows.get(name)?;
        let missing = known.stale || known.row.details.is_none();
        missing.then(|| (name.to_owned(), known.row.arn.clone()))
    }

    /// Puts a row with details in; its name, if anything of it is new.
    pub(super) fn put_read(&mut self, row: Row) -> Option<String> {
        let name = row.name.clone();
        let read_at = self.clock;
        self.order.insert((Reverse(row.started), name.clone()), ());
        let before = self.rows.insert(
            name.clone(),
            Known {
                row,
                stale: false,
                read_at,
            },
        );
        let same = before.is_some_and(|before| before.row == self.rows[&name].row);
        (!same).then_some(name)
    }

    /// AWS no longer knows it.
    pub(super) fn forget(&mut self, arn: &str) {
        let name = arn.rsplit(':').next().unwrap_or(arn);
        if let Some(known) = self.rows.remove(name) {
            self.order
                .remove(&(Reverse(known.row.started), name.to_owned()));
        }
    }

    pub(super) fn row(&self, name: &str) -> Option<&Row> {
        self.rows.get(name).map(|known| &known.row)
    }

    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Row> {
        self.order.keys().filter_map(|(_, name)| self.row(name))
    }

    pub(super) fn reading(&self) -> Reading {
        Reading {
            known: self.rows.len(),
            read: self
                .rows
                .values()
                .filter(|known| known.row.details.is_some())
                .count(),
        }
    }
}
