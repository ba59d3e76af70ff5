//! `jit-runners jobs`: what runs, what waits and why, what ended how.

use crate::jobs::{self, Look, Selection};
use crate::output::{self, OutputFlag};
use crate::span;
use crate::target::Target;
use anyhow::Result;
use chrono::{TimeDelta, Utc};
use clap::Args;
use observe::board::Filter;
use observe::fleet::Fleet;
use observe::waiting::Kind;
use std::process::ExitCode;

/// Step Functions' statuses.
const STATUSES: [&str; 5] = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"];

#[derive(Debug, Args)]
pub(super) struct Jobs {
    #[command(flatten)]
    target: Target,
    /// Show the list again and again until Ctrl-C
    #[arg(long)]
    watch: bool,
    /// Only executions of these statuses: running, succeeded, failed, timed_out, aborted
    #[arg(long, value_delimiter = ',', value_parser = status, value_name = "STATUS")]
    status: Vec<String>,
    /// Only jobs of this repository, or of those that begin with it
    #[arg(
        long,
        alias = "repository",
        value_name = "OWNER/NAME",
        default_value = "",
        hide_default_value = true
    )]
    repo: String,
    /// Only jobs with this label
    #[arg(
        long,
        value_name = "LABEL",
        default_value = "",
        hide_default_value = true
    )]
    label: String,
    /// Only jobs with this text in their name
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    job: String,
    /// Only executions that did not end well, or that ended with this error
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    error: Option<String>,
    /// Only jobs that wait for this, for example capacity or github_unavailable
    #[arg(long, value_name = "KIND", value_parser = kind, default_value = "", hide_default_value = true)]
    waiting_for: String,
    /// Only what runs, or was started in this span: 90s, 30m, 2h, 7d
    #[arg(long, value_name = "SPAN", value_parser = span::parse)]
    since: Option<TimeDelta>,
    /// The most jobs besides the running ones
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    /// Cut nothing: whole ids, whole sentences
    #[arg(long)]
    no_trunc: bool,
    #[command(flatten)]
    output: OutputFlag,
}

impl Jobs {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let fleet = Fleet::new(&self.target.config().await?, self.target.names());
        let selection = Selection {
            filter: Filter {
                status: self.status,
                repository: self.repo,
                label: self.label,
                error: self.error.clone().unwrap_or_default(),
                kind: self.waiting_for,
                ..Filter::default()
            },
            job: self.job,
            failed: self.error.is_some(),
            since: self.since.map(|since| Utc::now() - since),
            limit: self.limit,
        };
        if self.watch {
            jobs::watch(fleet, &selection, self.output.json(), self.no_trunc).await?;
            return Ok(ExitCode::SUCCESS);
        }
        let rows = jobs::select(&fleet, &selection).await?;
        if self.output.json() {
            output::json(&serde_json::json!({ "jobs": rows }))?;
        } else {
            let look = Look {
                width: output::width(),
                colour: output::colours(),
                whole: self.no_trunc,
            };
            output::result(&jobs::text(&rows, Utc::now(), look));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// AWS's word for a person's.
fn status(word: &str) -> Result<String, String> {
    let status = word.trim().to_ascii_uppercase().replace('-', "_");
    if STATUSES.contains(&status.as_str()) {
        return Ok(status);
    }
    Err("give running, succeeded, failed, timed_out or aborted".to_owned())
}

/// A kind of reason by its word.
fn kind(word: &str) -> Result<String, String> {
    if word.is_empty() || Kind::ALL.iter().any(|kind| kind.word() == word) {
        return Ok(word.to_owned());
    }
    let all: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
    Err(format!("give one of {}", all.join(", ")))
}
