//! Whether packages are reproducible: the same source gives the same bytes.

use super::{Arch, Packed, package, package_from};
use crate::build;
use crate::run::{self, root};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Packs twice in this folder. The second time Cargo builds nothing, so this
/// takes seconds; it answers the first.
///
/// # Errors
/// The two differ, or packing failed.
pub(crate) fn same_command() -> Result<Packed> {
    let arch = Arch::of_machine()?;
    let (first, second) = (package(arch)?, package(arch)?);
    compare(&first, &second)?;
    Ok(first)
}

/// As `same_command`, and then from scratch in two other folders.
///
/// # Errors
/// Any of them differs, or packing failed.
pub(crate) fn from_everywhere() -> Result<Packed> {
    let packed = same_command()?;
    two_folders(&packed, Arch::of_machine()?)?;
    Ok(packed)
}

/// Builds from scratch in two folders of different names and depths, and
/// compares with what this folder gave.
///
/// # Errors
/// One differs, or packing failed.
pub(super) fn two_folders(packed: &Packed, arch: Arch) -> Result<()> {
    let work = build::target().join("again");
    for folder in ["one", "elsewhere/another"] {
        compare(packed, &from_scratch(&work.join(folder), arch)?)?;
    }
    fs::remove_dir_all(&work).with_context(|| format!("{} stays behind", work.display()))
}

fn from_scratch(folder: &Path, arch: Arch) -> Result<Packed> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    let source = folder.join("source");
    for file in tracked()? {
        let (from, to) = (root().join(&file), source.join(&file));
        let parent = to.parent().unwrap_or(&source);
        fs::create_dir_all(parent)
            .and_then(|()| fs::copy(&from, &to))
            .with_context(|| format!("{} cannot be copied", from.display()))?;
    }
    package_from(
        &source,
        &folder.join("target"),
        &folder.join("package"),
        arch,
    )
}

/// The files that git knows: the source, and nothing that was built from it.
fn tracked() -> Result<Vec<PathBuf>> {
    let mut list = Command::new("git");
    list.args(["ls-files", "-z"]).current_dir(root());
    let files = String::from_utf8(run::output(list)?).context("a file's name is not UTF-8")?;
    let files = files.split('\0').filter(|name| !name.is_empty());
    Ok(files
        .map(PathBuf::from)
        .filter(|file| root().join(file).is_file())
        .collect())
}

fn compare(first: &Packed, second: &Packed) -> Result<()> {
    let (first, second) = (first.checksums(), second.checksums());
    if first != second {
        bail!(
            "the packages differ though their source is the same: something of the folder, the time or the order is in them\nfirst:\n{}\nsecond:\n{}",
            first.join("\n"),
            second.join("\n")
        );
    }
    Ok(())
}
