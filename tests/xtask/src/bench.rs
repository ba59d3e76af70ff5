//! `cargo xtask bench`: the figures of docs/performance.md.
//!
//! Builds `bootstrap` as Lambda gets it and `jit-runners` as it is released (fat LTO:
//! some minutes each), then runs the benches and the program `footprint` on them. The
//! other binaries are the debug ones: nothing is measured of them. moto's server is
//! installed into the target folder, to be measured beside the place.

use crate::build;
use crate::run::{self, cargo, has};
use anyhow::Result;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// The server that is measured beside the place, with what its state machines need.
const MOTO: &str = "moto[server,stepfunctions]==5.2.5";

/// Builds and measures; everything is printed.
pub(crate) fn run() -> Result<ExitCode> {
    run::run(cargo(&["build", "--release", "-p", "bootstrap"]))?;
    // Apart, so that the features of one are not the other's.
    run::run(cargo(&[
        "build",
        "--release",
        "-p",
        "jit-runners",
        "--bin",
        "jit-runners",
    ]))?;
    let moto = moto()?;
    let binaries = build::binaries()?;
    let release = build::target().join("release");
    let measured = |mut command: Command| {
        command
            .env("JIT_RUNNERS_BINARIES", &binaries)
            .env("JIT_RUNNERS_RELEASE", &release);
        if let Some(moto) = &moto {
            command.env("MOTO_SERVER", moto);
        }
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

/// moto's server in an environment of its own; none where Python is not installed.
fn moto() -> Result<Option<PathBuf>> {
    if !has("python3") {
        eprintln!("skipped: moto's server, for which python3 is needed");
        return Ok(None);
    }
    let folder = build::target().join("moto");
    let mut environment = Command::new("python3");
    environment.args(["-m", "venv"]).arg(&folder);
    run::run(environment)?;
    let mut install = Command::new(folder.join("bin/pip"));
    install.args(["install", "--quiet", MOTO]);
    run::run(install)?;
    Ok(Some(folder.join("bin/moto_server")))
}
