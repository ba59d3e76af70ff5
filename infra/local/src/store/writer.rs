//! The one thread that writes: whatever was added since it last looked becomes one
//! frame and one `write`, so that many callers share the cost of it.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use super::frame::{self, HEADER};
use super::merge::merge;
use super::segments::log_path;
use super::{Inner, Written, folder};

/// A segment that has grown beyond this is closed, in bytes.
const SEGMENT: u64 = 64 * 1024 * 1024;
/// A buffer that has grown beyond this is not kept.
const BUFFER: usize = 4 * 1024 * 1024;

/// The end of the log.
pub(super) struct Writer {
    pub(super) log: PathBuf,
    /// The segment that is written, and how long it is.
    pub(super) number: u64,
    pub(super) file: File,
    pub(super) length: u64,
    /// The length of the base, and of the segments behind it that are closed.
    pub(super) base: u64,
    pub(super) closed: u64,
    /// Whether each frame waits for the disk, not for the system alone.
    pub(super) fsync: bool,
    pub(super) merging: Option<JoinHandle<u64>>,
}

impl Writer {
    /// Writes until the store is closed, or cannot be written.
    pub(super) fn run(mut self, inner: &Inner) {
        // However it ends: nobody waits for it for ever.
        let _ended = Ended(inner);
        let mut body = Vec::new();
        while let Some(upto) = inner.next(&mut body) {
            if let Err(error) = self.append(&body) {
                let path = log_path(&self.log, self.number);
                tracing::error!(path = %path.display(), %error, "the place's state cannot be written");
                let failed = format!(
                    "The place's state cannot be written to {} ({error}): make room there and start the place again. What it was told since is lost.",
                    path.display()
                );
                inner.fail(&failed);
                return;
            }
            inner.written.send_replace(Written::Upto(upto));
            body.clear();
            if body.capacity() > BUFFER {
                body = Vec::new();
            }
        }
        if let Some(merging) = self.merging.take() {
            // Its panic was told by itself.
            let _ = merging.join();
        }
    }

    fn append(&mut self, body: &[u8]) -> io::Result<()> {
        let header = frame::header(body);
        let mut frame = Vec::with_capacity(HEADER + body.len());
        frame.extend_from_slice(&header);
        frame.extend_from_slice(body);
        self.file.write_all(&frame)?;
        if self.fsync {
            self.file.sync_data()?;
        }
        self.length += frame.len() as u64;
        if self.length > SEGMENT {
            self.close_segment()?;
        }
        Ok(())
    }

    /// Begins the next segment, and merges once what is closed outgrows the base.
    pub(super) fn close_segment(&mut self) -> io::Result<()> {
        self.closed += self.length;
        let last = self.number;
        self.number += 1;
        self.file = create(&log_path(&self.log, self.number))?;
        self.length = 0;
        if let Some(merging) = self.merging.take_if(|merging| merging.is_finished()) {
            self.base = merging.join().unwrap_or(self.base);
        }
        if self.merging.is_none() && self.closed > self.base {
            self.merge(last);
        }
        Ok(())
    }

    /// Merges all up to a closed segment, beside the writing.
    pub(super) fn merge(&mut self, last: u64) {
        let log = self.log.clone();
        self.closed = 0;
        let thread = std::thread::Builder::new().name("store-merge".to_owned());
        let merging = thread.spawn(move || {
            if let Err(error) = merge(&log, last) {
                tracing::warn!(%error, "the place's log could not be merged: it stays longer than it need be");
            }
            let base = super::segments::base_path(&log, last);
            base.metadata().map_or(0, |base| base.len())
        });
        self.merging = merging.ok();
    }
}

/// Tells that nothing is written any more.
struct Ended<'i>(&'i Inner);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.fail("The place has ended.");
    }
}

/// A new segment.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let file = folder::private().create_new(true).open(path)?;
    folder::sync_folder(path)?;
    Ok(file)
}
