//! `jit-runners cancel`: a job is served no more.

use crate::find;
use crate::output::{self, OutputFlag, plain};
use crate::setup::confirm;
use crate::target::Target;
use anyhow::Result;
use clap::Args;
use observe::cancel::{Cancelled, Options, cancel};
use observe::fleet::Fleet;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::process::ExitCode;

const WRONG_USAGE: u8 = 2;

#[derive(Debug, Args)]
pub(super) struct Cancel {
    #[command(flatten)]
    target: Target,
    /// The execution: ARN, name or its beginning, or the job: id, page, owner/repository/job name
    #[arg(value_name = "EXECUTION")]
    execution: String,
    /// Also where the job may be running: its runner is stopped, and the job ends with it
    #[arg(long)]
    even_if_running: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    output: OutputFlag,
}

impl Cancel {
    pub(super) async fn run(self) -> Result<ExitCode> {
        if !self.yes && !std::io::stdin().is_terminal() {
            eprintln!(
                "jit-runners: nobody can be asked whether to cancel, since standard input is no terminal: give --yes to cancel"
            );
            return Ok(ExitCode::from(WRONG_USAGE));
        }
        let fleet = Fleet::new(&self.target.config().await?, self.target.names());
        let arn = find::execution(&fleet, &self.execution).await?.arn;
        if !self.yes {
            let row = fleet.row(&arn).await?;
            let job = row.job().map_or(String::new(), |job| {
                format!(" of {} {}", plain(&job.repository), plain(&job.name))
            });
            let end = if self.even_if_running {
                ", and end the job where it runs"
            } else {
                ""
            };
            let question = format!("Cancel the execution {}{job}{end}?", plain(&row.name));
            if !confirm(&question).await? {
                eprintln!("jit-runners: nothing was cancelled");
                return Ok(ExitCode::FAILURE);
            }
        }
        let options = Options {
            even_if_running: self.even_if_running,
            by: "jit-runners cancel".to_owned(),
        };
        let cancelled = cancel(&fleet, &arn, &options).await?;
        if self.output.json() {
            output::json(&cancelled)?;
        } else {
            output::result(&text(&cancelled));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn text(of: &Cancelled) -> String {
    let job = of.job.as_ref().map_or(String::new(), |job| {
        format!(" of {} {}", plain(&job.repository), plain(&job.name))
    });
    let how = if of.ended_a_running_job {
        "its runner may have been at work, and its job was ended with it"
    } else {
        "no runner of it was at work"
    };
    let mut text = format!("Cancelled the execution {}{job}: {how}.\n", plain(&of.name));
    for left in &of.left {
        let _ = writeln!(text, "{}", plain(left));
    }
    let _ = writeln!(
        text,
        "The job still waits at GitHub: `jit-runners redrive {}` serves it after all, and so does a new event of it.",
        plain(&of.name)
    );
    text
}
