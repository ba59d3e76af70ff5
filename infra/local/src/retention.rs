//! How long the place keeps what is over, and how often it looks for what is older.
//!
//! 90 days after its end AWS forgets an execution with its history (Step Functions,
//! service quotas, "execution history retention time"). Log lines and the records of
//! what was delivered go with them: CloudWatch Logs keeps lines for ever unless a
//! retention is set, which the memory of one machine cannot.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// How long what is over is kept.
pub(crate) const DAYS: i64 = 90;
const RETENTION: TimeDelta = TimeDelta::days(DAYS);
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

/// Records with numbers in a row, of which the oldest are forgotten.
#[derive(Debug)]
pub(crate) struct Numbered<T> {
    /// The first one's number.
    first: usize,
    all: VecDeque<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            first: 0,
            all: VecDeque::new(),
        }
    }
}

impl<T> Numbered<T> {
    /// The number that the next one gets.
    pub(crate) fn next(&self) -> usize {
        self.first + self.all.len()
    }

    pub(crate) fn push(&mut self, record: T) {
        self.all.push_back(record);
    }

    /// Adds a record that was kept, under the number it had; in the numbers' order.
    pub(crate) fn restore(&mut self, number: usize, record: T) {
        if self.all.is_empty() {
            self.first = number;
        }
        self.push(record);
    }

    pub(crate) fn get(&self, number: usize) -> Option<&T> {
        self.all.get(number.checked_sub(self.first)?)
    }

    pub(crate) fn get_mut(&mut self, number: usize) -> Option<&mut T> {
        self.all.get_mut(number.checked_sub(self.first)?)
    }

    /// Forgets the oldest as long as they are `old`; their numbers. The last one stays,
    /// since a start knows by it which numbers were given.
    pub(crate) fn forget(&mut self, old: impl Fn(&T) -> bool) -> std::ops::Range<usize> {
        let from = self.first;
        while self.all.len() > 1 && self.all.front().is_some_and(&old) {
            self.all.pop_front();
            self.first += 1;
        }
        from..self.first
    }
}

impl<T: Clone> Numbered<T> {
    pub(crate) fn to_vec(&self) -> Vec<T> {
        self.all.iter().cloned().collect()
    }
}
