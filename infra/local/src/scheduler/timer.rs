//! A schedule's timer: sleeps from one time to the next.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::Scheduler;
use super::schedule::Schedule;

impl Scheduler {
    /// Sets a schedule going, if it is enabled.
    pub(super) fn set(
        self: &Arc<Self>,
        schedule: &Arc<Schedule>,
        begin: Begin,
    ) -> Option<AbortHandle> {
        if !schedule.enabled {
            return None;
        }
        self.spawn(Arc::clone(self).keep_time(Arc::clone(schedule), begin))
    }

    async fn keep_time(self: Arc<Self>, schedule: Arc<Schedule>, begin: Begin) {
        // Every time is counted from here, so that delays do not add up.
        let (begun, origin) = (Instant::now(), self.clock.now());
        let start = schedule.start.map_or(origin, |start| start.max(origin));
        let mut next = match begin {
            Begin::New => schedule.expression.first(start),
            Begin::Again { last } => after_a_restart(&schedule, last, origin),
        };
        while let Some(at) = next.filter(|at| schedule.end.is_none_or(|end| *at <= end)) {
            let wait = (at - origin).to_std().unwrap_or_default();
            tokio::time::sleep_until(begun + wait.div_f64(self.timer_speed)).await;
            self.fire(&schedule, at);
            next = schedule.expression.after(at);
        }
        if schedule.delete_at_end {
            let mut state = self.lock();
            let same = |number| number == schedule.number;
            if state
                .schedules
                .get(&schedule.name)
                .is_some_and(|entry| same(entry.schedule.number))
            {
                state.schedules.remove(&schedule.name);
                self.forget_schedule(&schedule.name);
            }
        }
    }
}

/// From when on a schedule is set going.
#[derive(Debug, Clone, Copy)]
pub(super) enum Begin {
    /// It was made or changed just now.
    New,
    /// The place was started again; this is when it last fired.
    Again { last: Option<DateTime<Utc>> },
}

/// The next time of a schedule. Of the times that were missed the last one is made up
/// for.
fn after_a_restart(
    schedule: &Schedule,
    last: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let expression = &schedule.expression;
    let mut next = match last {
        Some(last) => expression.after(last)?,
        None => {
            let made = schedule.changed;
            expression.first(schedule.start.map_or(made, |start| start.max(made)))?
        }
    };
    while next <= now {
        match expression.after(next) {
            Some(later) if later <= now => next = later,
            _ => break,
        }
    }
    Some(next)
}
