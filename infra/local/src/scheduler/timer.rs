//! A schedule's timer: sleeps from one time to the next.

use std::sync::Arc;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::Scheduler;
use super::schedule::Schedule;

impl Scheduler {
    /// Sets a schedule going, if it is enabled.
    pub(super) fn set(self: &Arc<Self>, schedule: &Arc<Schedule>) -> Option<AbortHandle> {
        if !schedule.enabled {
            return None;
        }
        self.spawn(Arc::clone(self).keep_time(Arc::clone(schedule)))
    }

    async fn keep_time(self: Arc<Self>, schedule: Arc<Schedule>) {
        // Every time is counted from here, so that delays do not add up.
        let (begun, origin) = (Instant::now(), self.clock.now());
        let start = schedule.start.map_or(origin, |start| start.max(origin));
        let mut next = schedule.expression.first(start);
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
            }
        }
    }
}
