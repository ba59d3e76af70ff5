//! Sizes and checksums of what was packed, and the limits they stay below.

use super::{compile, elf};
use anyhow::{Result, bail};
use sha2::{Digest as _, Sha256};
use std::path::Path;

const MIB: usize = 1024 * 1024;
/// A cold start reads every byte of it.
pub(super) const BOOTSTRAP: usize = 5 * MIB;
/// Every task pulls it.
pub(super) const ENTRYPOINT: usize = 4 * MIB;

/// One archive.
#[derive(Debug)]
pub(super) struct Line {
    file: String,
    zipped: usize,
    unpacked: usize,
    zip_sha256: String,
    program_sha256: String,
    glibc: (u32, u32),
}

impl Line {
    /// Measures an archive and the program in it.
    pub(super) fn new(archive: &Path, program: &[u8], packed: &[u8]) -> Result<Self> {
        let name = archive.file_name().unwrap_or_default();
        Ok(Self {
            file: name.to_string_lossy().into_owned(),
            zipped: packed.len(),
            unpacked: program.len(),
            zip_sha256: sha256(packed),
            program_sha256: sha256(program),
            glibc: elf::needed_glibc(program)?,
        })
    }

    /// # Errors
    /// The archive is larger than `limit` bytes, or the program needs a newer glibc than promised.
    pub(super) fn check(&self, limit: usize) -> Result<()> {
        let Self { file, zipped, .. } = self;
        if *zipped > limit {
            bail!(
                "{file} has {} but may have {}: find what grew (`cargo tree`, `cargo bloat`), or raise the limit in tests/xtask/src/package/report.rs with a reason",
                mebibytes(*zipped),
                mebibytes(limit)
            );
        }
        if self.glibc > compile::GLIBC {
            bail!(
                "the program in {file} needs {} but must start with {}: it was linked against another C library than asked for",
                version(self.glibc),
                version(compile::GLIBC)
            );
        }
        Ok(())
    }

    /// The file's name with the checksums of archive and program.
    pub(super) fn checksums(&self) -> String {
        let Self {
            file,
            zip_sha256,
            program_sha256,
            ..
        } = self;
        format!("{file} zip {zip_sha256} program {program_sha256}")
    }
}

/// One archive a line; checksums are those of the archives.
pub(super) fn table(lines: &[Line]) -> String {
    let mut rows = vec![["package", "zipped", "unpacked", "needs", "sha256"].map(str::to_owned)];
    rows.extend(lines.iter().map(|line| {
        [
            line.file.clone(),
            mebibytes(line.zipped),
            mebibytes(line.unpacked),
            version(line.glibc),
            line.zip_sha256.clone(),
        ]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..5).map(width).collect();
    let rows: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells = row.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect();
    rows.join("\n")
}

fn version((major, minor): (u32, u32)) -> String {
    format!("glibc {major}.{minor}")
}

#[expect(clippy::cast_precision_loss, reason = "two decimals of some mebibytes")]
fn mebibytes(bytes: usize) -> String {
    format!("{:.2} MiB", bytes as f64 / MIB as f64)
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::{BOOTSTRAP, Line, MIB, table};

    fn line(zipped: usize, glibc: (u32, u32)) -> Line {
        Line {
            file: "bootstrap-x86_64.zip".to_owned(),
            zipped,
            unpacked: 8 * MIB,
            zip_sha256: "abc".to_owned(),
            program_sha256: "def".to_owned(),
            glibc,
        }
    }

    #[test]
    fn too_large_is_an_error_that_names_both_sizes() {
        let error = line(BOOTSTRAP + MIB, (2, 28)).check(BOOTSTRAP).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("6.00 MiB but may have 5.00 MiB"), "{text}");
    }

    #[test]
    fn too_new_a_c_library_is_an_error() {
        let error = line(MIB, (2, 34)).check(BOOTSTRAP).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("needs glibc 2.34 but must start with glibc 2.28"),
            "{text}"
        );
    }

    #[test]
    fn the_limit_itself_is_allowed_and_shown() {
        let line = line(BOOTSTRAP, (2, 17));
        line.check(BOOTSTRAP).unwrap();
        let table = table(&[line]);
        assert!(table.contains("5.00 MiB"), "{table}");
        assert!(table.ends_with("glibc 2.17  abc"), "{table}");
    }
}
