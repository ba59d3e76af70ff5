//! How rules and schedules try again: with growing pauses, until the policy's attempts
//! or time are used up, or the error is one that does not pass.
//!
//! AWS adds jitter; here the pauses are the same in every run. The default, 185 retries
//! in 24 hours, is AWS's.

use std::time::Duration;

use serde_json::{Value, json};

use crate::server::error::AwsError;

/// EventBridge's and the Scheduler's default.
const RETRIES: u64 = 185;
/// Likewise.
const AGE: u64 = 86_400;
/// The pause before the first retry; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause: 185 of them fill the 24 hours.
const LONGEST_PAUSE: Duration = Duration::from_secs(480);

/// A target's `RetryPolicy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    retries: u32,
    age: Duration,
}

/// Why no further attempt is made.
#[derive(Debug)]
pub(crate) struct GivenUp {
    /// The last attempt's error.
    pub(crate) error: AwsError,
    /// Attempts after the first.
    pub(crate) retries: u32,
    /// The limit that ended it; none where the error does not pass.
    pub(crate) exhausted: Option<&'static str>,
}

impl RetryPolicy {
    /// Reads the `RetryPolicy` of a target.
    pub(crate) fn read(target: &Value) -> Result<Self, AwsError> {
        let number = |name: &str, least: u64, most: u64, default: u64| {
            let given = target.pointer(&format!("/RetryPolicy/{name}"));
            let Some(given) = given.filter(|given| !given.is_null()) else {
                return Ok(default);
            };
            let fits = |number: &u64| (least..=most).contains(number);
            given.as_u64().filter(fits).ok_or_else(|| {
                AwsError::validation(format!(
                    "1 validation error detected: Value '{given}' at 'retryPolicy.{name}' failed to satisfy constraint: Member must be between {least} and {most}"
                ))
            })
        };
        let retries = number("MaximumRetryAttempts", 0, RETRIES, RETRIES)?;
        let age = number("MaximumEventAgeInSeconds", 60, AGE, AGE)?;
        Ok(Self {
            retries: u32::try_from(retries).unwrap_or(u32::MAX),
            age: Duration::from_secs(age),
        })
    }

    /// As an answer writes it.
    pub(crate) fn describe(&self) -> Value {
        json!({
            "MaximumEventAgeInSeconds": self.age.as_secs(),
            "MaximumRetryAttempts": self.retries,
        })
    }

    /// Calls `attempt` with its number (from 1) until it succeeds or is given up.
    /// Pauses are `speed` times shorter than the policy's time says; `before` attempts
    /// were made before the place was started again.
    pub(crate) async fn run<T>(
        &self,
        speed: f64,
        before: u32,
        mut attempt: impl FnMut(u32) -> Result<T, AwsError>,
    ) -> Result<T, GivenUp> {
        let (mut pause, mut waited, mut retries) = (FIRST_PAUSE, Duration::ZERO, before);
        for _ in 0..before {
            waited += pause;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        loop {
            let error = match attempt(retries + 1) {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let exhausted = if !passes(&error) {
                Some(None)
            } else if retries >= self.retries {
                Some(Some("MaximumRetryAttempts"))
            } else if waited + pause > self.age {
                Some(Some("MaximumEventAgeInSeconds"))
            } else {
                None
            };
            if let Some(exhausted) = exhausted {
                return Err(GivenUp {
                    error,
                    retries,
                    exhausted,
                });
            }
            tokio::time::sleep(pause.div_f64(speed)).await;
            waited += pause;
            pause = (pause * 2).min(LONGEST_PAUSE);
            retries += 1;
        }
    }
}

/// Errors that pass by themselves; EventBridge gives the others up at once.
fn passes(error: &AwsError) -> bool {
    error.status >= 500
        || error.status == 429
        || matches!(
            error.code.as_str(),
            "ExecutionLimitExceeded" | "ThrottlingException" | "TooManyRequestsException"
        )
}
