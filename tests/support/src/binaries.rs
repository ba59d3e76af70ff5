//! The binaries that tests start as processes.
//!
//! `cargo xtask test` builds them and names their folder; a plain `cargo test`
//! finds them beside its own, and builds them where they are missing.

use jit_runners::fleet::Binaries;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder with `bootstrap`, `entrypoint`, `stand-in-runner`, `jit-runners`.
pub fn binaries() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        if let Some(folder) = std::env::var_os("JIT_RUNNERS_BINARIES") {
            return PathBuf::from(folder);
        }
        let folder = beside_the_test();
        let status = Command::new(env!("CARGO"))
            .args(["build", "--workspace", "--exclude", "benches", "--bins"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo builds the binaries");
        assert!(status.success(), "the binaries do not build");
        folder
    })
}

/// The same, as a fleet wants them.
pub(crate) fn fleet() -> Binaries {
    Binaries::in_folder(binaries()).expect("the binaries are built")
}

/// `target/debug`, from `target/debug/deps/test-…`.
fn beside_the_test() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    test.ancestors()
        .nth(2)
        .expect("a test lies two folders deep in the target folder")
        .to_owned()
}
