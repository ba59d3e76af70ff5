//! The virtual environment of tests/wire: the `aws` command, boto3 and pytest, in the versions
//! of its requirements.txt. Made once, and again when these change.

use crate::build;
use crate::run::{self, has, root};
use anyhow::Result;
use std::process::Command;

/// Makes it in target/wire; says so and makes none where there is no python3, in which case the
/// tests skip or, under `JIT_RUNNERS_TEST_ALL`, fail.
pub(crate) fn environment() -> Result<()> {
    if !has("python3") {
        eprintln!("skipped: tests/wire, for want of python3");
        return Ok(());
    }
    let folder = build::target().join("wire");
    let wanted = root().join("tests/wire/requirements.txt");
    let done = folder.join("requirements.txt");
    let text = std::fs::read_to_string(&wanted)?;
    if std::fs::read_to_string(&done).is_ok_and(|made| made == text) {
        return Ok(());
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&folder);
    run::run(make)?;
    let mut install = Command::new(folder.join("bin/pip"));
    install
        .args(["install", "--quiet", "--no-deps", "-r"])
        .arg(&wanted);
    run::run(install)?;
    // Only a whole environment has the list.
    std::fs::write(done, text)?;
    Ok(())
}
