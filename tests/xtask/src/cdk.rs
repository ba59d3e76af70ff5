//! The AWS stack: its own tests, an offline synthesis, and cfn-lint over the
//! template of every kind of fleet.

use crate::run::{self, has, root};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// All of it. cfn-lint (PyPI) is looked for on the path and installed by
/// nobody here; without it the linting is skipped, and says so.
pub(crate) fn test() -> Result<()> {
    run::run(npm(&["ci", "--no-audit", "--no-fund"]))?;
    run::run(npm(&["test"]))?;
    run::run(npm(&["run", "synth"]))?;
    if !has("cfn-lint") {
        if std::env::var_os("JIT_RUNNERS_TEST_ALL").is_some() {
            bail!(
                "the templates are to be linted, but there is no cfn-lint: run pip install 'cfn-lint>=1.58' and this again"
            );
        }
        eprintln!(
            "skipped: cfn-lint over the templates, for want of it (pip install 'cfn-lint>=1.58')"
        );
        return Ok(());
    }
    lint(&root().join("target/cdk-templates"))
}

fn lint(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("{} cannot be cleared", folder.display()))?;
    }
    let mut write = npm(&["run", "templates", "--"]);
    write.arg(folder);
    run::run(write)?;
    let mut templates: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    templates.sort();
    if templates.is_empty() {
        bail!("{} has no templates to lint", folder.display());
    }
    let mut lint = Command::new("cfn-lint");
    // W3005: the CDK writes the order of a function and its role down twice.
    lint.args(["--ignore-checks", "W3005", "--"])
        .args(&templates);
    run::run(lint)?;
    eprintln!("cfn-lint: {} templates are clean", templates.len());
    Ok(())
}

fn npm(arguments: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.args(arguments).current_dir(root().join("infra/cdk"));
    npm
}
