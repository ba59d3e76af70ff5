//! `jit-runners show`: one job's execution.

use crate::find;
use crate::output::{self, OutputFlag};
use crate::show::{Drawn, Links, Shown};
use crate::target::Target;
use anyhow::{Context as _, Result};
use clap::Args;
use observe::fleet::Fleet;
use std::path::PathBuf;
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
    /// Write the graph, coloured by state, to this file as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Leave the graph out
    #[arg(long)]
    no_graph: bool,
    #[command(flatten)]
    output: OutputFlag,
}

impl Show {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let fleet = Fleet::new(&self.target.config().await?, self.target.names());
        let found = find::execution(&fleet, &self.what).await?;
        let execution = fleet.execution(&found.arn).await?;
        let wanted = self.svg.is_some() || !(self.no_graph || self.output.json());
        let drawn = if wanted {
            match Drawn::of(&fleet, &execution).await {
                Ok(drawn) => Some(drawn),
                Err(error) if self.svg.is_some() => return Err(error),
                Err(error) => {
                    eprintln!("The graph is left out: {error:#}");
                    None
                }
            }
        } else {
            None
        };
        if let (Some(file), Some(drawn)) = (&self.svg, &drawn) {
            std::fs::write(file, drawn.svg()).with_context(|| {
                format!(
                    "the graph cannot be written to {}: give --svg a file that you may write",
                    file.display()
                )
            })?;
        }
        let width = output::width();
        let colour = output::colours();
        let shown = Shown {
            graph: drawn
                .filter(|_| !self.no_graph)
                .map(|drawn| drawn.text(width, colour)),
            links: Links::of(&fleet, &execution, self.console_url.as_deref()),
            cost: observe::cost::of(&execution.timeline, fleet.region()),
            execution,
            found,
        };
        if self.output.json() {
            output::json(&shown.json())?;
        } else {
            output::result(&shown.text(width, colour));
        }
        Ok(ExitCode::SUCCESS)
    }
}
