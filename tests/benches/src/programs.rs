//! Which binaries are measured.
//!
//! `cargo xtask bench` builds the shipped `bootstrap` and names its folder in
//! `JIT_RUNNERS_RELEASE`. Without it the debug binaries are taken, which proves
//! that the benches work and says nothing about speed.

use anyhow::Result;
use jit_runners::fleet::Binaries;
use std::path::PathBuf;
use std::process::Command;

/// The programs of a fleet, `bootstrap` as it is shipped where that was built.
///
/// # Errors
/// They do not build.
pub fn binaries() -> Result<Binaries> {
    let folder = match std::env::var_os("JIT_RUNNERS_BINARIES") {
        Some(folder) => PathBuf::from(folder),
        None => debug()?,
    };
    let mut binaries = Binaries::in_folder(&folder)?;
    if let Some(release) = std::env::var_os("JIT_RUNNERS_RELEASE") {
        binaries.bootstrap = PathBuf::from(release).join("bootstrap");
    }
    Ok(binaries)
}

/// Whether the shipped `bootstrap` is measured.
pub fn are_shipped() -> bool {
    std::env::var_os("JIT_RUNNERS_RELEASE").is_some()
}

/// Builds the debug binaries; they lie beside this one, or beside its folder.
fn debug() -> Result<PathBuf> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--workspace", "--exclude", "benches", "--bins"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()?;
    anyhow::ensure!(status.success(), "the binaries do not build");
    let own = std::env::current_exe()?;
    let target = own
        .ancestors()
        .find(|folder| folder.join("debug").is_dir())
        .ok_or_else(|| anyhow::anyhow!("{} is in no target folder", own.display()))?;
    Ok(target.join("debug"))
}
