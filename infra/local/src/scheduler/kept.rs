//! What of the Scheduler is kept: schedules, when each last fired, and invocations with
//! what those under way still need.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::schedule::Schedule;
use super::timer::Begin;
use super::{Entry, Invocation, Scheduler, State};
use crate::store::{DataError, Records, number, read_number};

const SCHEDULE: &str = "scheduler.schedule";
const LAST: &str = "scheduler.last";
const INVOCATION: &str = "scheduler.invocation";
const PENDING: &str = "scheduler.pending";

#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    given: Value,
    number: u64,
    created: DateTime<Utc>,
    changed: DateTime<Utc>,
}

impl Kept {
    fn of(schedule: &Schedule) -> Self {
        Self {
            name: schedule.name.clone(),
            given: schedule.given.clone(),
            number: schedule.number,
            created: schedule.created,
            changed: schedule.changed,
        }
    }

    fn schedule(&self) -> Result<Arc<Schedule>, DataError> {
        let Self {
            name,
            given,
            number,
            created,
            changed,
        } = self;
        let read = Schedule::read(name, given, *number, *created, *changed);
        read.map(Arc::new)
            .map_err(|error| DataError::record(SCHEDULE, &error))
    }
}

impl Scheduler {
    pub(super) fn keep_schedule(&self, schedule: &Schedule) {
        if self.shelf.is_kept() {
            self.shelf
                .put(&[SCHEDULE, &schedule.name], &Kept::of(schedule));
        }
    }

    pub(super) fn forget_schedule(&self, name: &str) {
        self.shelf.remove(&[SCHEDULE, name]);
        self.shelf.remove(&[LAST, name]);
    }

    /// A schedule has fired.
    pub(super) fn keep_pending(&self, at: usize, invocation: &Invocation, schedule: &Schedule) {
        if !self.shelf.is_kept() {
            return;
        }
        let _whole = self.shelf.whole();
        let last = (schedule.number, invocation.scheduled);
        self.shelf.put(&[LAST, &schedule.name], &last);
        let place = number(at as u64);
        self.shelf.put(&[PENDING, &place], &Kept::of(schedule));
        self.keep_invocation(at, invocation);
    }

    pub(super) fn keep_invocation(&self, at: usize, invocation: &Invocation) {
        if !self.shelf.is_kept() {
            return;
        }
        let place = number(at as u64);
        self.shelf.put(&[INVOCATION, &place], invocation);
        if invocation.result.is_some() {
            self.shelf.remove(&[PENDING, &place]);
        }
    }

    /// Once an hour, forgets what is over for long.
    pub(super) fn forget_old(&self, state: &mut State) {
        let Some(before) = self.retention.due(self.clock.now()) else {
            return;
        };
        let old =
            |invocation: &Invocation| invocation.scheduled < before && invocation.result.is_some();
        for at in state.invocations.forget(old) {
            self.shelf.remove(&[INVOCATION, &number(at as u64)]);
        }
    }

    /// Fills the service with what it kept. Nothing fires before
    /// [`Scheduler::resume`].
    pub(crate) fn restore(&self, records: &mut Records) -> Result<(), DataError> {
        let mut state = self.lock();
        for (_, kept) in records.take::<Kept>(SCHEDULE)? {
            let schedule = kept.schedule()?;
            state.made = state.made.max(schedule.number);
            let entry = Entry {
                schedule,
                timer: None,
            };
            state.schedules.insert(kept.name, entry);
        }
        for (parts, last) in records.take::<(u64, DateTime<Utc>)>(LAST)? {
            let name = parts.into_iter().next().unwrap_or_default();
            state.last.insert(name, last);
        }
        for (parts, invocation) in records.take::<Invocation>(INVOCATION)? {
            let at = read_number(parts.first());
            state.invocations.restore(at as usize, invocation);
        }
        for (parts, kept) in records.take::<Kept>(PENDING)? {
            let at = read_number(parts.first());
            let schedule = kept.schedule()?;
            state.pending.push((at as usize, schedule));
        }
        Ok(())
    }

    /// Sets schedules and invocations going that were under way.
    pub(crate) fn resume(self: &Arc<Self>) {
        let mut state = self.lock();
        let last = std::mem::take(&mut state.last);
        for (name, entry) in &mut state.schedules {
            let last = last.get(name);
            let last = last.filter(|(number, _)| *number == entry.schedule.number);
            let last = last.map(|(_, at)| *at);
            entry.timer = self.set(&entry.schedule, Begin::Again { last });
        }
        for (at, schedule) in std::mem::take(&mut state.pending) {
            let Some(invocation) = state.invocations.get(at) else {
                continue;
            };
            let (scheduled, before) = (invocation.scheduled, invocation.attempts);
            let invoke = Arc::clone(self).invoke(at, schedule, scheduled, before);
            // Nothing is spawned where the place ends.
            let _ = self.spawn(invoke);
        }
    }
}
