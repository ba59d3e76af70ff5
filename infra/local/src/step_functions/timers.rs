//! An execution's timers: how long they sleep, and what they do then.
//!
//! `timer_speed` makes timers of Wait states and retries shorter. Time limits of tasks
//! keep real time.

use std::sync::Arc;
use std::time::Duration;

use asl::{Command, Event, TimerId};
use chrono::TimeDelta;

use super::record::{Context, Inner, Record};

impl Record {
    pub(super) fn set_timer(self: &Arc<Self>, inner: &mut Inner, timer: TimerId, wait: Duration) {
        let sleeper = tokio::spawn(Arc::clone(self).fire(timer, wait));
        inner.timers.insert(timer, sleeper.abort_handle());
    }

    async fn fire(self: Arc<Self>, timer: TimerId, wait: Duration) {
        tokio::time::sleep(wait).await;
        let mut inner = self.lock();
        if inner.timers.remove(&timer).is_some() {
            self.step(&mut inner, Event::TimerFired { timer });
        }
    }
}

impl Context {
    /// How long a timer sleeps that has so long to go.
    pub(super) fn wait(&self, time: TimeDelta, limits: bool) -> Duration {
        let wait = time.to_std().unwrap_or_default();
        if limits {
            wait
        } else {
            wait.div_f64(self.timer_speed)
        }
    }
}

/// Whether timers that follow this event are a task's time limits, set anew.
pub(super) fn sets_limits_again(event: &Event) -> bool {
    matches!(
        event,
        Event::ActivityStarted { .. } | Event::TaskHeartbeat { .. }
    )
}

/// Timers set together with a task are its time limits: they keep real time.
pub(super) fn set_limits(commands: &[Command]) -> bool {
    commands
        .iter()
        .any(|command| matches!(command, Command::StartTask { .. }))
}
