//! `jit-runners history`: the events of an execution.

use crate::history;
use crate::output::{self, OutputFlag};
use crate::target::Target;
use crate::{find, history::Told};
use anyhow::{Result, bail};
use clap::Args;
use observe::fleet::Fleet;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct History {
    /// The execution: its ARN, its name or the beginning of it; or the job
    #[arg(value_name = "EXECUTION")]
    execution: String,
    #[command(flatten)]
    target: Target,
    /// The newest first
    #[arg(long)]
    reverse: bool,
    /// With everything that the events carry
    #[arg(long)]
    full: bool,
    /// Only events of this state
    #[arg(long, value_name = "NAME")]
    state: Option<String>,
    /// Only events with an error
    #[arg(long)]
    errors: bool,
    #[command(flatten)]
    output: OutputFlag,
}

impl History {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let fleet = Fleet::new(&self.target.config().await?, self.target.names());
        let found = find::execution(&fleet, &self.execution).await?;
        let execution = fleet.execution(&found.arn).await?;
        let began = execution.row.started;
        let mut told = history::told(execution.events);
        if let Some(state) = &self.state {
            let all: Vec<&Told> = told.iter().filter(|one| one.state == *state).collect();
            if all.is_empty() {
                bail!(
                    "The execution {} has no event of a state {state:?}: `jit-runners show` lists the states that it visited.",
                    execution.row.name
                );
            }
            told.retain(|one| one.state == *state);
        }
        if self.errors {
            told.retain(|one| one.event.details.error.is_some());
        }
        if self.reverse {
            told.reverse();
        }
        if self.output.json() {
            let events: Vec<_> = told.into_iter().map(|one| one.event).collect();
            output::json(&serde_json::json!({
                "execution": execution.row.name,
                "arn": execution.row.arn,
                "events": events,
            }))?;
        } else {
            let width = output::width().filter(|_| !self.full);
            let colour = output::colours();
            output::result(&history::text(&told, began, self.full, width, colour));
        }
        Ok(ExitCode::SUCCESS)
    }
}
