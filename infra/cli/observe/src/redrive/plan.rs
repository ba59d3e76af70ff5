//! What would be redriven, and what would not, and why not.

use crate::fleet::{Fleet, ReadError};
use crate::job::Job;
use crate::row::Row;
use chrono::{DateTime, Utc};
use domain::names::failure;
use serde::Serialize;
use std::collections::BTreeSet;

/// The ends after which AWS redrives.
pub const STATUSES: [&str; 3] = ["FAILED", "TIMED_OUT", "ABORTED"];
/// The most executions that are looked through for each status.
const MOST: usize = 50_000;
/// Rows whose details are read together.
const SOME: usize = 50;

/// Which executions to look for; the default is all that ended badly.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Any of [`STATUSES`]; none is all of them.
    pub status: Vec<String>,
    /// Ended since.
    pub since: Option<DateTime<Utc>>,
    /// `owner/name`, in any case; empty is all.
    pub repository: String,
    /// The name of the error that it ended with; empty is all.
    pub error: String,
    /// The state that it ended in; empty is all.
    pub state: String,
    /// Also those that the policy rejected: only a changed policy helps them.
    pub include_rejected: bool,
    /// The most to redrive, the newest first; 0 is all.
    pub limit: usize,
}

/// What would be redriven.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Plan {
    /// These can be.
    pub eligible: Vec<Eligible>,
    /// These cannot.
    pub refused: Vec<Refused>,
    /// How many were left out because the policy rejected their jobs.
    pub rejected_left_out: usize,
    /// Whether the filter's limit was reached before its end.
    pub limited: bool,
}

/// An execution that can be redriven.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Eligible {
    /// The execution's ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `owner/name`; empty where the input names no job.
    pub repository: String,
    /// The job's name at GitHub.
    pub job: String,
    /// Its status, one of [`STATUSES`].
    pub status: String,
    /// The error that it ended with; empty where there is none.
    pub error: String,
    /// What that error says.
    pub message: String,
    /// When it ended.
    pub since: DateTime<Utc>,
    /// How often it was redriven before.
    pub redrive_count: u32,
}

/// An execution that cannot be redriven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The execution's ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Why not: one sentence.
    pub because: String,
}

impl Plan {
    /// The plan for these executions: ARNs or names. One that is named twice
    /// counts once, one that does not exist is refused.
    ///
    /// # Errors
    /// The fleet cannot be found. What one execution's reading fails with is its
    /// own refusal.
    pub async fn of(fleet: &Fleet, named: &[String]) -> Result<Self, ReadError> {
        let mut arns = Vec::new();
        let mut seen = BTreeSet::new();
        for named in named {
            let arn = fleet.arn(named).await?;
            if seen.insert(arn.clone()) {
                arns.push(arn);
            }
        }
        let mut plan = Self::default();
        for (arn, row) in fleet.rows(&arns).await {
            match row {
                Ok(row) => plan.add(&row),
                Err(error) => plan.refuse(&arn, error.to_string()),
            }
        }
        Ok(plan)
    }

    /// The plan for all executions that a filter asks for. `progress` is told
    /// how many were looked at, of how many.
    ///
    /// # Errors
    /// A list cannot be read.
    pub async fn find(
        fleet: &Fleet,
        filter: &Filter,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Self, ReadError> {
        let listed = filter.listed(fleet).await?;
        let (mut plan, mut looked) = (Self::default(), 0);
        for some in listed.chunks(SOME) {
            progress(looked, listed.len());
            for (arn, row) in fleet.rows(some).await {
                looked += 1;
                if filter.limit > 0 && plan.eligible.len() == filter.limit {
                    plan.limited = true;
                    continue;
                }
                match row {
                    Ok(row) if !filter.matches(&row) => {}
                    Ok(row) if rejected(&row) && !filter.include_rejected => {
                        plan.rejected_left_out += 1;
                    }
                    Ok(row) => plan.add(&row),
                    Err(error) => plan.refuse(&arn, error.to_string()),
                }
            }
            if plan.limited {
                break;
            }
        }
        progress(looked, listed.len());
        Ok(plan)
    }

    /// Takes a row with its details up.
    fn add(&mut self, row: &Row) {
        match because(row) {
            None => self.eligible.push(Eligible::of(row)),
            Some(because) => self.refuse(&row.arn, because),
        }
    }

    fn refuse(&mut self, arn: &str, because: String) {
        self.refused.push(Refused::new(arn, because));
    }
}

impl Filter {
    /// ARNs of what the lists alone cannot rule out, the newest first.
    async fn listed(&self, fleet: &Fleet) -> Result<Vec<String>, ReadError> {
        let mut rows = Vec::new();
        for status in STATUSES {
            if self.status.is_empty() || self.status.iter().any(|wanted| wanted == status) {
                rows.extend(fleet.list(Some(status), MOST, |_| true).await?);
            }
        }
        // A list goes by the start, and what was started long ago may have
        // ended, or been redriven, a moment ago.
        if let Some(since) = self.since {
            rows.retain(|row| row.stopped.unwrap_or(row.started) >= since);
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.started));
        Ok(rows.into_iter().map(|row| row.arn).collect())
    }

