//! Time as an argument: everything that needs "now" is given a [`Clock`].
//!
//! Functions on AWS use [`Clock::system`]; tests hand in a closure, so that a
//! whole system can run in virtual time.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// A source of the present moment (UTC), cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that asks `now` each time.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The operating system's clock.
    pub fn system() -> Self {
        Self::new(Utc::now)
    }

    /// A clock that stands still.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::new(move || at)
    }

    /// The present moment.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }

    /// Whole seconds since 1970, as DynamoDB's `expires_at` attributes have them.
    pub fn epoch_seconds(&self) -> i64 {
        self.now().timestamp()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still() {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let clock = Clock::fixed(at);
        assert_eq!(clock.now(), at);
        assert_eq!(clock.clone().epoch_seconds(), 1_700_000_000);
    }
}
