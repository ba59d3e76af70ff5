//! How fast AWS is asked: no faster than half of what its smallest regions
//! allow, so that the fleet itself, and other people's consoles, keep the rest.
//!
//! Step Functions' quotas are token buckets for each account and region
//! (developer guide, "Quotas related to API action throttling"). The local place
//! has none.

use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// One bucket of tokens.
#[derive(Debug)]
pub struct Bucket {
    size: f64,
    a_second: f64,
    state: Mutex<(f64, Instant)>,
}

impl Bucket {
    fn new(size: f64, a_second: f64) -> Self {
        Self {
            size,
            a_second,
            state: Mutex::new((size, Instant::now())),
        }
    }

    /// Waits until a call may be made.
    pub async fn take(&self) {
        let wait = {
            let mut state = self
                .state
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let now = Instant::now();
            let came = now.duration_since(state.1).as_secs_f64() * self.a_second;
            // Below zero: calls that wait already have taken what comes next.
            *state = ((state.0 + came).min(self.size) - 1.0, now);
            Duration::from_secs_f64((-state.0 / self.a_second).max(0.0))
        };
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }
}

/// A bucket for each call that is made often.
#[derive(Debug)]
pub struct Limits {
    /// ListExecutions: AWS allows 100 at once and 2 to 5 a second.
    pub list: Bucket,
    /// DescribeExecution: 250 to 300 at once and 10 to 15 a second.
    pub describe: Bucket,
    /// GetExecutionHistory: 400 at once and 20 a second.
    pub history: Bucket,
    /// RedriveExecution and StopExecution: hundreds at once, 25 a second and more.
    pub change: Bucket,
    /// DescribeTasks: 100 at once, 40 a second for reads of a cluster.
    pub tasks: Bucket,
    /// FilterLogEvents and GetLogEvents: 5 to 25 a second.
    pub logs: Bucket,
}

impl Limits {
    /// For AWS.
    #[must_use]
    pub fn aws() -> Self {
        Self {
            list: Bucket::new(50.0, 1.5),
            describe: Bucket::new(125.0, 6.0),
            history: Bucket::new(200.0, 10.0),
            change: Bucket::new(100.0, 10.0),
            tasks: Bucket::new(50.0, 20.0),
            logs: Bucket::new(5.0, 3.0),
        }
    }

    /// For the local place: as fast as it answers.
    #[must_use]
    pub fn none() -> Self {
        let open = || Bucket::new(1e9, 1e9);
        Self {
            list: open(),
            describe: open(),
            history: open(),
            change: open(),
            tasks: open(),
            logs: open(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_full_bucket_gives_at_once_and_then_at_its_pace() {
        let bucket = Bucket::new(10.0, 2.0);
        let began = Instant::now();
        for _ in 0..10 {
            bucket.take().await;
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
        for _ in 0..10 {
            bucket.take().await;
        }
        let took = began.elapsed().as_secs_f64();
        assert!((4.9..5.2).contains(&took), "{took}");
    }
}