    fn matches(&self, row: &Row) -> bool {
        let details = row.details.as_ref();
        let is = |wanted: &str, found: Option<&String>| {
            wanted.is_empty() || found.is_some_and(|found| found == wanted)
        };
        let repository = row.job().map(|job| job.repository.as_str());
        (self.repository.is_empty()
            || repository.is_some_and(|found| found.eq_ignore_ascii_case(&self.repository)))
            && is(&self.error, details.and_then(|of| of.error.as_ref()))
            && is(&self.state, details.and_then(|of| of.state.as_ref()))
    }
}

impl Eligible {
    fn of(row: &Row) -> Self {
        let job = row.job();
        let text = |of: fn(&Job) -> &String| job.map(of).cloned().unwrap_or_default();
        let details = row.details.clone().unwrap_or_default();
        Self {
            arn: row.arn.clone(),
            name: row.name.clone(),
            repository: text(|job| &job.repository),
            job: text(|job| &job.name),
            status: row.status.clone(),
            error: details.error.unwrap_or_default(),
            message: details.message.unwrap_or_default(),
            since: row.stopped.unwrap_or(row.started),
            redrive_count: row.redrive_count,
        }
    }
}

impl Refused {
    pub(super) fn new(arn: &str, because: String) -> Self {
        Self {
            arn: arn.to_owned(),
            name: arn.rsplit(':').next().unwrap_or(arn).to_owned(),
            because,
        }
    }
}

/// Whether the policy rejected the job.
fn rejected(row: &Row) -> bool {
    let error = row
        .details
        .as_ref()
        .and_then(|details| details.error.as_deref());
    error == Some(failure::JOB_REJECTED)
}

/// Why a row cannot be redriven, in one sentence.
fn because(row: &Row) -> Option<String> {
    match row.status.as_str() {
        "RUNNING" => {
            return Some("It is running: there is nothing to redrive until it ends.".to_owned());
        }
        "SUCCEEDED" => {
            return Some("It succeeded: AWS redrives only what ended otherwise.".to_owned());
        }
        _ => {}
    }
    let details = row.details.as_ref()?;
    if details.redrivable {
        return None;
    }
    let aws = details
        .not_redrivable_because
        .as_deref()
        .unwrap_or("it gives no reason");
    Some(format!(
        "AWS does not redrive it: {}.",
        aws.trim_end_matches('.')
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Details;

    fn row(status: &str, details: Option<Details>) -> Row {
        Row {
            arn: "arn:aws:states:us-east-1:1:execution:f:one".to_owned(),
            name: "one".to_owned(),
            status: status.to_owned(),
            started: DateTime::UNIX_EPOCH,
            stopped: None,
            redrive_count: 0,
            redriven: None,
            details,
        }
    }

    #[test]
    fn each_refusal_has_its_reason() {
        let aws = Details {
            redrivable: false,
            not_redrivable_because: Some(
                "Execution is beyond the 14 day redrivable period.".to_owned(),
            ),
            ..Details::default()
        };
        for (row, words) in [
            (row("RUNNING", None), "It is running"),
            (row("SUCCEEDED", None), "It succeeded"),
            (
                row("FAILED", Some(aws)),
                "beyond the 14 day redrivable period.",
            ),
            (
                row("FAILED", Some(Details::default())),
                "it gives no reason.",
            ),
        ] {
            let mut plan = Plan::default();
            plan.add(&row);
            assert!(plan.eligible.is_empty());
            assert_eq!(plan.refused[0].name, "one");
            let because = &plan.refused[0].because;
            assert!(
                because.contains(words) && !because.contains(".."),
                "{because}"
            );
        }
    }

    #[test]
    fn all_ends_but_success_are_eligible_where_aws_says_so() {
        for status in STATUSES {
            let mut plan = Plan::default();
            let redrivable = Details {
                redrivable: true,
                ..Details::default()
            };
            plan.add(&row(status, Some(redrivable)));
            assert_eq!(plan.refused, []);
            assert_eq!(plan.eligible[0].status, status);
        }
    }
}
