//! `jit-runners show`: one job's execution.

use crate::find;
use crate::output::{self, OutputFlag};
use crate::show::{Links, Shown};
use crate::target::Target;
use anyhow::Result;
use clap::Args;
use observe::fleet::Fleet;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Show {
    /// GitHub's job id, the job's page, or owner/repository/job name; or the execution's ARN, name or the first 8 characters of it
    #[arg(value_name = "JOB|EXECUTION")]
    what: String,
    #[command(flatten)]
    target: Target,
    /// Where `jit-runners console` is, for a link to the execution's page
    #[arg(long, env = "JIT_RUNNERS_CONSOLE", value_name = "URL")]
    console_url: Option<String>,
    #[command(flatten)]
    output: OutputFlag,
}

impl Show {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let fleet = Fleet::new(&self.target.config().await?, self.target.names());
        let found = find::execution(&fleet, &self.what).await?;
        let execution = fleet.execution(&found.arn).await?;
        let shown = Shown {
            links: Links::of(&fleet, &execution, self.console_url.as_deref()),
            cost: observe::cost::of(&execution.timeline, fleet.region()),
            execution,
            found,
        };
        if self.output.json() {
            output::json(&shown.json())?;
        } else {
            output::result(&shown.text(output::width(), output::colours()));
        }
        Ok(ExitCode::SUCCESS)
    }
}
