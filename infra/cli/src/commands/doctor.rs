//! `jit-runners doctor`: is this deployment as it should be?

use crate::doctor::{self, Status};
use crate::output;
use crate::target::Target;
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::io::IsTerminal as _;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    target: Target,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = Output::Text, value_name = "FORMAT")]
    output: Output,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Output {
    Text,
    Json,
}

impl Doctor {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let report = doctor::examine(&self.target).await?;
        output::result(&match self.output {
            Output::Json => report.json()?,
            Output::Text => report.text(colours()),
        });
        Ok(if report.count(Status::Wrong) == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// On a terminal, unless NO_COLOR is set (no-color.org).
fn colours() -> bool {
    std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
