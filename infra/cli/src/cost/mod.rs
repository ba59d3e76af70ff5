//! What `jit-runners cost` tells.

use crate::output::{colours, plain, width};
use crate::span;
use crate::table::{self, Column, Line};
use chrono::{DateTime, TimeDelta, Utc};
use observe::cost::{By, Report};
use serde::Serialize;
use std::fmt::Write as _;

/// The result, as programs get it too.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    /// Executions started since.
    pub(crate) from: Option<DateTime<Utc>>,
    /// Executions started before.
    pub(crate) to: Option<DateTime<Utc>>,
    /// The region whose prices were asked for.
    pub(crate) region: String,
    /// What they cost.
    #[serde(flatten)]
    pub(crate) report: Report,
}

/// The result for people.
pub(crate) fn text(of: &Told) -> String {
    let report = &of.report;
    let mut text = String::new();
    if !report.groups.is_empty() {
        let name = match report.by {
            By::Job => "JOB",
            By::Repository => "REPOSITORY",
            By::Size => "SIZE",
            By::Workflow => "WORKFLOW",
        };
        let columns = [
            column(name, true),
            column("EXECUTIONS", false),
            column("TASKS", false),
            column("BILLED", false),
            column("USD", false),
            column("%", false),
        ];
        let lines: Vec<Line> = report
            .groups
            .iter()
            .map(|group| Line {
                cells: vec![
                    plain(&group.name),
                    group.executions.to_string(),
                    group.tasks.to_string(),
                    billed(group.billed_seconds),
                    format!("{:.6}", group.usd),
                    format!("{:.1}", group.percent),
                ],
                ..Line::default()
            })
            .collect();
        text.push_str(&table::text(&columns, &lines, width(), colours()));
    }
    let hidden = report.groups_in_all - report.groups.len();
    if hidden > 0 {
        let _ = writeln!(text, "{hidden} more, cheaper, are not shown (--limit).");
    }
    let _ = writeln!(
        text,
        "Together: {:.6} USD for {} executions{}, at the list prices of {} without tax, free tiers or discounts.",
        report.total_usd,
        report.executions,
        when(of),
        report.prices_of
    );
    if !report.region_known {
        let _ = writeln!(
            text,
            "The table of prices does not have {}: --region-prices takes one of {}.",
            plain(&of.region),
            observe::prices::regions().join(", ")
        );
    }
    for (count, what) in [
        (report.unfinished, "still run: more is to come."),
        (
            report.without_task,
            "had no task, and cost their transitions only.",
        ),
        (
            report.unknown_tasks as usize,
            "tasks were started whose usage nobody told; they are not in it.",
        ),
    ] {
        if count > 0 {
            let _ = writeln!(text, "{count} {what}");
        }
    }
    text
}

const fn column(name: &'static str, cut: bool) -> Column {
    Column {
        name,
        dispensable: 0,
        cut,
    }
}

fn billed(seconds: u64) -> String {
    span::text(TimeDelta::seconds(
        i64::try_from(seconds).unwrap_or(i64::MAX / 1000),
    ))
}

fn when(of: &Told) -> String {
    let mut text = String::new();
    if of.from.is_some() || of.to.is_some() {
        text.push_str(" started");
    }
    if let Some(from) = of.from {
        let _ = write!(text, " since {}", span::moment(from));
    }
    if let Some(to) = of.to {
        let _ = write!(text, " before {}", span::moment(to));
    }
    text
}
