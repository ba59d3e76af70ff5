//! How large the binary is, as a file and as Lambda's zip.

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write as _;
use std::path::Path;

/// What a zip of one entry named `bootstrap` adds to its deflated bytes: local
/// header (30), central header (46), the name in both (2 × 9), end record (22).
const ZIP_AROUND: usize = 30 + 46 + 2 * 9 + 22;

/// Sizes of one binary, bytes.
#[derive(Debug, Clone, Copy)]
pub struct Artifact {
    /// The file.
    pub plain: usize,
    /// Its zip, deflated at level 9.
    pub zipped: usize,
}

impl Artifact {
    /// Of the binary at `path`.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(path: &Path) -> Result<Self> {
        let bytes =
            std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(&bytes)?;
        Ok(Self {
            plain: bytes.len(),
            zipped: deflated.finish()?.len() + ZIP_AROUND,
        })
    }
}
