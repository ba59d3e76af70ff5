//! The files of a log, in order: at most one base, and the segments behind it.

use std::fs;
use std::path::{Path, PathBuf};

use super::folder::{DataError, cannot};

/// The files that make the log.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Segments {
    /// The number up to which the base stands for all segments.
    pub(super) base: Option<u64>,
    /// Segments behind the base, in order.
    pub(super) numbers: Vec<u64>,
}

impl Segments {
    /// Looks at a folder, and clears away what a merge that was cut off has left.
    pub(super) fn find(log: &Path) -> Result<Self, DataError> {
        let (mut bases, mut numbers) = (Vec::new(), Vec::new());
        let entries = fs::read_dir(log).map_err(|source| cannot(log, source))?;
        for entry in entries {
            let path = entry.map_err(|source| cannot(log, source))?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let number = stem.and_then(|stem| stem.parse::<u64>().ok());
            match (number, path.extension().and_then(|kind| kind.to_str())) {
                (Some(number), Some("base")) => bases.push(number),
                (Some(number), Some("log")) => numbers.push(number),
                (_, Some("new")) => remove(&path)?,
                _ => {}
            }
        }
        let base = bases.iter().max().copied();
        for old in bases.iter().filter(|number| Some(**number) != base) {
            remove(&base_path(log, *old))?;
        }
        for old in numbers.iter().filter(|number| base >= Some(**number)) {
            remove(&log_path(log, *old))?;
        }
        numbers.retain(|number| base < Some(*number));
        numbers.sort_unstable();
        Ok(Self { base, numbers })
    }

    /// All files, the oldest first.
    pub(super) fn paths(&self, log: &Path) -> Vec<PathBuf> {
        let base = self.base.map(|number| base_path(log, number));
        let segments = self.numbers.iter().map(|number| log_path(log, *number));
        base.into_iter().chain(segments).collect()
    }
}

pub(super) fn log_path(log: &Path, number: u64) -> PathBuf {
    log.join(format!("{number:010}.log"))
}

pub(super) fn base_path(log: &Path, number: u64) -> PathBuf {
    log.join(format!("{number:010}.base"))
}

pub(super) fn remove(path: &Path) -> Result<(), DataError> {
    fs::remove_file(path).map_err(|source| cannot(path, source))
}
