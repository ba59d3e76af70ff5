//! A zip of one program: the same bytes for the same program.

use anyhow::{Context as _, Result};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The archive that Lambda unpacks: one entry `name`, mode 755, dated 1980-01-01.
pub(super) fn one_program(name: &str, program: &[u8]) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file(name, options)
        .and_then(|()| Ok(archive.write_all(program)?))
        .with_context(|| format!("{name} cannot be zipped"))?;
    let packed = archive
        .finish()
        .with_context(|| format!("{name} cannot be zipped"))?;
    Ok(packed.into_inner())
}

#[cfg(test)]
mod tests {
    use super::one_program;
    use std::io::{Cursor, Read as _};
    use zip::{DateTime, ZipArchive};

    #[test]
    fn the_archive_holds_the_one_program_and_can_be_executed() {
        let packed = one_program("bootstrap", b"\x7fELF, as good as").unwrap();
        let mut archive = ZipArchive::new(Cursor::new(packed)).unwrap();
        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_index(0).unwrap();
        assert_eq!(entry.name().unwrap(), "bootstrap");
        assert_eq!(entry.unix_mode().map(|mode| mode & 0o7777), Some(0o755));
        assert_eq!(entry.last_modified(), Some(DateTime::default()));
        let mut content = String::new();
        entry.read_to_string(&mut content).unwrap();
        assert_eq!(content, "\u{7f}ELF, as good as");
    }

    #[test]
    fn the_same_program_gives_the_same_bytes() {
        let program: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let first = one_program("entrypoint", &program).unwrap();
        assert_eq!(first, one_program("entrypoint", &program).unwrap());
    }
}
