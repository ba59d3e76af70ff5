//! `cargo xtask`: the set-up that a fresh clone needs, in one word each.
//!
//! `demo` builds the binaries and hands over to `jit-runners demo`; `test` runs
//! everything that must pass; `package` makes what AWS gets and `image` the
//! demo's container image; `bench` prints the figures of docs/performance.md;
//! `chaos` runs seeds of the whole system in virtual time;
//! `nightly` runs what takes longer. It needs nothing but Cargo to start.

mod bench;
mod build;
mod cdk;
mod chaos;
mod demo;
mod image;
mod package;
mod run;
mod test;
mod wire;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Builds, shows and tests jit-runners.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run the main job on this machine: a workflow's queued jobs become verified single-use runners
    Demo(demo::Demo),
    /// The functions' zip and the entrypoint for AWS: the same bytes from the same source
    Package(package::Package),
    /// The demo's runner image for docker or podman, made without any registry
    Image(image::Image),
    /// Everything that must pass, from a fresh clone
    Test,
    /// The whole system in virtual time, with everything going wrong
    Chaos(chaos::Chaos),
    /// The figures of docs/performance.md
    Bench,
    /// What takes longer than a commit may: long property tests, packages built twice from scratch
    Nightly,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo(demo) => demo.run(),
        Task::Package(package) => package.run(),
        Task::Image(image) => image.run(),
        Task::Test => test::run(),
        Task::Chaos(chaos) => chaos.run(),
        Task::Bench => bench::run(),
        Task::Nightly => test::nightly(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("cargo xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
