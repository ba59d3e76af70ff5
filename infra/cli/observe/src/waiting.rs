//! Why a job has not run yet, in one sentence.
//!
//! It is read off the state that the execution is in, what the step before it
//! answered, and the task's status. A job that runs, has run or was cancelled
//! waits for nothing.

use crate::advice;
use crate::history::{End, Timeline, Visit};
use crate::row::Details;
use chrono::{DateTime, TimeDelta, Utc};
use domain::names::{failure, state};
use serde::Serialize;

/// What a job waits for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waiting {
    /// The kind of reason: the same for all jobs that wait for the same thing.
    pub kind: Kind,
    /// One sentence for people.
    pub sentence: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When the execution goes on by itself, where that is known.
    pub until: Option<DateTime<Utc>>,
}

/// Kinds of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The execution is at work: sizing, claiming, minting.
    Starting,
    /// The task is being started.
    TaskStarting,
    /// The runner is up and GitHub has not given it the job yet, or the job runs.
    Runner,
    /// GitHub does not answer.
    GitHubUnavailable,
    /// GitHub's rate limit.
    RateLimited,
    /// A step fails and is tried again.
    Retrying,
    /// No capacity at AWS.
    Capacity,
    /// The runner before it did not come to the job.
    NextRunner,
    /// The end of a runner is being verified.
    Verifying,
    /// The execution failed: the job waits for a redrive.
    Failed,
    /// The policy does not allow the job.
    Rejected,
    /// The execution was stopped by somebody.
    Stopped,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Starting,
        Self::TaskStarting,
        Self::Runner,
        Self::GitHubUnavailable,
        Self::RateLimited,
        Self::Retrying,
        Self::Capacity,
        Self::NextRunner,
        Self::Verifying,
        Self::Failed,
        Self::Rejected,
        Self::Stopped,
    ];

    /// Its word, as JSON and filters have it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::TaskStarting => "task_starting",
            Self::Runner => "runner",
            Self::GitHubUnavailable => "github_unavailable",
            Self::RateLimited => "rate_limited",
            Self::Retrying => "retrying",
            Self::Capacity => "capacity",
            Self::NextRunner => "next_runner",
            Self::Verifying => "verifying",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Stopped => "stopped",
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.word())
    }
}

/// Why the job of this execution has not run yet.
#[must_use]
pub fn why(status: &str, details: &Details, timeline: &Timeline) -> Option<Waiting> {
    match status {
        "SUCCEEDED" => None,
        "RUNNING" => while_running(details, timeline),
        _ => Some(ended(status, details, timeline)),
    }
}

fn ended(status: &str, details: &Details, timeline: &Timeline) -> Waiting {
    let since = timeline
        .attempts
        .last()
        .and_then(|attempt| attempt.ended)
        .or(details.since)
        .unwrap_or_default();
    let error = details.error.as_deref().unwrap_or_default();
    let message = details.message.as_deref().unwrap_or_default();
    let said = short(&advice::reason(error, message));
    let (kind, sentence) = match (status, error) {
        ("ABORTED", _) => (
            Kind::Stopped,
            "Somebody stopped its execution: redrive it, and the job is served if it still waits."
                .to_owned(),
        ),
        (_, failure::JOB_REJECTED) => (Kind::Rejected, format!("The policy refuses it: {said}")),
        ("TIMED_OUT", _) => (
            Kind::Failed,
            "Its execution ran into a time limit: redrive it.".to_owned(),
        ),
        (_, "") => (
            Kind::Failed,
            "Its execution failed without a word: look at its last state, then redrive it."
                .to_owned(),
        ),
        (_, error) if said.is_empty() => (
            Kind::Failed,
            format!("Its execution failed with {error}: mend the cause, then redrive it."),
        ),
        (_, error) => (
            Kind::Failed,
            format!("Its execution failed with {error}: {said}"),
        ),
    };
    Waiting {
        kind,
        sentence,
        since,
        until: None,
    }
}

fn while_running(details: &Details, timeline: &Timeline) -> Option<Waiting> {
    let visit = timeline.current()?;
    let waiting = |kind, sentence: String| {
        Some(Waiting {
            kind,
            sentence,
            since: visit.entered,
            until: None,
        })
    };
    if let Some((kind, sentence)) = retrying(visit) {
        return waiting(kind, sentence);
    }
    match visit.state.as_str() {
        state::SIZE | state::SIZED | state::CLAIM | state::CLAIMED | state::NUDGE => waiting(
            Kind::Starting,
            "Its execution has just been started.".to_owned(),
        ),
        state::MINT | state::MINTED => waiting(
            Kind::Starting,
            "Its runner is being minted at GitHub.".to_owned(),
        ),
        state::WAIT_FOR_GITHUB => timed(
            visit,
            timeline.last(state::MINT),
            Kind::RateLimited,
            "GitHub's rate limit is used up; it is asked again when GitHub said".to_owned(),
        ),
        state::RUN_RUNNER => running_task(visit, details),
        state::VERIFY_REMOVAL | state::ROUTE => waiting(
            Kind::Verifying,
            "Its runner has ended; what is left of it is being removed.".to_owned(),
        ),
        state::WAIT_FOR_RUNNER => timed(
            visit,
            timeline.last(state::VERIFY_REMOVAL),
            Kind::Verifying,
            format!(
                "The end of its runner is not certain yet: {}",
                last_words(timeline)
            ),
        ),
        state::BACKOFF => backoff(visit, timeline),
        state::RELEASE | state::DONE => None,
        state::MARK_FAILED | state::ESCALATE => waiting(
            Kind::Failed,
            "Its execution is failing; the error comes in a moment.".to_owned(),
        ),
        other => waiting(
            Kind::Starting,
            format!("Its execution is in the state {other}."),
        ),
    }
}

