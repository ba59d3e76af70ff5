//! How long the place keeps what is over, and how often it looks for what is older.
//!
//! 90 days after its end AWS forgets an execution with its history (Step Functions,
//! service quotas, "execution history retention time"). Log lines go with them:
//! CloudWatch Logs keeps them for ever unless a retention is set, which the memory of
//! one machine cannot.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

const RETENTION: TimeDelta = TimeDelta::days(90);
const EVERY: TimeDelta = TimeDelta::hours(1);

/// Says once an hour that it is time to look.
#[derive(Debug)]
pub(crate) struct Retention {
    /// Epoch seconds.
    next: AtomicI64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            next: AtomicI64::new(i64::MIN),
        }
    }
}

impl Retention {
    /// What was over before the returned time is to be forgotten now; none until the
    /// hour is over. Costs next to nothing, so that every call can ask.
    pub(crate) fn due(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.next.load(Ordering::Relaxed);
        if now.timestamp() < next {
            return None;
        }
        let then = (now + EVERY).timestamp();
        // Of two calls at once one looks.
        let mine = self
            .next
            .compare_exchange(next, then, Ordering::Relaxed, Ordering::Relaxed);
        mine.is_ok().then(|| now - RETENTION)
    }
}
