//! `jit-runners reconciled`: what was found and mended without a person.

use crate::output::{self, OutputFlag, colours, plain, width};
use crate::span;
use crate::table::{self, Column, Line};
use crate::target::Target;
use anyhow::Result;
use chrono::{TimeDelta, Utc};
use clap::Args;
use observe::fleet::Fleet;
use observe::reconciled::{Repair, Report, read};
use observe::released::Release;
use std::fmt::Write as _;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct ReconciledCommand {
    #[command(flatten)]
    target: Target,
    /// What was done in this span: 90s, 30m, 2h, 7d
    #[arg(long, value_name = "SPAN", value_parser = span::parse, default_value = "1d")]
    since: TimeDelta,
    /// At most so many lines of each kind, the newest first; the counts are of all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    output: OutputFlag,
}

impl ReconciledCommand {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let fleet = Fleet::new(&self.target.config().await?, self.target.names());
        let mut report = read(&fleet, Utc::now() - self.since).await?;
        report.repairs.truncate(self.limit);
        report.releases.truncate(self.limit);
        if self.output.json() {
            output::json(&report)?;
        } else {
            output::result(&text(&report, self.since));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn text(report: &Report, since: TimeDelta) -> String {
    let span = span::text(since);
    let mut text = table_of(report);
    let Some(last) = report.last else {
        let _ = writeln!(
            text,
            "No period of reconcile in the last {span}: is its schedule enabled? `jit-runners doctor` looks at the function."
        );
        return text;
    };
    let sum = &report.sum;
    let _ = writeln!(
        text,
        "{} periods in the last {span}, the last one at {}: {} deliveries sent again, {} dead letters replayed, {} executions redriven, {} tasks stopped, {} runners deleted, {} jobs started; {} claims and {} expired items removed.",
        report.periods,
        span::moment(last),
        sum.redelivered,
        sum.replayed,
        sum.redriven,
        sum.tasks_stopped,
        sum.runners_deleted,
        sum.jobs_started,
        sum.claims_removed,
        sum.expired_removed,
    );
    let _ = writeln!(
        text,
        "{} left to a person, {} errors, {} steps cut short, {} calls to GitHub.",
        sum.left, sum.errors, sum.cut_short, sum.github_calls
    );
    text
}

/// All things, the newest first; nothing where there are none.
fn table_of(report: &Report) -> String {
    let repairs = report
        .repairs
        .iter()
        .map(|repair| (repair.at, line(repair)));
    let releases = report.releases.iter();
    let releases = releases.map(|release| (release.at, release_line(release)));
    let mut lines: Vec<_> = repairs.chain(releases).collect();
    if lines.is_empty() {
        return String::new();
    }
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    let columns = [
        column("WHEN", 0),
        column("WHAT", 0),
        column("SUBJECT", 0),
        column("JOB", 2),
        column("REPOSITORY", 3),
        column("WHY", 1),
    ];
    let mut text = table::text(&columns, &lines, width(), colours());
    text.push('\n');
    text
}

fn release_line(release: &Release) -> Line {
    Line {
        cells: vec![
            span::moment(release.at),
            "released".to_owned(),
            plain(&release.outcome),
            release.job_id.to_string(),
            plain(&release.repository),
            release.reason.to_owned(),
        ],
        ..Line::default()
    }
}

fn line(repair: &Repair) -> Line {
    let job = repair.job_id.map(|id| id.to_string());
    Line {
        cells: vec![
            span::moment(repair.at),
            plain(&repair.kind),
            plain(repair.subject.rsplit([':', '/']).next().unwrap_or_default()),
            job.unwrap_or_default(),
            plain(repair.repository.as_deref().unwrap_or_default()),
            plain(repair.reason.as_deref().unwrap_or_default()),
        ],
        ..Line::default()
    }
}

fn column(name: &'static str, dispensable: u8) -> Column {
    Column {
        name,
        dispensable,
        cut: true,
    }
}
