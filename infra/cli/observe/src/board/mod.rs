//! A fleet's executions kept up to date: what a list, a watch and the console
//! look at. One board serves any number of readers.
//!
//! A refresh asks AWS little: one page of the newest executions and the list of
//! running ones show what has changed; only that is read again. Everything else
//! is read once, newest first, as far as each refresh's budget goes; now and
//! then the whole list is gone through again, for changes that fell between.

mod filter;
mod merge;
mod overview;

pub use filter::{Filter, Listing, Sort};
pub use overview::{Cost, Overview, TimeToStart, WaitingFor, cost_usd};

use crate::fleet::{Fleet, ReadError};
use crate::row::Row;
use merge::State;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The first page is small, so that a list opens at once.
const FIRST: usize = 100;
const PAGE: usize = 1000;
/// The most executions that a board holds; AWS keeps them for 90 days.
const MOST: usize = 50_000;
/// How many executions' details one refresh reads.
const BUDGET_LOCAL: usize = 400;
const BUDGET_AWS: usize = 25;
/// How often the whole list is gone through.
const ROUND_LOCAL: Duration = Duration::from_secs(30);
const ROUND_AWS: Duration = Duration::from_secs(300);

/// The executions of a fleet, as they were seen last.
#[derive(Debug)]
pub struct Board {
    fleet: Fleet,
    /// One refresh at a time.
    refreshing: tokio::sync::Mutex<Round>,
    state: Mutex<State>,
}

/// Where going through the whole list has come to.
#[derive(Debug, Default)]
struct Round {
    /// The next page of it; nothing between two rounds.
    next: Option<String>,
    ended: Option<Instant>,
}

/// How much is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Executions in the list.
    pub known: usize,
    /// Executions whose details were read.
    pub read: usize,
}

impl Board {
    /// A board that knows nothing yet.
    #[must_use]
    pub fn new(fleet: Fleet) -> Self {
        Self {
            fleet,
            refreshing: tokio::sync::Mutex::default(),
            state: Mutex::default(),
        }
    }

    /// The fleet it reads.
    #[must_use]
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// Looks at AWS once; answers the rows that are new or have changed.
    ///
    /// # Errors
    /// A list cannot be read. What is known stays known.
    pub async fn refresh(&self) -> Result<Vec<Row>, ReadError> {
        let mut round = self.refreshing.lock().await;
        let mut touched = self.list(&mut round).await?;
        let budget = if self.fleet.is_local() {
            BUDGET_LOCAL
        } else {
            BUDGET_AWS
        };
        let names = self.lock().next_to_read(budget);
        touched.extend(self.read(&names).await);
        let state = self.lock();
        Ok(touched
            .iter()
            .filter_map(|name| state.row(name).cloned())
            .collect())
    }

    /// Reads the details of these now, unless they are known and still hold.
    pub async fn want(&self, names: &[String]) {
        let missing: Vec<(String, String)> = {
            let state = self.lock();
            names
                .iter()
                .filter_map(|name| state.missing(name))
                .collect()
        };
        self.read(&missing).await;
    }

    /// Reads one execution again, for example after it was redriven.
    ///
    /// # Errors
    /// [`ReadError::NoExecution`], or a call failed.
    pub async fn again(&self, arn: &str) -> Result<Row, ReadError> {
        let row = self.fleet.row(arn).await?;
        self.lock().put_read(row.clone());
        Ok(row)
    }

    /// The rows that a filter asks for.
    #[must_use]
    pub fn rows(&self, filter: &Filter) -> Listing {
        let state = self.lock();
        filter::listing(state.newest_first(), filter)
    }

    /// One row by its execution's name.
    #[must_use]
    pub fn row(&self, name: &str) -> Option<Row> {
        self.lock().row(name).cloned()
    }

    /// Names of all executions of a job, newest first.
    #[must_use]
    pub fn of_job(&self, job: u64) -> Vec<String> {
        let state = self.lock();
        let of_job = |row: &&Row| row.job().is_some_and(|of| of.id == job);
        state
            .newest_first()
            .filter(of_job)
            .map(|row| row.name.clone())
            .collect()
    }

    /// The fleet in figures: what was started or ended in the last hours, and
    /// all that runs.
    #[must_use]
    pub fn overview(&self, hours: u32) -> Overview {
        let state = self.lock();
        overview::of(
            state.newest_first(),
            state.reading(),
            hours,
            self.fleet.region(),
        )
    }

    /// How much is known.
    #[must_use]
    pub fn reading(&self) -> Reading {
        self.lock().reading()
    }

    /// Lists what is new, what runs, and a part of the rest; answers the names of
    /// new and changed rows.
    async fn list(&self, round: &mut Round) -> Result<BTreeSet<String>, ReadError> {
        let mut touched = BTreeSet::new();
        let mut next = None;
        let first = self.reading().known == 0;
        loop {
            let page = self.fleet.page(None, next, FIRST).await?;
            let rows = page.rows.len();
            let new = self.lock().merge(page.rows, &mut touched);
            next = page.next;
            // A page of strangers: there may be more behind it.
            if first || new < rows || next.is_none() {
                break;
            }
        }
        if first {
            round.next = next;
            round.ended = round.next.is_none().then(Instant::now);
            return Ok(touched);
        }
        let mut running = BTreeSet::new();
        let mut next = None;
        loop {
            let page = self.fleet.page(Some("RUNNING"), next, PAGE).await?;
            running.extend(page.rows.iter().map(|row| row.name.clone()));
            self.lock().merge(page.rows, &mut touched);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        self.lock().ended_but_for(&running);
        self.go_round(round, &mut touched).await?;
        // The place's pages cost little: the whole list is known before all details are.
        while self.fleet.is_local() && round.next.is_some() {
            self.go_round(round, &mut touched).await?;
        }
        Ok(touched)
    }

    /// One page of the whole list, where a round is due.
    async fn go_round(
        &self,
        round: &mut Round,
        touched: &mut BTreeSet<String>,
    ) -> Result<(), ReadError> {
        let pause = if self.fleet.is_local() {
            ROUND_LOCAL
        } else {
            ROUND_AWS
        };
        if round.ended.is_some_and(|ended| ended.elapsed() < pause) {
            return Ok(());
        }
        let page = self.fleet.page(None, round.next.take(), PAGE).await?;
        self.lock().merge(page.rows, touched);
        let full = self.reading().known >= MOST;
        round.next = page.next.filter(|_| !full);
        round.ended = round.next.is_none().then(Instant::now);
        Ok(())
    }

    /// Reads details; answers the names of those that were read.
    async fn read(&self, executions: &[(String, String)]) -> Vec<String> {
        let arns: Vec<String> = executions.iter().map(|(_, arn)| arn.clone()).collect();
        let mut names = Vec::new();
        for (arn, row) in self.fleet.rows(&arns).await {
            let mut state = self.lock();
            match row {
                Ok(row) => names.extend(state.put_read(row)),
                Err(ReadError::NoExecution(_)) => state.forget(&arn),
                // Asked again with the next refresh.
                Err(_) => {}
            }
        }
        names
    }

    /// Whole between two changes, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
