//! A history read as people read it: which states were visited, how often each
//! was tried, in which attempt, and how it ended.
//!
//! An *attempt* is the first run of an execution or one redrive of it. A *visit*
//! is one stay in a state; a redrive goes on in the visit that was left open. A
//! *try* is one scheduling of a visit's task.

use super::Event;
use super::build::Builder;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How an attempt, a visit or a try stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It goes on.
    Running,
    /// It succeeded.
    Succeeded,
    /// It failed, and the failure went on to the execution.
    Failed,
    /// It failed, and a Catch took the failure.
    Caught,
    /// It was stopped with the execution.
    Aborted,
    /// Its time limit struck.
    TimedOut,
}

impl End {
    /// Its one word, as a page and a terminal show it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Caught => "caught",
            Self::Aborted => "aborted",
            Self::TimedOut => "timed_out",
        }
    }
}

/// The whole history of an execution, or its newest part.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Timeline {
    /// The first run, then one for each redrive.
    pub attempts: Vec<Attempt>,
    /// In order of entry.
    pub visits: Vec<Visit>,
}

/// The first run of an execution, or one redrive.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attempt {
    /// 1 for the first run, 2 for the first redrive.
    pub number: u32,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
    /// How it ended.
    pub end: End,
    /// The error that it ended with.
    pub error: Option<String>,
    /// That error's cause.
    pub cause: Option<String>,
}

/// One stay in a state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Visit {
    /// The state's name.
    pub state: String,
    /// Its type: `Task`, `Choice`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The Parallel and Map states around it, the outermost first.
    pub within: Vec<Enclosing>,
    /// The attempt that it was entered in.
    pub attempt: u32,
    /// When it was entered.
    pub entered: DateTime<Utc>,
    /// When it was left, or ended with the execution.
    pub ended: Option<DateTime<Utc>>,
    /// How it ended.
    pub end: End,
    /// Its input: JSON text.
    pub input: Option<String>,
    /// Its output: JSON text.
    pub output: Option<String>,
    /// The variables that it assigned: JSON texts.
    pub assigned: BTreeMap<String, String>,
    /// The last error inside it.
    pub error: Option<String>,
    /// That error's cause.
    pub cause: Option<String>,
    /// Each scheduling of its task.
    pub tries: Vec<Try>,
    /// The state that was entered after it.
    pub next: Option<String>,
    /// Numbers of its events.
    pub events: Vec<i64>,
}

/// A Parallel or Map state around a visit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Enclosing {
    /// The state's name.
    pub state: String,
    /// Which iteration of a Map, counted from 0.
    pub iteration: Option<i32>,
}

/// One scheduling of a task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Try {
    /// The attempt that it belongs to.
    pub attempt: u32,
    /// When it was scheduled.
    pub scheduled: DateTime<Utc>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
    /// How it ended.
    pub end: End,
    /// What it was called with: JSON text.
    pub parameters: Option<String>,
    /// What a `.sync` call was first answered with: JSON text.
    pub submitted: Option<String>,
    /// Its result: JSON text.
    pub output: Option<String>,
    /// Its error.
    pub error: Option<String>,
    /// That error's cause.
    pub cause: Option<String>,
}

/// All visits of one state, taken together: what colours it in the graph.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateView {
    /// How its last visit stands.
    pub end: End,
    /// How often it was entered.
    pub visits: u32,
    /// How often its tasks were tried again, redrives left out.
    pub retries: u32,
    /// How often a redrive went on in it.
    pub redrives: u32,
}

impl Timeline {
    /// Reads events in order. A history whose beginning was not read gives what
    /// its rest says.
    #[must_use]
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut builder = Builder::default();
        for event in events {
            builder.add(event);
        }
        builder.finish()
    }

    /// The visit that the execution is in; the last one where it has ended.
    #[must_use]
    pub fn current(&self) -> Option<&Visit> {
        let open = self
            .visits
            .iter()
            .rev()
            .find(|visit| visit.end == End::Running);
        open.or(self.visits.last())
    }

    /// The last visit of a state.
    #[must_use]
    pub fn last(&self, state: &str) -> Option<&Visit> {
        self.visits.iter().rev().find(|visit| visit.state == state)
    }

    /// Each visited state, by name.
    #[must_use]
    pub fn states(&self) -> BTreeMap<String, StateView> {
        let mut states: BTreeMap<String, StateView> = BTreeMap::new();
        for visit in &self.visits {
            let view = states.entry(visit.state.clone()).or_insert(StateView {
                end: visit.end,
                visits: 0,
                retries: 0,
                redrives: 0,
            });
            view.end = visit.end;
            view.visits += 1;
            view.retries += visit.retries();
            view.redrives += visit.redrives();
        }
        states
    }

    /// The transitions that were taken, from state to state.
    #[must_use]
    pub fn taken(&self) -> BTreeSet<(String, String)> {
        self.visits
            .iter()
            .filter_map(|visit| Some((visit.state.clone(), visit.next.clone()?)))
            .collect()
    }
}

impl Visit {
    /// How often its task was tried again within an attempt.
    #[must_use]
    pub fn retries(&self) -> u32 {
        let attempts: BTreeSet<u32> = self.tries.iter().map(|one| one.attempt).collect();
        u32::try_from(self.tries.len() - attempts.len()).unwrap_or(u32::MAX)
    }

    /// How often a redrive went on in it.
    #[must_use]
    pub fn redrives(&self) -> u32 {
        let later: BTreeSet<u32> = self
            .tries
            .iter()
            .map(|one| one.attempt)
            .filter(|attempt| *attempt > self.attempt)
            .collect();
        u32::try_from(later.len()).unwrap_or(u32::MAX)
    }

    /// The `Payload` that a Lambda function answered its last call with.
    #[must_use]
    pub fn payload(&self) -> Option<serde_json::Value> {
        let output = self
            .tries
            .iter()
            .rev()
            .find_map(|one| one.output.as_deref())?;
        let mut output: serde_json::Value = serde_json::from_str(output).ok()?;
        Some(output.get_mut("Payload")?.take())
    }
}
