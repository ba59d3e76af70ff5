//! `jit-runners redrive`: jobs whose executions ended badly are served after all.

use crate::find;
use crate::output::{self, OutputFlag};
use crate::progress::Progress;
use crate::redrive::{self, Result as Told};
use crate::setup::confirm;
use crate::span;
use crate::target::Target;
use anyhow::Result;
use chrono::{TimeDelta, Utc};
use clap::{ArgGroup, Args};
use observe::fleet::Fleet;
use observe::redrive::{Filter, Options, Plan, Refused, run};
use std::io::IsTerminal as _;
use std::process::ExitCode;

const WRONG_USAGE: u8 = 2;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").args(["execution", "failed"]).required(true))]
pub(super) struct Redrive {
    #[command(flatten)]
    target: Target,
    /// The executions: ARN, name or its beginning, or the job: id, page, owner/repository/job name
    #[arg(value_name = "EXECUTION")]
    execution: Vec<String>,
    /// All that failed, timed out or were stopped, save those that the policy rejected
    #[arg(long)]
    failed: bool,
    /// Only those that ended in this span: 90s, 30m, 2h, 7d
    #[arg(long, value_name = "SPAN", value_parser = span::parse, conflicts_with = "execution")]
    since: Option<TimeDelta>,
    /// Only those of this repository
    #[arg(
        long,
        alias = "repository",
        value_name = "OWNER/NAME",
        conflicts_with = "execution"
    )]
    repo: Option<String>,
    /// Only those that ended with this error, for example GitHubRefused
    #[arg(long, value_name = "NAME", conflicts_with = "execution")]
    error: Option<String>,
    /// Only those that ended in this state, for example Mint
    #[arg(long, value_name = "NAME", conflicts_with = "execution")]
    state: Option<String>,
    /// Also those that the policy rejected: it must allow them by now
    #[arg(long, conflicts_with = "execution")]
    include_rejected: bool,
    /// At most so many, the newest first
    #[arg(long, value_name = "N", conflicts_with = "execution", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Show what would be redriven, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Wait until all have ended, and say how
    #[arg(long)]
    wait: bool,
    /// Wait no longer than this span; what still runs goes on
    #[arg(long, value_name = "SPAN", value_parser = span::parse, requires = "wait")]
    timeout: Option<TimeDelta>,
    #[command(flatten)]
    output: OutputFlag,
}

impl Redrive {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let ask = !self.yes && !self.dry_run;
        if ask && !std::io::stdin().is_terminal() {
            eprintln!(
                "jit-runners: nobody can be asked whether to redrive, since standard input is no terminal: give --yes to redrive, or --dry-run to see what would be"
            );
            return Ok(ExitCode::from(WRONG_USAGE));
        }
        let fleet = Fleet::new(&self.target.config().await?, self.target.names());
        let plan = self.plan(&fleet).await?;
        if self.dry_run || plan.eligible.is_empty() {
            return self.tell(&Told::nothing_done(plan, self.dry_run, self.failed));
        }
        eprint!("{}", redrive::table(&plan.eligible, Utc::now(), false));
        let count = plan.eligible.len();
        let question = if count == 1 {
            "Redrive this execution?".to_owned()
        } else {
            format!("Redrive these {count} executions?")
        };
        if ask && !confirm(&question).await? {
            eprintln!("jit-runners: nothing was redriven");
            return Ok(ExitCode::FAILURE);
        }
        let mut options = Options::of(&fleet, self.wait);
        options.timeout = self.timeout.and_then(|timeout| timeout.to_std().ok());
        let mut progress = Progress::new("Redriving");
        let summary = run(&fleet, &plan, options, |now| {
            progress.set(now.done, now.of, &redrive::how(now));
        })
        .await;
        progress.end();
        self.tell(&Told::done(plan, summary?, self.failed))
    }

    async fn plan(&self, fleet: &Fleet) -> Result<Plan> {
        if !self.failed {
            return self.named(fleet).await;
        }
        let filter = Filter {
            status: Vec::new(),
            since: self.since.map(|since| Utc::now() - since),
            repository: self.repo.clone().unwrap_or_default(),
            error: self.error.clone().unwrap_or_default(),
            state: self.state.clone().unwrap_or_default(),
            include_rejected: self.include_rejected,
            limit: self.limit.map_or(0, |limit| limit as usize),
        };
        let mut progress = Progress::new("Looking");
        let plan = Plan::find(fleet, &filter, |done, of| {
            if of > 0 {
                progress.set(done, of, "");
            }
        })
        .await;
        progress.end();
        Ok(plan?)
    }

    /// The plan for what was named; what cannot be found is refused in it.
    async fn named(&self, fleet: &Fleet) -> Result<Plan> {
        fleet.machine().await?;
        let (mut arns, mut unknown) = (Vec::new(), Vec::new());
        for words in &self.execution {
            match find::execution(fleet, words).await {
                Ok(found) => arns.push(found.arn),
                Err(error) => unknown.push(Refused {
                    arn: words.clone(),
                    name: words.clone(),
                    because: format!("{error:#}"),
                }),
            }
        }
        let mut plan = Plan::of(fleet, &arns).await?;
        plan.refused.extend(unknown);
        Ok(plan)
    }

    fn tell(&self, told: &Told) -> Result<ExitCode> {
        if self.output.json() {
            output::json(told)?;
        } else {
            output::result(&told.text(Utc::now()));
        }
        Ok(if told.well {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
