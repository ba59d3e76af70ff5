//! The gate before GitHub: what one function was told to wait, the whole fleet
//! waits. GitHub's limits count an installation, not a process.
//!
//! Before an invocation's first call the gate reads the fleet's one item
//! ([`Gate::ask`]); where GitHub names a time, the gate writes it there
//! ([`Gate::settle`]). Whoever has to wait is told how long, with full jitter, so
//! that a fleet does not come back at one instant. [`Gate::through`] is both, for
//! a function with nothing to do beside GitHub.

use aws::limits::Limits;
use aws::{Config, StoreError};
use domain::clock::Clock;
use domain::rate_limit;
use github::GitHubError;

/// The gate of one installation.
#[derive(Debug, Clone)]
pub struct Gate {
    limits: Limits,
    clock: Clock,
}

/// A function's own error, as far as the gate looks at it.
pub trait Failure: From<GitHubError> + From<StoreError> {
    /// GitHub's part in it.
    fn github(&self) -> Option<&GitHubError>;

    /// How long the machine is to wait, where this asks for patience and nothing else.
    fn wait_seconds(&self) -> Option<u64> {
        match self.github()? {
            GitHubError::RateLimited { seconds } | GitHubError::Closed { seconds } => {
                Some(*seconds)
            }
            _ => None,
        }
    }
}

impl Gate {
    /// The gate of `installation`, with its item in the claims table `table`.
    pub fn new(config: &Config, table: impl Into<String>, installation: u64, clock: Clock) -> Self {
        Self {
            limits: Limits::new(config, table, installation),
            clock,
        }
    }

    /// Once, before an invocation's first call to GitHub. `who`: the claim's key,
    /// or whatever else tells callers apart; it draws the jitter.
    ///
    /// # Errors
    /// [`GitHubError::Closed`] while GitHub is not to be called, or the table's error.
    pub async fn ask<E: Failure>(&self, who: &str) -> Result<(), E> {
        let Some(until) = self.limits.until().await? else {
            return Ok(());
        };
        let now = self.clock.epoch_seconds();
        match u64::try_from(until.saturating_sub(now)) {
            Ok(remaining) if remaining > 0 => Err(GitHubError::Closed {
                seconds: rate_limit::come_back(remaining, who, now),
            }
            .into()),
            _ => Ok(()),
        }
    }

    /// Once, with an invocation's result: a time that GitHub named is written
    /// down for the others, and jitter is put on it for this one.
    ///
    /// # Errors
    /// Those of `result`.
    pub async fn settle<T, E: Failure>(&self, who: &str, result: Result<T, E>) -> Result<T, E> {
        let Some(GitHubError::RateLimited { seconds }) = result.as_ref().err().and_then(E::github)
        else {
            return result;
        };
        let (seconds, now) = (*seconds, self.clock.epoch_seconds());
        let until = now.saturating_add_unsigned(seconds);
        // Without it the others find out by themselves.
        if let Err(error) = self.limits.note(until, now).await {
            tracing::warn!(until, error = %error, "GitHub's limit could not be shared");
        }
        tracing::warn!(seconds, until, "GitHub asked the fleet to wait");
        Err(GitHubError::RateLimited {
            seconds: rate_limit::come_back(seconds, who, now),
        }
        .into())
    }

    /// [`Gate::ask`], then `work`, then [`Gate::settle`].
    ///
    /// # Errors
    /// Those of the three.
    pub async fn through<T, E: Failure>(
        &self,
        who: &str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.ask::<E>(who).await?;
        let result = work.await;
        self.settle(who, result).await
    }
}
