//! One period: what it knows, what it may still use up, what it has done.

use std::fmt::Display;

use aws::executions::Running;
use aws::upkeep::Contents;
use chrono::{DateTime, TimeDelta, Utc};
use domain::reconcile::{ReconcileStep, Reconciled};
use github::{GitHubError, calls};
use removal::{RemovalError, Runner, Taking};

use crate::budget::Calls;
use crate::cursor::Cursor;
use crate::log;
use crate::state::State;
use crate::stop::Stop;

/// What a clean-up may ask GitHub: a runner by its name, its deletion, and both once
/// more where a 404 is not believed.
const CALLS_OF_A_REMOVAL: u64 = 4;

/// A period at work.
#[derive(Debug)]
pub(crate) struct Period<'s> {
    pub(crate) state: &'s State,
    /// The claims table as it was at the beginning.
    pub(crate) contents: Contents,
    /// The executions that ran then.
    pub(crate) running: Running,
    pub(crate) cursor: Cursor,
    pub(crate) done: Reconciled,
    calls: Calls,
    deadline: DateTime<Utc>,
}

impl<'s> Period<'s> {
    /// Looks at the table and at what runs. In this order: an execution that
    /// begins meanwhile is among those that run before its claim is seen.
    pub(crate) async fn begin(state: &'s State, cursor: Cursor) -> Result<Self, RemovalError> {
        let now = state.clock().now();
        let limits = state.limits();
        let seconds = i64::try_from(limits.seconds).unwrap_or(i64::MAX);
        let contents = state.upkeep().contents().await?;
        let executions = state.clients().executions();
        let running = executions.running(state.machine()).await?;
        let until = contents.github_until;
        let mut period = Self {
            state,
            contents,
            running,
            cursor,
            done: Reconciled::default(),
            calls: Calls::new(limits.github_calls, until, now.timestamp()),
            deadline: now + TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX),
        };
        period.cursor.forget(now.timestamp());
        Ok(period)
    }

    /// Epoch seconds.
    pub(crate) fn now(&self) -> i64 {
        self.state.clock().epoch_seconds()
    }

    /// Stops a step where the period's time is used up.
    pub(crate) fn time(&self) -> Result<(), Stop> {
        if self.state.clock().now() < self.deadline {
            Ok(())
        } else {
            Err(Stop::Time)
        }
    }

    /// One call to GitHub, where it may be made. The only way to it, but for
    /// [`Self::take`].
    pub(crate) async fn ask<T>(
        &mut self,
        call: impl Future<Output = Result<T, GitHubError>>,
    ) -> Result<T, Stop> {
        self.time()?;
        self.calls.take(1)?;
        self.done.github_calls = self.calls.made();
        let answer = call.await.map_err(RemovalError::from);
        self.obeyed(answer).await
    }

    /// Takes a runner away by "take before stop": hand-over item, then registration.
    pub(crate) async fn take(&mut self, runner: &Runner<'_>) -> Result<Taking, Stop> {
        self.time()?;
        self.calls.take(CALLS_OF_A_REMOVAL)?;
        let (taking, made) = calls::counted(async {
            let taking = removal::take(self.state.clients(), runner).await;
            (taking, calls::made())
        })
        .await;
        // Few removals need them all.
        let spare = CALLS_OF_A_REMOVAL.saturating_sub(made);
        self.calls.give_back(spare);
        self.done.github_calls = self.calls.made();
        self.obeyed(taking).await
    }

    /// Whether so many calls are left.
    pub(crate) fn may_ask(&self, count: u64) -> bool {
        self.calls.has(count)
    }

    /// What GitHub asked for holds for the whole period, and for the whole fleet.
    async fn obeyed<T>(&mut self, answer: Result<T, RemovalError>) -> Result<T, Stop> {
        let gate = self.state.clients().gate();
        let answer = gate.settle("reconcile", answer).await.map_err(Stop::from);
        if let Err(Stop::Limited(seconds)) = &answer {
            self.calls.close(*seconds);
        }
        answer
    }

    /// Whether the owner of a claim runs. Asked anew where it was not among
    /// those that ran at the beginning.
    pub(crate) async fn runs(&self, owner: &str) -> Result<bool, Stop> {
        if self.running.arns.contains(owner) {
            return Ok(true);
        }
        let executions = self.state.clients().executions();
        let described = executions.describe(owner).await?;
        Ok(described.is_some_and(|execution| execution.is_running()))
    }

    /// Whether an execution that runs answers for the job, by its claim as it is now.
    pub(crate) async fn is_answered(&self, claim: &str) -> Result<bool, Stop> {
        match self.state.clients().claims().read(claim).await? {
            Some(claim) => self.runs(&claim.owner).await,
            None => Ok(false),
        }
    }

    /// Goes on after an error with one thing; everything that ends the step does.
    pub(crate) fn go_on(
        &mut self,
        step: ReconcileStep,
        what: &dyn Display,
        result: Result<(), Stop>,
    ) -> Result<(), Stop> {
        match result {
            Err(Stop::Failed(error)) => {
                self.done.errors += 1;
                log::error(step, what, &error);
                Ok(())
            }
            result => result,
        }
    }

    /// A step failed as a whole.
    pub(crate) fn failed(&mut self, step: ReconcileStep, error: &RemovalError) {
        self.done.errors += 1;
        log::error(step, &"the whole step", error);
    }

    /// A step goes on in the next period.
    pub(crate) fn cut_short(&mut self, step: ReconcileStep, stop: &Stop) {
        self.done.cut_short += 1;
        log::cut_short(step, stop);
    }
}
