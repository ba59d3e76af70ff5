//! `cargo xtask bench`: the figures of docs/performance.md.
//!
//! Builds `bootstrap` as Lambda gets it (fat LTO: some minutes), then runs the
//! benches and the program `footprint` on it. The other binaries are the debug
//! ones: nothing is measured of them.

use crate::build;
use crate::run::{self, cargo};
use anyhow::Result;
use std::process::{Command, ExitCode};

/// Builds and measures; everything is printed.
pub(crate) fn run() -> Result<ExitCode> {
    run::run(cargo(&["build", "--release", "-p", "bootstrap"]))?;
    let binaries = build::binaries()?;
    let release = build::target().join("release");
    let measured = |mut command: Command| {
        command
            .env("JIT_RUNNERS_BINARIES", &binaries)
            .env("JIT_RUNNERS_RELEASE", &release);
        command
    };
    run::run(measured(cargo(&["bench", "-p", "benches"])))?;
    run::run(cargo(&["bench", "-p", "asl", "--bench", "speed"]))?;
    // The profile of the benches, so that only the program itself is built anew.
    run::run(measured(cargo(&[
        "run",
        "--profile",
        "bench",
        "-p",
        "benches",
        "--bin",
        "footprint",
    ])))?;
    Ok(ExitCode::SUCCESS)
}
