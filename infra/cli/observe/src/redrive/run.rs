//! Redrives what a plan lists and, where asked, waits for the ends.
//!
//! Waiting asks for the list of what runs, one page for a thousand executions;
//! only what is no longer in it is described.

use super::{Eligible, Plan, Refused};
use crate::fleet::{Fleet, ReadError};
use crate::row::Row;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use futures::{StreamExt as _, stream};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;

/// Up to so many, each is described: cheaper than a list.
const FEW: usize = 3;
/// Pauses after AWS's throttling, beyond the SDK's own retries.
const PAUSES: [u64; 5] = [1, 2, 4, 8, 16];
/// The longest client token that AWS takes, in characters.
const TOKEN: usize = 64;

/// How to redrive.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Calls that are under way at once.
    pub at_once: usize,
    /// Wait until all have ended.
    pub wait: bool,
    /// How often to look.
    pub poll: Duration,
    /// Stop waiting after so long; what runs then goes on running.
    pub timeout: Option<Duration>,
}

impl Options {
    /// As this fleet bears it.
    #[must_use]
    pub fn of(fleet: &Fleet, wait: bool) -> Self {
        Self {
            at_once: 8,
            wait,
            poll: Duration::from_millis(if fleet.is_local() { 200 } else { 5000 }),
            timeout: None,
        }
    }
}

/// Where it has come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Progress {
    /// Executions that need nothing more: redriven, or ended where that is waited for.
    pub done: usize,
    /// Of so many.
    pub of: usize,
    /// Ended with the job served, be it by another runner: among jobs with the
    /// same labels GitHub chooses which runner gets which.
    pub served: usize,
    /// Ended well otherwise, for example `cancelled`.
    pub ended_otherwise: usize,
    /// Failed again.
    pub failed: usize,
    /// Redriven, and not seen to have ended.
    pub running: usize,
    /// Not redriven.
    pub refused: Vec<Refused>,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// How many were to be redriven.
    pub of: usize,
    /// How many were.
    pub redriven: usize,
    /// Whether their ends were waited for.
    pub waited: bool,
    /// How many jobs were served, be it by another runner.
    pub served: usize,
    /// How many ended with which outcome, for example `served` or `served_elsewhere`.
    pub outcomes: BTreeMap<String, usize>,
    /// Those that failed again.
    pub failed: Vec<FailedAgain>,
    /// Names of those that still ran when the time was over.
    pub running: Vec<String>,
    /// Those that were not redriven.
    pub refused: Vec<Refused>,
    /// How long it took.
    pub seconds: f64,
}

/// An execution that failed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedAgain {
    /// The execution's ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `owner/name`.
    pub repository: String,
    /// The job's name.
    pub job: String,
    /// The error's name, or the status where there is none.
    pub error: String,
    /// What it says.
    pub message: String,
}

impl Summary {
    /// Whether all were redriven and, where that was waited for, ended well.
    #[must_use]
    pub fn all_well(&self) -> bool {
        self.refused.is_empty() && self.failed.is_empty() && self.running.is_empty()
    }
}

/// Redrives the plan's eligible executions; refusals that come up now are told
/// for each and stop nothing.
///
/// # Errors
/// While waiting, the list of what runs cannot be read. What was redriven stays
/// redriven.
pub async fn run(
    fleet: &Fleet,
    plan: &Plan,
    options: Options,
    mut progress: impl FnMut(&Progress),
) -> Result<Summary, ReadError> {
    let began = Instant::now();
    let mut now = Progress {
        of: plan.eligible.len(),
        ..Progress::default()
    };
    let mut open: BTreeMap<&str, &Eligible> = BTreeMap::new();
    progress(&now);
    let mut calls = stream::iter(0..plan.eligible.len())
        .map(|at| async move { (&plan.eligible[at], redrive(fleet, &plan.eligible[at]).await) })
        .buffer_unordered(options.at_once.max(1));
    while let Some((one, answer)) = calls.next().await {
        match answer {
            Ok(()) => {
                open.insert(&one.arn, one);
                now.running += 1;
                now.done += usize::from(!options.wait);
            }
            Err(because) => {
                now.refused.push(Refused::new(&one.arn, because));
                now.done += 1;
            }
        }
        progress(&now);
    }
    let mut summary = Summary {
        of: plan.eligible.len(),
        redriven: open.len(),
        waited: options.wait,
        ..Summary::default()
    };
    while options.wait && !open.is_empty() {
        for row in ended(fleet, &open).await? {
            open.remove(row.arn.as_str());
            summary.take(&row, &mut now);
        }
        progress(&now);
        let left = options
            .timeout
            .map(|timeout| timeout.saturating_sub(began.elapsed()));
        if open.is_empty() || left.is_some_and(|left| left.is_zero()) {
            break;
        }
        tokio::time::sleep(left.map_or(options.poll, |left| left.min(options.poll))).await;
    }
    if options.wait {
        summary.running = open.values().map(|one| one.name.clone()).collect();
    }
    summary.refused = now.refused;
    summary.seconds = began.elapsed().as_secs_f64();
    Ok(summary)
}

