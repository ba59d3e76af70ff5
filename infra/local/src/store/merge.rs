//! Merging: what was written over or removed is left out, so that the log, and the
//! time of a start, grow with what there is and not with what there was.
//!
//! The files from the base up to a closed segment become one new base. It gets its
//! name when it is whole; only then the others go. A place that is killed in between
//! finds either all of them or the new base and what it stands for.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use bytes::Bytes;

use super::folder::{DataError, cannot, private, sync_folder};
use super::frame;
use super::segments::{Segments, base_path, remove};

/// About the size of a base's frames, in bytes.
const FRAME: usize = 1024 * 1024;

/// Merges the base and all segments up to `last`, none of which is written any more.
pub(super) fn merge(log: &Path, last: u64) -> Result<(), DataError> {
    let mut old = Segments::find(log)?;
    old.numbers.retain(|number| *number <= last);
    if old.numbers.is_empty() {
        return Ok(());
    }
    let mut live: BTreeMap<Bytes, Bytes> = BTreeMap::new();
    for path in old.paths(log) {
        let content = Bytes::from(fs::read(&path).map_err(|source| cannot(&path, source))?);
        let end = frame::scan(&content, 0, |record| match record.value {
            Some(value) => {
                live.insert(record.key, value);
            }
            None => {
                live.remove(&record.key);
            }
        });
        if end != content.len() {
            return Err(DataError::Damaged {
                file: path,
                what: format!("its frame at byte {end} is not whole"),
            });
        }
    }
    let draft = log.join(format!("{last:010}.new"));
    write(&draft, &live).map_err(|source| cannot(&draft, source))?;
    let base = base_path(log, last);
    fs::rename(&draft, &base)
        .and_then(|()| sync_folder(&base))
        .map_err(|source| cannot(&base, source))?;
    for path in old.paths(log) {
        // The base of before had another name.
        remove(&path)?;
    }
    Ok(())
}

fn write(path: &Path, live: &BTreeMap<Bytes, Bytes>) -> io::Result<()> {
    let file = private().create(true).truncate(true).open(path)?;
    let mut file = BufWriter::new(file);
    let mut body = Vec::new();
    for (key, value) in live {
        frame::push_value(&mut body, key, value);
        if body.len() >= FRAME {
            file.write_all(&frame::header(&body))?;
            file.write_all(&body)?;
            body.clear();
        }
    }
    if !body.is_empty() {
        file.write_all(&frame::header(&body))?;
        file.write_all(&body)?;
    }
    // What it stands for is removed next.
    file.into_inner()?.sync_all()
}
