//! Opening a store: the folder is taken, its log read, and the writing goes on.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use bytes::Bytes;
use tokio::sync::watch;

use super::folder::{DataError, Folder, cannot, private};
use super::pending::Pending;
use super::records::Records;
use super::segments::{Segments, log_path};
use super::writer::{Writer, create};
use super::{Inner, Store, Written, frame};

/// A log with more than this that is no use any more is merged at the start, in bytes.
const WASTE: u64 = 8 * 1024 * 1024;

impl Store {
    /// Opens the store of a folder; answers what it held. `fsync`: each group of
    /// changes waits for the disk, so that a power cut costs nothing either.
    ///
    /// # Errors
    /// Another place has the folder, a later version wrote it, or it is damaged.
    pub(crate) fn open(folder: &Path, fsync: bool) -> Result<(Self, Records), DataError> {
        let folder = Folder::take(folder)?;
        let log = folder.log.clone();
        let segments = Segments::find(&log)?;
        let mut records = Records::default();
        let (mut total, mut base, mut last) = (0, 0, 0);
        let paths = segments.paths(&log);
        for (at, path) in paths.iter().enumerate() {
            let content = Bytes::from(fs::read(path).map_err(|source| cannot(path, source))?);
            let end = frame::scan(&content, 0, |record| records.apply(record));
            if end != content.len() {
                if at + 1 != paths.len() || segments.numbers.is_empty() {
                    return Err(DataError::Damaged {
                        file: path.clone(),
                        what: format!("its frame at byte {end} is not whole"),
                    });
                }
                let dropped = content.len() - end;
                tracing::warn!(
                    dropped,
                    "the log ended in the midst of a record that was never answered for"
                );
            }
            last = end as u64;
            total += last;
            if at == 0 && segments.base.is_some() {
                base = last;
            }
        }
        let mut writer = writer(&log, &segments, last, fsync)?;
        writer.base = base;
        writer.closed = total - base - writer.length;
        if total.saturating_sub(records.size()) > WASTE.max(records.size()) {
            let closing = writer.number;
            writer
                .close_segment()
                .map_err(|source| cannot(&log, source))?;
            if writer.merging.is_none() {
                writer.merge(closing);
            }
        }
        let inner = Arc::new(Inner {
            pending: Mutex::new(Pending::default()),
            news: Condvar::new(),
            written: watch::Sender::new(Written::Upto(0)),
        });
        let thread = std::thread::Builder::new().name("store".to_owned());
        let shared = Arc::clone(&inner);
        let thread = thread
            .spawn(move || writer.run(&shared))
            .map_err(|source| cannot(&log, source))?;
        let store = Self {
            inner,
            thread: Some(thread),
            folder,
        };
        Ok((store, records))
    }
}

/// Goes on in the last segment behind its last whole frame, or begins the first.
fn writer(log: &Path, segments: &Segments, length: u64, fsync: bool) -> Result<Writer, DataError> {
    let (number, file, length) = match segments.numbers.last() {
        Some(number) => {
            let path = log_path(log, *number);
            let file = private().append(true).open(&path);
            let file = file.and_then(|file| file.set_len(length).map(|()| file));
            (
                *number,
                file.map_err(|source| cannot(&path, source))?,
                length,
            )
        }
        None => {
            let number = segments.base.map_or(1, |base| base + 1);
            let path = log_path(log, number);
            let file = create(&path).map_err(|source| cannot(&path, source))?;
            (number, file, 0)
        }
    };
    Ok(Writer {
        log: log.to_owned(),
        number,
        file,
        length,
        base: 0,
        closed: 0,
        fsync,
        merging: None,
    })
}
