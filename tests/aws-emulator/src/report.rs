//! What a run prints: on standard error at once, and in a file that
//! `cargo xtask test` shows, since test runners hide what passing tests say.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Lines for people.
#[derive(Debug)]
pub struct Report {
    file: File,
}

impl Report {
    /// Begins anew.
    ///
    /// # Panics
    /// The target folder cannot be written to.
    #[must_use]
    pub fn begin() -> Self {
        let path = path();
        let folder = path.parent().expect("the report lies in a folder");
        std::fs::create_dir_all(folder).expect("the target folder can be written to");
        Self {
            file: File::create(path).expect("the target folder can be written to"),
        }
    }

    /// One line.
    ///
    /// # Panics
    /// The report cannot be written.
    pub fn line(&self, line: impl AsRef<str>) {
        let line = line.as_ref();
        eprintln!("{line}");
        writeln!(&self.file, "{line}").expect("the report can be written");
    }
}

/// `target/aws-emulator/report.txt`.
fn path() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), Into::into);
    target.join("aws-emulator/report.txt")
}
