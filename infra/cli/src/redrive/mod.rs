//! What `jit-runners redrive` tells: the table before, the progress, and one
//! summary at the end.

use crate::output::{colours, plain, width};
use crate::span;
use crate::table::{self, Column, Line};
use chrono::{DateTime, Utc};
use observe::redrive::{Eligible, Plan, Progress, Refused, Summary};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Names that a line about many executions gives at most.
const NAMED: usize = 3;

/// The result, as programs get it too.
#[derive(Debug, Serialize)]
pub(crate) struct Result {
    /// Nothing was changed, as asked.
    pub(crate) dry_run: bool,
    /// All that was to be redriven was and, where waited for, ended well.
    pub(crate) well: bool,
    /// What was found.
    pub(crate) plan: Plan,
    /// What came of it; nothing where nothing was redriven.
    pub(crate) summary: Option<Summary>,
}

impl Result {
    /// A dry run, or nothing to redrive. What was named and cannot be redriven
    /// is a failure; what was found and cannot is only told.
    pub(crate) fn nothing_done(plan: Plan, dry_run: bool, found: bool) -> Self {
        Self {
            dry_run,
            well: found || plan.refused.is_empty(),
            plan,
            summary: None,
        }
    }

    /// Something was redriven.
    pub(crate) fn done(plan: Plan, summary: Summary, found: bool) -> Self {
        Self {
            dry_run: false,
            well: summary.all_well() && (found || plan.refused.is_empty()),
            plan,
            summary: Some(summary),
        }
    }

    /// The result for people.
    pub(crate) fn text(&self, now: DateTime<Utc>) -> String {
        let mut text = String::new();
        let count = self.plan.eligible.len();
        match &self.summary {
            Some(summary) => summarize(&mut text, summary),
            None if count == 0 => text.push_str("There is nothing to redrive.\n"),
            None => {
                text.push_str(&table(&self.plan.eligible, now, colours()));
                let _ = writeln!(
                    text,
                    "{} would be redriven; nothing was changed.",
                    executions(count)
                );
            }
        }
        refusals(&mut text, "Cannot be redriven", &self.plan.refused);
        if self.plan.rejected_left_out > 0 {
            let _ = writeln!(
                text,
                "Left out: {} rejected by the policy, which only a changed policy helps (--include-rejected).",
                executions(self.plan.rejected_left_out)
            );
        }
        if self.plan.limited {
            text.push_str("The limit was reached: more may be left.\n");
        }
        text
    }
}

fn summarize(text: &mut String, summary: &Summary) {
    let _ = write!(text, "Redriven: {} of {}", summary.redriven, summary.of);
    if !summary.waited {
        text.push_str(". Nobody waited for their ends (--wait).\n");
    } else {
        let mut ends = outcomes(summary);
        if !summary.failed.is_empty() {
            ends.push(format!("{} failed again", summary.failed.len()));
        }
        if !summary.running.is_empty() {
            ends.push(format!("{} still running", summary.running.len()));
        }
        let ends = if ends.is_empty() {
            "none ended".to_owned()
        } else {
            ends.join(", ")
        };
        let _ = writeln!(text, "; {ends}, in {:.1} s.", summary.seconds);
    }
    refusals(text, "Not redriven", &summary.refused);
    for failed in &summary.failed {
        let _ = writeln!(
            text,
            "Failed again: {} {} ({}) with {}: {}",
            plain(&failed.repository),
            plain(&failed.job),
            plain(&failed.name),
            plain(&failed.error),
            plain(&failed.message)
        );
    }
}

/// What came of those that ended well.
fn outcomes(summary: &Summary) -> Vec<String> {
    let mut ends = Vec::new();
    let elsewhere = summary.outcomes.get("served_elsewhere").copied();
    if summary.served > 0 {
        let by = elsewhere.map_or(String::new(), |count| {
            format!(" ({count} by another runner)")
        });
        ends.push(format!("{} served{by}", summary.served));
    }
    let others = summary
        .outcomes
        .iter()
        .filter(|(outcome, _)| !matches!(outcome.as_str(), "served" | "served_elsewhere"));
    ends.extend(others.map(|(outcome, count)| format!("{count} {}", plain(outcome))));
    ends
}

/// One line for each reason.
fn refusals(text: &mut String, what: &str, refused: &[Refused]) {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in refused {
        reasons.entry(&one.because).or_default().push(&one.name);
    }
    for (because, names) in reasons {
        let shown: Vec<String> = names.iter().take(NAMED).map(|name| plain(name)).collect();
        let more = names.len() - shown.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "{what}: {}{more}: {}",
            shown.join(", "),
            plain(because)
        );
    }
}

fn executions(count: usize) -> String {
    match count {
        1 => "1 execution".to_owned(),
        count => format!("{count} executions"),
    }
}

/// How a redrive goes, beside its bar.
pub(crate) fn how(now: &Progress) -> String {
    [
        (now.served, "served"),
        (now.ended_otherwise, "ended otherwise"),
        (now.failed, "failed again"),
        (now.running, "running"),
        (now.refused.len(), "refused"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect::<Vec<_>>()
    .join(", ")
}

const COLUMNS: [Column; 6] = [
    column("REPOSITORY", 0, true),
    column("JOB", 0, true),
    column("ERROR", 0, true),
    column("ENDED", 1, false),
    column("REDRIVEN", 2, false),
    column("EXECUTION", 3, false),
];

const fn column(name: &'static str, dispensable: u8, cut: bool) -> Column {
    Column {
        name,
        dispensable,
        cut,
    }
}

/// What will be redriven.
pub(crate) fn table(eligible: &[Eligible], now: DateTime<Utc>, colour: bool) -> String {
    let lines: Vec<Line> = eligible
        .iter()
        .map(|one| Line {
            cells: vec![
                plain(&one.repository),
                plain(&one.job),
                plain(if one.error.is_empty() {
                    &one.status
                } else {
                    &one.error
                }),
                format!("{} ago", span::text(now - one.since)),
                format!("{}×", one.redrive_count),
                plain(&one.name),
            ],
            ..Line::default()
        })
        .collect();
    table::text(&COLUMNS, &lines, width(), colour)
}
