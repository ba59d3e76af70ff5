//! Virtual time: tokio's paused clock, told as dates.
//!
//! It stands still while anything can be done, and then leaps to the next timer.

use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// When every run begins, as a Unix time: Monday, 5 January 2026, 09:00 UTC.
const BEGIN: i64 = 1_767_603_600;

/// The one clock of a run. Cheap to clone.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    begin: Instant,
}

impl Time {
    /// Begins now. Within a tokio runtime whose clock is paused.
    pub fn begin() -> Self {
        Self {
            begin: Instant::now(),
        }
    }

    /// Since the begin.
    pub fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }

    /// The present.
    pub fn now(&self) -> DateTime<Utc> {
        let begin = DateTime::from_timestamp(BEGIN, 0).unwrap_or_default();
        begin + TimeDelta::from_std(self.elapsed()).unwrap_or(TimeDelta::MAX)
    }

    /// The instant of a moment since the begin.
    pub fn at(&self, since: Duration) -> Instant {
        self.begin + since
    }

    /// For the functions and the entrypoint.
    pub fn for_functions(self) -> domain::clock::Clock {
        domain::clock::Clock::new(move || self.now())
    }

    /// For the place.
    pub fn for_place(self) -> local::clock::Clock {
        local::clock::Clock::new(move || self.now())
    }

    /// For the emulator.
    pub fn for_github(self) -> github_emulator::Clock {
        Arc::new(move || self.now())
    }

    /// For the AWS SDK.
    pub fn for_sdk(self) -> SharedTimeSource {
        SharedTimeSource::new(self)
    }
}

impl TimeSource for Time {
    fn now(&self) -> SystemTime {
        Time::now(self).into()
    }
}
