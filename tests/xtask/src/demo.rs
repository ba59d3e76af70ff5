//! `cargo xtask demo`: builds, then hands over to `jit-runners demo`.
//!
//! Where tasks are to run as containers, the image is built first. Everything behind `demo` goes to that command as it is; its own `--help`
//! explains the flags.

use crate::{build, image};
use anyhow::{Context as _, Result};
use clap::Args;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Demo {
    /// Flags of `jit-runners demo`: --workflow FILE, --launcher container, --json, --keep, --help
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    flags: Vec<OsString>,
}

impl Demo {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let binaries = build::binaries()?;
        if self.needs_image() {
            image::demo(&binaries, &binaries.join("entrypoint"), None)?;
        }
        let binary = binaries.join("jit-runners");
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

    /// Whether containers were asked for, and no image of the user's own.
    fn needs_image(&self) -> bool {
        let flags: Vec<_> = self
            .flags
            .iter()
            .map(|flag| flag.to_string_lossy())
            .collect();
        let containers = flags
            .windows(2)
            .any(|two| *two == ["--launcher", "container"])
            || flags.iter().any(|flag| flag == "--launcher=container");
        let own =
            |flag: &str| flag == "--image" || flag.starts_with("--image=") || flag == "--help";
        containers && !flags.iter().any(|flag| own(flag))
    }
}
