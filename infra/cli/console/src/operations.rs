//! Redrives of one or many executions: they go on when the page that asked for
//! them is closed, and tell all pages how far they are.

use crate::error::ApiError;
use crate::hub::lock;
use crate::shared::{Shared, random};
use observe::redrive::{self, Options, Plan, Progress};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// The most that are under way at once.
const AT_ONCE: usize = 4;
/// Ended ones that are remembered.
const REMEMBERED: usize = 50;
/// How long the ends of redriven executions are waited for.
const LONGEST: Duration = Duration::from_secs(3600);
/// How often pages are told.
const PACE: Duration = Duration::from_millis(100);

/// How far a redrive is.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Operation {
    id: String,
    done: usize,
    of: usize,
    served: usize,
    /// Ended well, and not served: for example cancelled at GitHub meanwhile.
    ended_otherwise: usize,
    failed: usize,
    running: usize,
    refused: Vec<Refused>,
    finished: bool,
    /// Why its end is not known, where it is not.
    trouble: Option<String>,
}

/// An execution that was not redriven.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Refused {
    pub(crate) name: String,
    pub(crate) because: String,
}

#[derive(Default)]
pub(crate) struct Operations {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    by_id: BTreeMap<String, Operation>,
    /// In the order in which they began.
    order: Vec<String>,
}

impl Operations {
    pub(crate) fn get(&self, id: &str) -> Option<Operation> {
        lock(&self.known).by_id.get(id).cloned()
    }

    /// Those that are under way: a page that is opened meanwhile shows them.
    pub(crate) fn under_way(&self) -> Vec<Operation> {
        let known = lock(&self.known);
        let open = known.by_id.values().filter(|one| !one.finished);
        open.cloned().collect()
    }

    fn begin(&self, operation: Operation) -> Result<(), ApiError> {
        let mut known = lock(&self.known);
        if known.by_id.values().filter(|one| !one.finished).count() >= AT_ONCE {
            return Err(ApiError::TooManyOperations(AT_ONCE));
        }
        known.order.push(operation.id.clone());
        known.by_id.insert(operation.id.clone(), operation);
        while known.order.len() > REMEMBERED {
            let oldest = known.order.remove(0);
            known.by_id.remove(&oldest);
        }
        Ok(())
    }

    fn put(&self, operation: &Operation) {
        let mut known = lock(&self.known);
        if let Some(place) = known.by_id.get_mut(&operation.id) {
            *place = operation.clone();
        }
    }
}

/// Begins a redrive of what a plan lists; answers its id.
pub(crate) fn begin(
    shared: &Arc<Shared>,
    plan: Plan,
    refused: Vec<Refused>,
) -> Result<String, ApiError> {
    let operation = Operation {
        id: random()[..32].to_owned(),
        of: plan.eligible.len(),
        refused,
        ..Operation::default()
    };
    let id = operation.id.clone();
    shared.operations.begin(operation.clone())?;
    tracing::info!(operation = %id, executions = plan.eligible.len(), "redriving");
    let mine = Arc::clone(shared);
    shared.spawn(async move { run(&mine, &plan, operation).await });
    Ok(id)
}

async fn run(shared: &Shared, plan: &Plan, mut operation: Operation) {
    let options = Options {
        timeout: Some(LONGEST),
        ..Options::of(shared.fleet(), true)
    };
    let refused_before = operation.refused.clone();
    let mut told: Option<Instant> = None;
    let progress = |now: &Progress| {
        operation.take(now, &refused_before);
        shared.operations.put(&operation);
        if told.is_none_or(|at| at.elapsed() >= PACE) {
            told = Some(Instant::now());
            shared.hub.tell("operation", &operation);
        }
    };
    let ended = redrive::run(shared.fleet(), plan, options, progress).await;
    operation.finished = true;
    if let Err(error) = ended {
        operation.trouble = Some(error.to_string());
    }
    tracing::info!(
        operation = %operation.id,
        served = operation.served,
        failed = operation.failed,
        refused = operation.refused.len(),
        "redriven"
    );
    shared.operations.put(&operation);
    shared.hub.tell("operation", &operation);
}

impl Operation {
    fn take(&mut self, now: &Progress, before: &[Refused]) {
        self.done = now.done;
        self.of = now.of;
        self.served = now.served;
        self.ended_otherwise = now.ended_otherwise;
        self.failed = now.failed;
        self.running = now.running;
        self.refused = before.to_vec();
        self.refused.extend(now.refused.iter().map(Refused::from));
    }
}

impl From<&redrive::Refused> for Refused {
    fn from(refused: &redrive::Refused) -> Self {
        Self {
            name: refused.name.clone(),
            because: refused.because.clone(),
        }
    }
}
