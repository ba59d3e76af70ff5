//! The clock of the place, handed to every service.
//!
//! The system's clock by default; tests inject a closure. Services never call
//! `Utc::now()` themselves.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// Tells the time. Cheap to clone; clones tell the same time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Utc::now))
    }

    /// A clock that asks `tell` each time.
    #[must_use]
    pub fn new(tell: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Epoch seconds with milliseconds, as AWS's JSON protocols write a timestamp.
#[must_use]
pub fn epoch_seconds(at: DateTime<Utc>) -> f64 {
    // Milliseconds since 1970 fit a double's mantissa for 285,000 years.
    at.timestamp_millis() as f64 / 1000.0
}