/// A step whose last try failed: it is tried again, or it would not be open.
fn retrying(visit: &Visit) -> Option<(Kind, String)> {
    let last = visit.tries.last()?;
    if last.end == End::Running || last.end == End::Succeeded {
        return None;
    }
    let error = last.error.as_deref().unwrap_or("an error");
    let said = short(&advice::reason(
        error,
        last.cause.as_deref().unwrap_or_default(),
    ));
    let failed = times(
        visit
            .tries
            .iter()
            .filter(|one| one.attempt == last.attempt)
            .count(),
    );
    let kind = match error {
        "GitHubUnavailable" => Kind::GitHubUnavailable,
        _ if error.starts_with("ECS.") => Kind::Capacity,
        _ => Kind::Retrying,
    };
    let told = if said.is_empty() {
        String::new()
    } else {
        format!(": {said}")
    };
    Some((
        kind,
        format!(
            "{} failed {failed} with {error} and is tried again{told}",
            visit.state
        ),
    ))
}

fn running_task(visit: &Visit, details: &Details) -> Option<Waiting> {
    let (kind, sentence) = match details.task_status.as_deref() {
        None | Some("") if details.task.is_none() => (
            Kind::TaskStarting,
            "Its task is being asked for.".to_owned(),
        ),
        Some("PROVISIONING") => (
            Kind::TaskStarting,
            "Its task is PROVISIONING: Fargate looks for capacity and attaches the network."
                .to_owned(),
        ),
        Some("PENDING") => (
            Kind::TaskStarting,
            "Its task is PENDING: the image is pulled and the container starts.".to_owned(),
        ),
        Some("ACTIVATING") => (Kind::TaskStarting, "Its task is ACTIVATING.".to_owned()),
        Some("DEACTIVATING" | "STOPPING" | "DEPROVISIONING" | "STOPPED") => return None,
        _ => (
            Kind::Runner,
            format!(
                "Its runner {} is up: the job runs, or GitHub is about to give it one.",
                details.runner.as_deref().unwrap_or_default()
            ),
        ),
    };
    Some(Waiting {
        kind,
        sentence,
        since: visit.entered,
        until: None,
    })
}

fn backoff(visit: &Visit, timeline: &Timeline) -> Option<Waiting> {
    let verified = timeline.last(state::VERIFY_REMOVAL);
    let payload = verified.and_then(Visit::payload).unwrap_or_default();
    let kind = match payload["outcome"].as_str().unwrap_or_default() {
        "capacity" | "spot" => Kind::Capacity,
        _ => Kind::NextRunner,
    };
    let tries = verified
        .and_then(|visit| visit.assigned.get("tries"))
        .map_or(String::new(), |tries| format!(" after try {tries}"));
    let seconds = timeline
        .last(state::ROUTE)
        .and_then(|visit| visit.assigned.get("backoff_seconds"))
        .and_then(|seconds| seconds.parse::<f64>().ok());
    let mut waiting = Waiting {
        kind,
        sentence: format!(
            "The next runner comes after a pause{tries}: {}",
            last_words(timeline)
        ),
        since: visit.entered,
        until: None,
    };
    waiting.until = seconds.and_then(|seconds| later(visit.entered, seconds));
    Some(waiting)
}

/// A Wait of as many seconds as the step before it assigned.
fn timed(visit: &Visit, before: Option<&Visit>, kind: Kind, sentence: String) -> Option<Waiting> {
    let seconds = before
        .and_then(|visit| visit.assigned.get("wait_seconds"))
        .and_then(|seconds| seconds.parse::<f64>().ok());
    let sentence = if sentence.ends_with('.') {
        sentence
    } else {
        format!("{sentence}.")
    };
    Some(Waiting {
        kind,
        sentence,
        since: visit.entered,
        until: seconds.and_then(|seconds| later(visit.entered, seconds)),
    })
}

/// What VerifyRemoval said last.
fn last_words(timeline: &Timeline) -> String {
    timeline
        .last(state::VERIFY_REMOVAL)
        .and_then(Visit::payload)
        .and_then(|payload| Some(short(&advice::unfold(payload["detail"].as_str()?))))
        .filter(|said| !said.is_empty())
        .unwrap_or_else(|| "see the last VerifyRemoval.".to_owned())
}

fn later(than: DateTime<Utc>, seconds: f64) -> Option<DateTime<Utc>> {
    let milliseconds = (seconds.clamp(0.0, 1e9) * 1000.0).round();
    #[allow(clippy::cast_possible_truncation, reason = "clamped above")]
    than.checked_add_signed(TimeDelta::milliseconds(milliseconds as i64))
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

/// One line of at most 400 characters.
fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 400 {
        line
    } else {
        let cut: String = line.chars().take(399).collect();
        format!("{cut}…")
    }
}