impl Summary {
    /// One that has ended.
    fn take(&mut self, row: &Row, now: &mut Progress) {
        now.running -= 1;
        now.done += 1;
        let details = row.details.clone().unwrap_or_default();
        if row.status == "SUCCEEDED" {
            let served = details.served();
            let outcome = details.outcome.unwrap_or_else(|| "unknown".to_owned());
            if served {
                now.served += 1;
                self.served += 1;
            } else {
                now.ended_otherwise += 1;
            }
            *self.outcomes.entry(outcome).or_default() += 1;
            return;
        }
        now.failed += 1;
        let job = details.job.unwrap_or_default();
        self.failed.push(FailedAgain {
            arn: row.arn.clone(),
            name: row.name.clone(),
            repository: job.repository,
            job: job.name,
            error: details.error.unwrap_or_else(|| row.status.clone()),
            message: details.message.unwrap_or_default(),
        });
    }
}

/// One redrive. Whoever redrives the same end of the same execution gives the
/// same token, so that two people at once redrive it once.
async fn redrive(fleet: &Fleet, one: &Eligible) -> Result<(), String> {
    let mut pauses = PAUSES.iter();
    loop {
        fleet.limits().change.take().await;
        let sent = fleet
            .clients()
            .executions
            .redrive_execution()
            .execution_arn(&one.arn)
            .client_token(token(&one.name, one.redrive_count))
            .send()
            .await;
        let Err(error) = sent else {
            return Ok(());
        };
        let service = error.as_service_error();
        let code = service.and_then(|error| error.code()).unwrap_or_default();
        let said = service
            .and_then(|error| error.message())
            .unwrap_or("it gives no reason")
            .trim_end_matches('.')
            .to_owned();
        if code.contains("Throttl")
            && let Some(seconds) = pauses.next()
        {
            tokio::time::sleep(Duration::from_secs(*seconds)).await;
            continue;
        }
        return Err(match service {
            Some(of) if of.is_execution_not_redrivable() => {
                format!("It has changed since it was looked at: {said}.")
            }
            Some(of) if of.is_execution_does_not_exist() => "AWS no longer knows it.".to_owned(),
            Some(of) if of.is_execution_limit_exceeded() => {
                format!("Too many executions are open: {said}; redrive it later.")
            }
            _ => ReadError::call("RedriveExecution", error).to_string(),
        });
    }
}

fn token(name: &str, redrive_count: u32) -> String {
    let end = format!("-redrive-{}", redrive_count + 1);
    let room = TOKEN - end.len();
    let skipped = name.chars().count().saturating_sub(room);
    name.chars().skip(skipped).chain(end.chars()).collect()
}

/// Those that have ended since they were redriven, with details.
async fn ended(fleet: &Fleet, open: &BTreeMap<&str, &Eligible>) -> Result<Vec<Row>, ReadError> {
    let mut arns: Vec<String> = open.keys().map(|arn| (*arn).to_owned()).collect();
    if arns.len() > FEW {
        let running = fleet.list(Some("RUNNING"), usize::MAX, |_| true).await?;
        let running: BTreeSet<String> = running.into_iter().map(|row| row.arn).collect();
        arns.retain(|arn| !running.contains(arn));
    }
    let mut ended = Vec::new();
    for (arn, row) in fleet.rows(&arns).await {
        // What cannot be read now is looked at again; AWS may also still show
        // the end before the redrive.
        if let Ok(row) = row
            && !row.running()
            && open
                .get(arn.as_str())
                .is_some_and(|before| row.redrive_count > before.redrive_count)
        {
            ended.push(row);
        }
    }
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_and_tells_redrives_apart() {
        let name = "0123456789".repeat(8);
        for name in ["a", name.as_str()] {
            let tokens = [token(name, 0), token(name, 1), token(name, 1999)];
            assert!(
                tokens.iter().all(|token| token.len() <= TOKEN),
                "{tokens:?}"
            );
            assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2]);
        }
        assert_eq!(token("a", 0), "a-redrive-1");
    }
}
