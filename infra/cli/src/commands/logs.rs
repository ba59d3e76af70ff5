//! `jit-runners logs`: what a job's tasks or the functions wrote.

use crate::logs::{self, Asked, Which};
use crate::output::OutputFlag;
use crate::signals::Signals;
use crate::target::Target;
use crate::{find, span};
use anyhow::Result;
use chrono::{TimeDelta, Utc};
use clap::{Args, ValueEnum};
use domain::names::handler;
use observe::fleet::Fleet;
use std::process::ExitCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SourceFlag {
    /// The runner's container
    Task,
    /// The functions: the lines that carry the job's id
    Function,
}

#[derive(Debug, Args)]
pub(super) struct Logs {
    /// The job or its execution, as `show` takes them
    #[arg(value_name = "JOB|EXECUTION", required_unless_present = "function")]
    what: Option<String>,
    #[command(flatten)]
    target: Target,
    /// The log of this function instead
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(handler::ALL))]
    function: Option<String>,
    /// Whose log
    #[arg(long, value_enum, default_value_t = SourceFlag::Task, conflicts_with = "function")]
    source: SourceFlag,
    /// Go on until the execution has ended and the log is quiet
    #[arg(long, short)]
    follow: bool,
    /// Only lines of this span: 90s, 30m, 2h, 7d; from the execution's start on, or of the last hour, where it is not given
    #[arg(long, value_name = "SPAN", value_parser = span::parse)]
    since: Option<TimeDelta>,
    /// Only lines that this CloudWatch Logs filter pattern matches
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,
    #[command(flatten)]
    output: OutputFlag,
}

impl Logs {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let mut signals = Signals::listen()?;
        let follow = self.follow;
        tokio::select! {
            done = self.write() => done?,
            () = signals.asked_to_end(), if follow => {}
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn write(self) -> Result<()> {
        let fleet = Fleet::new(&self.target.config().await?, self.target.names());
        let execution = match &self.what {
            Some(what) => Some(find::execution(&fleet, what).await?.arn),
            None => None,
        };
        let asked = Asked {
            execution,
            which: match (self.function, self.source) {
                (Some(name), _) => Which::Function(name),
                (None, SourceFlag::Function) => Which::Functions,
                (None, SourceFlag::Task) => Which::Tasks,
            },
            pattern: self.filter,
            since: self.since.map(|since| Utc::now() - since),
            follow: self.follow,
            json: self.output.json(),
        };
        logs::write(&fleet, &asked).await
    }
}
