//! The release build, linked against an old C library and free of this
//! machine's paths.

use super::Arch;
use crate::run::{self, cargo};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};

/// The C library that the programs need at most. Lambda's provided.al2023 has
/// 2.34, the official runner image 2.35; 2.28 is also in what came since 2018.
pub(super) const GLIBC: (u32, u32) = (2, 28);

/// Builds `bootstrap` and `entrypoint` of the workspace at `source`; answers
/// the folder they are in.
pub(super) fn release(source: &Path, target_folder: &Path, arch: Arch) -> Result<PathBuf> {
    let (major, minor) = GLIBC;
    let target = format!("{}.{major}.{minor}", arch.target());
    let paths = paths(source, target_folder)?;
    let mut build = cargo(&["zigbuild", "--release", "--locked", "--target", &target]);
    build
        .args(["--package", "bootstrap", "--package", "entrypoint"])
        .current_dir(source)
        .env("CARGO_TARGET_DIR", target_folder)
        .env("CARGO_INCREMENTAL", "0")
        // In the place of what the user's own settings would add: that, too,
        // would change the bytes.
        .env("CARGO_ENCODED_RUSTFLAGS", paths.rust())
        .env("CFLAGS", paths.c());
    run::run(build)?;
    Ok(target_folder.join(arch.target()).join("release"))
}

/// # Errors
/// The program holds the name of a folder of this machine.
pub(super) fn no_paths(
    program: &str,
    binary: &[u8],
    source: &Path,
    target_folder: &Path,
) -> Result<()> {
    for (path, _) in paths(source, target_folder)?.0 {
        let path = path.to_string_lossy();
        if memchr::memmem::find(binary, path.as_bytes()).is_some() {
            bail!(
                "{program} holds the path {path}, so another machine would build other bytes: find what writes it there and remap it in tests/xtask/src/package/compile.rs"
            );
        }
    }
    Ok(())
}

/// Folders whose names would otherwise be found in the programs (in panic
/// messages, and in error messages of C code), and what they are called instead.
struct Paths(Vec<(PathBuf, &'static str)>);

fn paths(source: &Path, target_folder: &Path) -> Result<Paths> {
    let cargo_home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .context("Cargo's own folder is not known: set CARGO_HOME")?;
    for folder in [cargo_home.as_path(), source, target_folder] {
        if folder.to_string_lossy().contains(char::is_whitespace) {
            bail!(
                "{} has a blank in its name, and the C compiler's flags cannot carry it: use a folder without one",
                folder.display()
            );
        }
    }
    // The last that fits is taken, so the innermost folder comes last.
    Ok(Paths(vec![
        (cargo_home, "/cargo"),
        (source.to_owned(), "/jit-runners"),
        (target_folder.to_owned(), "/target"),
    ]))
}

impl Paths {
    fn rust(&self) -> String {
        self.flags("--remap-path-prefix=", "\u{1f}")
    }

    fn c(&self) -> String {
        self.flags("-ffile-prefix-map=", " ")
    }

    fn flags(&self, flag: &str, between: &str) -> String {
        let flags = self.0.iter();
        let flags: Vec<String> = flags
            .map(|(path, name)| format!("{flag}{}={name}", path.display()))
            .collect();
        flags.join(between)
    }
}
