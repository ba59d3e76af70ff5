//! `jit-runners cost`: what jobs have cost, at list prices.

use crate::cost::{self, Told};
use crate::output::{self, OutputFlag};
use crate::progress::Progress;
use crate::span;
use crate::target::Target;
use anyhow::Result;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use clap::{Args, ValueEnum};
use observe::cost::{By, Window, read, report};
use observe::fleet::Fleet;
use std::process::ExitCode;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Group {
    Job,
    Repository,
    Size,
    Workflow,
}

#[derive(Debug, Args)]
pub(super) struct Cost {
    #[command(flatten)]
    target: Target,
    /// Executions started in this span: 90s, 30m, 2h, 7d
    #[arg(long, value_name = "SPAN", value_parser = span::parse, default_value = "7d", conflicts_with_all = ["from", "to"])]
    since: TimeDelta,
    /// Executions started since: 2026-11-01, or 2026-11-01T12:00:00Z
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    from: Option<DateTime<Utc>>,
    /// Executions started before
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    to: Option<DateTime<Utc>>,
    /// What is put together
    #[arg(long, value_enum, default_value = "repository", value_name = "WHAT")]
    by: Group,
    /// Only jobs of this repository
    #[arg(long, alias = "repository", value_name = "OWNER/NAME")]
    repo: Option<String>,
    /// At most so many lines, the most expensive first; the total is of all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// The prices of this region instead of the fleet's
    #[arg(long, value_name = "REGION")]
    region_prices: Option<String>,
    #[command(flatten)]
    output: OutputFlag,
}

impl Cost {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let fleet = Fleet::new(&self.target.config().await?, self.target.names());
        let by_moments = self.from.is_some() || self.to.is_some();
        let window = Window {
            from: if by_moments {
                self.from
            } else {
                Some(Utc::now() - self.since)
            },
            to: self.to,
            repository: self.repo.unwrap_or_default(),
        };
        let region = self
            .region_prices
            .unwrap_or_else(|| fleet.region().to_owned());
        let mut progress = Progress::new("Reading histories");
        let items = read(&fleet, &window, &region, |done, of| {
            if of > 0 {
                progress.set(done, of, "");
            }
        })
        .await;
        progress.end();
        let by = match self.by {
            Group::Job => By::Job,
            Group::Repository => By::Repository,
            Group::Size => By::Size,
            Group::Workflow => By::Workflow,
        };
        let report = report(&items?, by, self.limit, &region);
        let told = Told {
            from: window.from,
            to: window.to,
            region,
            report,
        };
        if self.output.json() {
            output::json(&told)?;
        } else {
            output::result(&cost::text(&told));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A day in UTC, or a moment.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.to_utc())
        .map_err(|_| {
            format!("{text:?} is no moment: give a day as 2026-11-01, or 2026-11-01T12:00:00Z")
        })
}
