//! How many calls to GitHub a period may make: the one place that is asked
//! before each of them.

use crate::stop::Stop;

/// The calls of one period.
#[derive(Debug)]
pub(crate) struct Calls {
    left: u64,
    made: u64,
    /// Seconds that GitHub asked for; nothing more is asked in this period.
    closed: Option<u64>,
}

impl Calls {
    /// `left` calls; none at all where GitHub asked the fleet to wait until
    /// `closed_until`, which is after `now` (both epoch seconds).
    pub(crate) fn new(left: u64, closed_until: Option<i64>, now: i64) -> Self {
        let wait = closed_until.map(|until| until.saturating_sub(now));
        Self {
            left,
            made: 0,
            closed: wait
                .and_then(|seconds| u64::try_from(seconds).ok())
                .filter(|seconds| *seconds > 0),
        }
    }

    /// Takes `count` calls off the budget, which must be there all at once.
    pub(crate) fn take(&mut self, count: u64) -> Result<(), Stop> {
        if let Some(seconds) = self.closed {
            return Err(Stop::Limited(seconds));
        }
        if self.left < count {
            return Err(Stop::Calls);
        }
        self.left -= count;
        self.made += count;
        Ok(())
    }

    /// Puts back what was taken and not called.
    pub(crate) fn give_back(&mut self, count: u64) {
        self.left += count;
        self.made -= count;
    }

    /// Whether `count` more could be made.
    pub(crate) fn has(&self, count: u64) -> bool {
        self.closed.is_none() && self.left >= count
    }

    /// GitHub asked for patience.
    pub(crate) fn close(&mut self, seconds: u64) {
        self.closed = Some(seconds);
    }

    /// So many were made.
    pub(crate) fn made(&self) -> u64 {
        self.made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_is_made_beyond_the_budget() {
        let mut calls = Calls::new(3, None, 0);
        assert!(calls.take(2).is_ok());
        assert!(matches!(calls.take(2), Err(Stop::Calls)));
        assert!(calls.take(1).is_ok());
        assert!(!calls.has(1));
        assert_eq!(calls.made(), 3);
        calls.give_back(1);
        assert!(calls.has(1) && !calls.has(2));
        assert_eq!(calls.made(), 2);
    }

    #[test]
    fn what_the_fleet_was_told_is_obeyed_until_its_time() {
        assert!(!Calls::new(9, Some(160), 100).has(1));
        assert!(Calls::new(9, Some(100), 100).has(1));
        assert!(Calls::new(9, Some(40), 100).has(1));
    }

    #[test]
    fn a_limit_closes_the_budget_for_the_period() {
        let mut calls = Calls::new(9, None, 0);
        calls.close(60);
        assert!(!calls.has(1));
        assert!(matches!(calls.take(1), Err(Stop::Limited(60))));
        assert_eq!(calls.made(), 0);
    }
}
