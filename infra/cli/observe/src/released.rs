//! What the function `release` did for jobs that ended without their runner, from
//! its log line `release`, one a call. Calls that had nothing to do are left out.

use crate::fleet::{Fleet, Line, ReadError, Source, Tail};
use chrono::{DateTime, Utc};
use domain::names::handler;
use domain::steps::ReleaseOutcome;
use serde::{Deserialize, Serialize};

/// The lines that are read.
const PATTERN: &str = r#"{ $.message = "release" && $.outcome != "own_runner" && $.outcome != "no_claim" && $.outcome != "not_ended" }"#;

/// One job that ended without its runner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Release {
    /// When.
    pub at: DateTime<Utc>,
    /// GitHub's id of the job.
    pub job_id: u64,
    /// `owner/name`.
    pub repository: String,
    /// How the job ended, in GitHub's word.
    pub conclusion: Option<String>,
    /// What became of its runner.
    pub outcome: String,
    /// The same in a sentence.
    pub reason: &'static str,
    /// Tasks that were asked to stop.
    pub tasks: u64,
}

#[derive(Deserialize)]
struct Written {
    job_id: u64,
    #[serde(default)]
    repository: String,
    #[serde(default)]
    conclusion: Option<String>,
    outcome: String,
    #[serde(default)]
    tasks: u64,
}

fn reason(outcome: &str) -> &'static str {
    let mut known = ReleaseOutcome::ALL.iter().copied();
    match known.find(|known| known.as_str() == outcome) {
        Some(ReleaseOutcome::Removed) => {
            "The job ended without its runner: the registration was deleted and the task stopped."
        }
        Some(ReleaseOutcome::NoRunner) => "The job ended before it had a runner.",
        Some(ReleaseOutcome::Busy) => "GitHub says that its runner is at work: it was left alone.",
        Some(ReleaseOutcome::Swapped) => {
            "Another runner of ours had the job; its own was left for that one's job."
        }
        _ => "The job ended without its runner.",
    }
}

fn read_line(line: &Line) -> Option<Release> {
    let written: Written = serde_json::from_str(&line.text).ok()?;
    Some(Release {
        at: line.at,
        job_id: written.job_id,
        repository: written.repository,
        conclusion: written.conclusion,
        reason: reason(&written.outcome),
        outcome: written.outcome,
        tasks: written.tasks,
    })
}

/// Reads what was released since `since`, the newest first.
///
/// # Errors
/// The log cannot be read. One that is not there yet holds nothing.
pub async fn read(fleet: &Fleet, since: DateTime<Utc>) -> Result<Vec<Release>, ReadError> {
    let source = Source::Function(handler::RELEASE.to_owned());
    let mut tail = Tail::new(fleet, &source, since, Some(PATTERN.to_owned()));
    let lines = match tail.next().await {
        Ok(lines) => lines,
        // It has never been called.
        Err(ReadError::NoLog(_)) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    Ok(lines.iter().rev().filter_map(read_line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_that_is_read_has_a_sentence_of_its_own() {
        let other = reason("later");
        for outcome in ReleaseOutcome::ALL {
            let read = !PATTERN.contains(&format!("\"{}\"", outcome.as_str()));
            assert_eq!(reason(outcome.as_str()) != other, read, "{outcome:?}");
        }
    }

    #[test]
    fn a_line_that_is_none_of_these_is_passed_over() {
        let line = |text: &str| Line {
            at: DateTime::UNIX_EPOCH,
            text: text.to_owned(),
            stream: String::new(),
        };
        let text = r#"{"message":"release","job_id":7,"repository":"a/b","conclusion":"cancelled","runner_id":null,"outcome":"removed","tasks":1,"later":{}}"#;
        let release = read_line(&line(text)).unwrap();
        assert_eq!((release.job_id, release.tasks), (7, 1));
        assert_eq!(release.conclusion.as_deref(), Some("cancelled"));
        assert_eq!(read_line(&line("not JSON")), None);
    }
}
