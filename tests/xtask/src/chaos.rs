//! `cargo xtask chaos`: seeded runs of the whole system in virtual time.

use crate::run::{self, cargo};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// What is run.
#[derive(Args)]
pub(crate) struct Chaos {
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Jobs a seed
    #[arg(long, default_value_t = 500)]
    jobs: u64,
    /// Write the trace of a single seed here
    #[arg(long)]
    trace: Option<PathBuf>,
    /// Instead of seeds, the rows of the matrix whose names contain this
    #[arg(long)]
    row: Option<String>,
    /// Build with optimisation first: worth it for hundreds of seeds
    #[arg(long)]
    optimised: bool,
}

impl Chaos {
    /// What `nightly` runs.
    pub(crate) fn nightly() -> Self {
        Self {
            seed: 1,
            seeds: 200,
            jobs: 500,
            trace: None,
            row: None,
            optimised: true,
        }
    }

    /// Builds the program and runs it; everything is printed.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let profile = if self.optimised { "property" } else { "dev" };
        let mut chaos = cargo(&["run", "--profile", profile, "-p", "chaos", "--"]);
        chaos.args(["--seed", &self.seed.to_string()]);
        chaos.args(["--seeds", &self.seeds.to_string()]);
        chaos.args(["--jobs", &self.jobs.to_string()]);
        if let Some(trace) = &self.trace {
            // Cargo is run in the workspace's root, whoever asks from wherever.
            chaos.arg("--trace").arg(std::path::absolute(trace)?);
        }
        if let Some(row) = &self.row {
            chaos.args(["--row", row]);
        }
        run::run(chaos)?;
        Ok(ExitCode::SUCCESS)
    }
}
