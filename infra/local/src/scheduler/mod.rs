//! EventBridge Scheduler: schedules that call a function or start a state machine.
//!
//! Rates, crons and single times fire on the place's timers, `timer_speed` times faster
//! than they say; the scheduled times that targets are told are the place's clock's at
//! the schedule's creation, plus what has passed by the schedule. One group, `default`;
//! times are UTC. Everything else is refused by name.
//!
//! Source: EventBridge Scheduler's API reference and user guide.

mod calls;
mod cron;
mod expression;
mod invocation;
mod kept;
pub(crate) mod routes;
mod schedule;
mod timer;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::task::{AbortHandle, JoinSet};

pub use invocation::Invocation;
use schedule::Schedule;

use crate::clock::Clock;
use crate::retention::{Numbered, Retention};
use crate::store::Shelf;
use crate::targets::Targets;

/// All schedules of the place.
pub struct Scheduler {
    clock: Clock,
    timer_speed: f64,
    targets: Arc<Targets>,
    state: Mutex<State>,
    retention: Retention,
    /// Timers and invocations under way; none once the place has ended.
    work: Mutex<Option<JoinSet<()>>>,
    pub(crate) shelf: Shelf,
}

#[derive(Default)]
struct State {
    /// By name.
    schedules: BTreeMap<String, Entry>,
    invocations: Numbered<Invocation>,
    /// Schedules ever made: every one has a number of its own.
    made: u64,
    /// What a start has found: when schedules last fired, by their numbers, and
    /// invocations under way.
    last: BTreeMap<String, (u64, DateTime<Utc>)>,
    pending: Vec<(usize, Arc<Schedule>)>,
}

struct Entry {
    schedule: Arc<Schedule>,
    /// The schedule's timer; none where it is disabled.
    timer: Option<AbortHandle>,
}

impl Entry {
    fn stop(&self) {
        if let Some(timer) = &self.timer {
            timer.abort();
        }
    }
}

impl Scheduler {
    /// No schedules yet.
    pub(crate) fn new(targets: Arc<Targets>, timer_speed: f64, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            clock,
            timer_speed,
            targets,
            state: Mutex::default(),
            retention: Retention::default(),
            work: Mutex::new(Some(JoinSet::new())),
            shelf: Shelf::default(),
        })
    }

    /// Every time a schedule fired in the last 90 days, oldest first.
    #[must_use]
    pub fn invocations(&self) -> Vec<Invocation> {
        self.lock().invocations.to_vec()
    }

    /// Ends every timer, and waits until nothing fires any more.
    pub(crate) async fn shutdown(&self) {
        let work = self
            .work
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(mut work) = work {
            work.shutdown().await;
        }
    }

    /// Does something until the place ends. Nothing where it has ended.
    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) -> Option<AbortHandle> {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        let work = work.as_mut()?;
        // What has ended is of no interest.
        while work.try_join_next().is_some() {}
        Some(work.spawn(future))
    }

    /// Whole values are stored under the lock, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
