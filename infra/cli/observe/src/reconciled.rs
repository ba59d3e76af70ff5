//! What the function `reconcile` did in a time, from its own log lines:
//! `reconciled`, one a period, and `repaired`, one for each thing; and what
//! `release` did for jobs that ended without their runner.

use crate::fleet::{Fleet, Line, ReadError, Source, Tail};
use crate::released::{self, Release};
use chrono::{DateTime, Utc};
use domain::names::handler;
use domain::reconcile::Reconciled;
use serde::{Deserialize, Serialize};

/// The lines that are read.
const PATTERN: &str = r#"{ $.message = "reconciled" || $.message = "repaired" }"#;

/// All that a time's periods did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many periods there were; those that found another under way not counted.
    pub periods: u64,
    /// When the last one ended.
    pub last: Option<DateTime<Utc>>,
    /// What they did, added up; `left` is what the last one left to a person.
    pub sum: Reconciled,
    /// Each thing, the newest first.
    pub repairs: Vec<Repair>,
    /// Jobs that ended without their runner, the newest first.
    pub releases: Vec<Release>,
}

/// One thing that was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// When.
    #[serde(default)]
    pub at: DateTime<Utc>,
    /// The name of its count in [`Reconciled`].
    pub kind: String,
    /// An id that stands for it: a delivery's GUID, an execution's or a task's ARN,
    /// a runner's name, a claim's key.
    #[serde(default)]
    pub subject: String,
    /// GitHub's id of the job.
    #[serde(default)]
    pub job_id: Option<u64>,
    /// `owner/name`.
    #[serde(default)]
    pub repository: Option<String>,
    /// The execution's ARN.
    #[serde(default)]
    pub execution_arn: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A line of one of the two kinds.
#[derive(Deserialize)]
#[serde(tag = "message", rename_all = "lowercase")]
enum Written {
    Reconciled(Period),
    Repaired(Repair),
}

/// The counts are all there but for the version.
#[derive(Deserialize)]
struct Period {
    #[serde(default)]
    busy: bool,
    #[serde(flatten)]
    counts: serde_json::Map<String, serde_json::Value>,
}

impl Report {
    /// Adds lines, in order of time.
    fn add(&mut self, lines: &[Line]) {
        for line in lines {
            match serde_json::from_str(&line.text) {
                Ok(Written::Repaired(repair)) => self.repairs.push(Repair {
                    at: line.at,
                    ..repair
                }),
                Ok(Written::Reconciled(period)) if !period.busy => self.count(line.at, &period),
                // Another period's, or a line of another release.
                Ok(Written::Reconciled(_)) | Err(_) => {}
            }
        }
    }

    fn count(&mut self, at: DateTime<Utc>, period: &Period) {
        let of = |name: &str| {
            period
                .counts
                .get(name)
                .and_then(serde_json::Value::as_u64)
                .unwrap_or(0)
        };
        self.periods += 1;
        self.last = Some(at);
        let sum = &mut self.sum;
        sum.redelivered += of("redelivered");
        sum.replayed += of("replayed");
        sum.redriven += of("redriven");
        sum.tasks_stopped += of("tasks_stopped");
        sum.runners_deleted += of("runners_deleted");
        sum.claims_removed += of("claims_removed");
        sum.expired_removed += of("expired_removed");
        sum.jobs_started += of("jobs_started");
        sum.cut_short += of("cut_short");
        sum.errors += of("errors");
        sum.github_calls += of("github_calls");
        sum.milliseconds += of("milliseconds");
        // The same things are left in each period.
        sum.left = of("left");
    }
}

/// Reads what was done since `since`.
///
/// # Errors
/// The log cannot be read. One that is not there yet holds nothing.
pub async fn read(fleet: &Fleet, since: DateTime<Utc>) -> Result<Report, ReadError> {
    let source = Source::Function(handler::RECONCILE.to_owned());
    let mut tail = Tail::new(fleet, &source, since, Some(PATTERN.to_owned()));
    let mut report = Report::default();
    match tail.next().await {
        Ok(lines) => report.add(&lines),
        // It has never been called.
        Err(ReadError::NoLog(_)) => {}
        Err(error) => return Err(error),
    }
    report.repairs.reverse();
    report.releases = released::read(fleet, since).await?;
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(second: i64, text: &str) -> Line {
        Line {
            at: DateTime::from_timestamp(second, 0).unwrap_or_default(),
            text: text.to_owned(),
            stream: String::new(),
        }
    }

    #[test]
    fn periods_are_added_up_and_what_is_left_is_the_last_one_s() {
        let mut report = Report::default();
        report.add(&[
            line(1, r#"{"level":"INFO","busy":false,"redriven":1,"left":2,"github_calls":3,"message":"reconciled","target":"reconcile"}"#),
            line(2, r#"{"message":"reconciled","busy":true,"redriven":9}"#),
            line(3, r#"{"message":"repaired","kind":"redriven","subject":"arn:x","job_id":7,"reason":null}"#),
            line(4, r#"{"message":"reconciled","busy":false,"redriven":2,"left":1,"github_calls":2,"later":true}"#),
            line(5, "not JSON"),
            line(6, r#"{"message":"reconcile failed"}"#),
        ]);
        assert_eq!(report.periods, 2);
        assert_eq!(report.last, DateTime::from_timestamp(4, 0));
        assert_eq!((report.sum.redriven, report.sum.left), (3, 1));
        assert_eq!(report.sum.github_calls, 5);
        assert_eq!(report.repairs.len(), 1);
        assert_eq!(report.repairs[0].job_id, Some(7));
        assert_eq!(report.repairs[0].at.timestamp(), 3);
    }
}
