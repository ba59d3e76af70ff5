//! `jit-runners completions`: what a shell completes words with.

use super::Arguments;
use crate::output;
use anyhow::Result;
use clap::{Args, CommandFactory as _, ValueEnum};
use clap_complete::{Shell, generate};
use std::process::ExitCode;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum For {
    Bash,
    Zsh,
    Fish,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: For,
}

impl Completions {
    pub(super) fn run(self) -> Result<ExitCode> {
        let shell = match self.shell {
            For::Bash => Shell::Bash,
            For::Zsh => Shell::Zsh,
            For::Fish => Shell::Fish,
        };
        let mut script = Vec::new();
        generate(shell, &mut Arguments::command(), "jit-runners", &mut script);
        output::result(&String::from_utf8(script)?);
        Ok(ExitCode::SUCCESS)
    }
}
