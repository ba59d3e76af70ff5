//! `cargo xtask demo`: builds, then hands over to `jit-runners demo`.
//!
//! Everything behind `demo` goes to that command as it is; its own `--help`
//! explains the flags.

use crate::build;
use anyhow::{Context as _, Result};
use clap::Args;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Demo {
    /// Flags of `jit-runners demo`: --workflow FILE, --json, --keep, --help
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    flags: Vec<OsString>,
}

impl Demo {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let binary = build::binaries()?.join("jit-runners");
        let status = Command::new(&binary)
            .arg("demo")
            .args(self.flags)
            .status()
            .with_context(|| format!("{} could not be started", binary.display()))?;
        Ok(status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .map_or(ExitCode::FAILURE, ExitCode::from))
    }
}
