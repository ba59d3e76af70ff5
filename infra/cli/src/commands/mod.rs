//! The command line: one file a command.

mod cancel;
mod completions;
mod console;
mod cost;
mod demo;
mod doctor;
mod history;
mod jobs;
mod logs;
mod man;
mod reconciled;
mod redrive;
mod setup;
mod show;
mod smoke;
mod up;
mod usage;

pub(crate) use up::how_to_reach;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// What the exit codes mean, at the end of the help and of every page of the manual.
const EXIT_CODES: &str = "Exit codes:\n  0  done\n  1  it failed, something is wrong, or what was asked for is not there\n  2  wrong usage";

/// GitHub Actions runners on AWS Fargate: one right-sized, single-use,
/// verified-gone runner for each queued job.
#[derive(Debug, Parser)]
#[command(name = "jit-runners", version, after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create the GitHub App, store its key and secret, and set its webhook
    Setup(setup::Setup),
    /// Start the local place: AWS, as far as jit-runners uses it, on one loopback port
    Up(up::Up),
    /// Run a workflow's queued jobs on the local place and show what was observed
    Demo(demo::Demo),
    /// Test a deployment: a throw-away workflow, or a synthetic event, with the demo's evidence
    Smoke(smoke::Smoke),
    /// Read a deployment and say what is right, what is wrong and how to mend it
    Doctor(doctor::Doctor),
    /// List jobs: where each stands, why it waits, how it ended
    Jobs(jobs::Jobs),
    /// Show one job: its execution's states, attempts and errors, and what to do next
    Show(show::Show),
    /// List the events of an execution
    History(history::History),
    /// Show what a job's tasks or the functions wrote
    Logs(logs::Logs),
    /// Redrive executions that failed, were stopped or timed out: their jobs are served after all
    Redrive(redrive::Redrive),
    /// Stop serving a job, without ending it where it runs
    Cancel(cancel::Cancel),
    /// Say what was lost or left behind, and was found and mended without a person
    Reconciled(reconciled::ReconciledCommand),
    /// Say what jobs have cost, from their executions' histories, at list prices
    Cost(cost::Cost),
    /// Serve a web page that shows the fleet's jobs, their executions and graphs, and redrives them
    Console(console::Console),
    /// Print what a shell completes words with
    Completions(completions::Completions),
    /// Print the manual
    Man(man::Man),
}

impl Arguments {
    /// The arguments of this process; prints what is wrong with them, or the
    /// help that they ask for, and gives the exit code then.
    ///
    /// # Errors
    /// 0 for help and version, 2 for wrong usage.
    pub fn read() -> Result<Self, ExitCode> {
        Self::try_parse().map_err(|error| usage::answer(&error))
    }

    /// Runs the command. Exit codes: 0 done; 1 it failed, or an expected result
    /// was not observed; 2 wrong usage.
    pub async fn run(self) -> ExitCode {
        let done = match self.command {
            Command::Setup(setup) => setup.run().await,
            Command::Up(up) => up.run().await,
            Command::Demo(demo) => demo.run().await,
            Command::Smoke(smoke) => smoke.run().await,
            Command::Doctor(doctor) => doctor.run().await,
            Command::Jobs(jobs) => jobs.run().await,
            Command::Show(show) => show.run().await,
            Command::History(history) => history.run().await,
            Command::Logs(logs) => logs.run().await,
            Command::Console(console) => console.run().await,
            Command::Completions(completions) => completions.run(),
            Command::Man(man) => man.run(),
            Command::Redrive(redrive) => redrive.run().await,
            Command::Cancel(cancel) => cancel.run().await,
            Command::Cost(cost) => cost.run().await,
            Command::Reconciled(reconciled) => reconciled.run().await,
        };
        done.unwrap_or_else(|error| {
            eprintln!("jit-runners: {error:#}");
            ExitCode::FAILURE
        })
    }
}
