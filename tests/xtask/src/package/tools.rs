//! Whether all is there that a package is built with; what is not, is named
//! with the one command that installs it.

use super::Arch;
use crate::run::has;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// The versions that the sizes and checksums in the docs are from. Others
/// work, but may give other bytes.
const INSTALL: &str = "pip install cargo-zigbuild==0.24.0 ziglang==0.17.1";

/// Checks the standard library of the target, cargo-zigbuild and zig.
///
/// # Errors
/// The first that is missing, in a sentence.
pub(super) fn check(arch: Arch) -> Result<()> {
    let target = arch.target();
    if !has_target(target) {
        bail!(
            "the Rust standard library for {target} is not installed, and {arch} is built with it: run `rustup target add {target}`"
        );
    }
    if !linker() {
        bail!(
            "cargo-zigbuild with zig is not installed, and packages are linked with it against an old C library: run `{INSTALL}`"
        );
    }
    Ok(())
}

/// Whether packages can be linked on this machine: with cargo-zigbuild and a
/// zig where it looks for one.
pub(crate) fn linker() -> bool {
    let zig = |program: &str, arguments: &[&str]| succeeds(Command::new(program).args(arguments));
    has("cargo-zigbuild")
        && (zig("python3", &["-m", "ziglang", "version"]) || zig("zig", &["version"]))
}

fn has_target(target: &str) -> bool {
    // Asked of the compiler, because not every toolchain came with rustup.
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .output();
    output.is_ok_and(|output| {
        output.status.success()
            && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
    })
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
