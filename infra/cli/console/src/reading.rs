//! Whole executions, read once for all who look at the same one, and the
//! definitions that they run.

use crate::error::ApiError;
use crate::hub::lock;
use crate::name;
use observe::fleet::{Execution, Fleet, ReadError};
use observe::row::Row;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// Executions that are kept: histories may be megabytes.
const KEPT: usize = 8;
/// How long what was read of a running one is shown again.
const LIVE: Duration = Duration::from_millis(700);
/// How long that of an ended one, unless its row has changed.
const ENDED: Duration = Duration::from_secs(60);
/// Definitions that are kept; a version's never changes.
const DEFINITIONS: usize = 8;
/// How long a machine's definition is taken for its newest.
const NEWEST: Duration = Duration::from_secs(30);

type Slot = Arc<tokio::sync::Mutex<Option<(Instant, Arc<Execution>)>>>;

pub(crate) struct Reading {
    fleet: Fleet,
    /// By name, the one that was asked for last at the end.
    slots: Mutex<Vec<(String, Slot)>>,
    definitions: Mutex<Vec<(String, Arc<Value>)>>,
    newest: tokio::sync::Mutex<Option<(Instant, Arc<Value>)>>,
}

impl Reading {
    pub(crate) fn new(fleet: Fleet) -> Self {
        Self {
            fleet,
            slots: Mutex::default(),
            definitions: Mutex::default(),
            newest: tokio::sync::Mutex::default(),
        }
    }

    /// An execution, as it was read a moment ago or is now. `row` is what the
    /// list says of it.
    pub(crate) async fn execution(
        &self,
        name: &str,
        row: Option<&Row>,
    ) -> Result<Arc<Execution>, ApiError> {
        self.read(name, |at, execution| {
            let age = at.elapsed();
            let running = execution.row.running() || row.is_some_and(Row::running);
            let same = row.is_none_or(|row| {
                row.status == execution.row.status
                    && row.redrive_count == execution.row.redrive_count
            });
            age < if running { LIVE } else { ENDED } && same
        })
        .await
    }

    /// An execution as it is now.
    pub(crate) async fn now(&self, name: &str) -> Result<Arc<Execution>, ApiError> {
        self.read(name, |_, _| false).await
    }

    /// What was read of it holds no longer.
    pub(crate) fn forget(&self, name: &str) {
        lock(&self.slots).retain(|(known, _)| known != name);
    }

    async fn read(
        &self,
        name: &str,
        holds: impl Fn(Instant, &Execution) -> bool,
    ) -> Result<Arc<Execution>, ApiError> {
        if !name::possible(name) {
            return Err(ApiError::NoExecution);
        }
        let slot = self.slot(name);
        // Who asks for the same one meanwhile waits here, and takes what was read.
        let mut kept = slot.lock().await;
        if let Some((at, execution)) = &*kept
            && holds(*at, execution)
        {
            return Ok(Arc::clone(execution));
        }
        let arn = self.fleet.arn(name).await?;
        let asked = Instant::now();
        let execution = match self.fleet.execution(&arn).await {
            Ok(execution) => Arc::new(execution),
            Err(ReadError::NoExecution(_)) => {
                self.forget(name);
                return Err(ApiError::NoExecution);
            }
            Err(error) => return Err(error.into()),
        };
        *kept = Some((asked, Arc::clone(&execution)));
        Ok(execution)
    }

    fn slot(&self, name: &str) -> Slot {
        let mut slots = lock(&self.slots);
        let found = slots.iter().position(|(known, _)| known == name);
        let entry = match found {
            Some(at) => slots.remove(at),
            None => (name.to_owned(), Slot::default()),
        };
        let slot = Arc::clone(&entry.1);
        slots.push(entry);
        if slots.len() > KEPT {
            slots.remove(0);
        }
        slot
    }

    /// The definition that an execution runs.
    pub(crate) async fn definition(&self, execution: &Execution) -> Result<Arc<Value>, ApiError> {
        let key = execution.version.as_ref().unwrap_or(&execution.row.arn);
        if let Some((_, known)) = lock(&self.definitions).iter().find(|(of, _)| of == key) {
            return Ok(Arc::clone(known));
        }
        let definition = Arc::new(self.fleet.definition(&execution.row.arn).await?);
        let mut definitions = lock(&self.definitions);
        definitions.push((key.clone(), Arc::clone(&definition)));
        if definitions.len() > DEFINITIONS {
            definitions.remove(0);
        }
        Ok(definition)
    }

    /// Whether an execution runs the definition that the machine has now.
    pub(crate) async fn is_current(&self, execution: &Execution) -> Result<bool, ApiError> {
        let runs = self.definition(execution).await?;
        let mut newest = self.newest.lock().await;
        if let Some((at, definition)) = &*newest
            && at.elapsed() < NEWEST
        {
            return Ok(*definition == runs);
        }
        let definition = Arc::new(self.fleet.newest_definition().await?);
        *newest = Some((Instant::now(), Arc::clone(&definition)));
        Ok(definition == runs)
    }
}
