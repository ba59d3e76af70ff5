//! The store: what a place with a data folder keeps of its state.
//!
//! The place's state is in memory; the store is the log that it is built from again
//! at the next start. A service puts a record wherever it changes something, under the
//! lock it changes it under, so that the log has the order of the changes. Whatever
//! leaves the place (an answer, an event for a function, a task's start) waits until
//! all changes before it are written ([`Shelf::settled`]). Changes that belong together
//! are put inside [`Shelf::whole`]: after a kill all of them are there, or none.
//!
//! docs/decisions/ says why it is no database.

mod folder;
mod frame;
mod merge;
mod open;
mod pending;
mod records;
mod segments;
mod writer;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;

use serde::Serialize;
use tokio::sync::watch;

pub use folder::DataError;
use pending::Pending;
pub(crate) use records::{Records, number, read_number};

/// How far the log is written.
#[derive(Debug)]
enum Written {
    /// So many records are with the system.
    Upto(u64),
    /// It could not be written; the sentence says what to do.
    Failed(Arc<str>),
}

/// What services and the writing thread share.
#[derive(Debug)]
struct Inner {
    pending: Mutex<Pending>,
    /// Wakes the writing thread.
    news: Condvar,
    written: watch::Sender<Written>,
}

impl Inner {
    /// Waits for something to write and puts it into `body`; none once all is written
    /// and the store closed.
    fn next(&self, body: &mut Vec<u8>) -> Option<u64> {
        let mut pending = self.lock();
        while !pending.is_ready() {
            if pending.closing {
                return None;
            }
            pending = self
                .news
                .wait(pending)
                .unwrap_or_else(PoisonError::into_inner);
        }
        Some(pending.take(body))
    }

    /// Nothing is written any more; the first reason stays.
    fn fail(&self, why: &str) {
        self.written.send_if_modified(|written| {
            let first = !matches!(written, Written::Failed(_));
            if first {
                *written = Written::Failed(why.into());
            }
            first
        });
    }

    /// Records are added whole, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Pending)) {
        let mut pending = self.lock();
        change(&mut pending);
        let ready = pending.is_ready();
        drop(pending);
        if ready {
            self.news.notify_one();
        }
    }
}

/// An open store. The folder is given back when it is closed.
#[derive(Debug)]
pub(crate) struct Store {
    inner: Arc<Inner>,
    thread: Option<JoinHandle<()>>,
    folder: folder::Folder,
}

impl Store {
    /// The id of the place, the same after every start.
    pub(crate) fn place(&self) -> &str {
        &self.folder.place
    }

    /// Lets a service's shelf lead here.
    pub(crate) fn connect(&self, shelf: &Shelf) {
        // A second call would bring the same store.
        let _ = shelf.0.set(Arc::clone(&self.inner));
    }

    /// Writes what is left, and ends.
    pub(crate) fn close(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.inner.lock().closing = true;
        self.inner.news.notify_one();
        if let Some(thread) = self.thread.take() {
            // Its panic was told by itself.
            let _ = thread.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.end();
    }
}

/// A service's way to the store. Of a place in memory it leads nowhere and costs
/// nothing. Clones lead to the same store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf(Arc<OnceLock<Arc<Inner>>>);

impl Shelf {
    /// Whether anything is kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.0.get().is_some()
    }

    /// Keeps a value under a key of these parts, the first of which is its kind.
    pub(crate) fn put(&self, key: &[&str], value: &impl Serialize) {
        let Some(inner) = self.0.get() else { return };
        match serde_json::to_vec(value) {
            Ok(value) => inner.change(|pending| pending.value(&records::key(key), &value)),
            // No record has a map whose keys are no texts.
            Err(error) => tracing::error!(?key, %error, "a record could not be written as JSON"),
        }
    }

    /// Keeps a value that is JSON already.
    pub(crate) fn put_json(&self, key: &[&str], value: &str) {
        if let Some(inner) = self.0.get() {
            inner.change(|pending| pending.value(&records::key(key), value.as_bytes()));
        }
    }

    /// Forgets a key.
    pub(crate) fn remove(&self, key: &[&str]) {
        if let Some(inner) = self.0.get() {
            inner.change(|pending| pending.removal(&records::key(key)));
        }
    }

    /// Until this is dropped nothing is written: whatever is put meanwhile, here and
    /// elsewhere, is found after a kill as a whole or not at all. Keep it for moments,
    /// never across something that waits.
    pub(crate) fn whole(&self) -> Whole {
        if let Some(inner) = self.0.get() {
            inner.lock().begin();
        }
        Whole(self.0.get().cloned())
    }

    /// Waits until everything that was put by now is with the system.
    ///
    /// # Errors
    /// The log cannot be written; the sentence says what to do.
    pub(crate) async fn settled(&self) -> Result<(), Arc<str>> {
        let Some(inner) = self.0.get() else {
            return Ok(());
        };
        let wanted = inner.lock().added();
        let mut written = inner.written.subscribe();
        let reached = written
            .wait_for(|written| match written {
                Written::Upto(upto) => *upto >= wanted,
                Written::Failed(_) => true,
            })
            .await;
        match reached.as_deref() {
            Ok(Written::Failed(why)) => Err(Arc::clone(why)),
            // The sender lives in `inner`.
            Ok(Written::Upto(_)) | Err(_) => Ok(()),
        }
    }
}

/// An open group of changes.
#[derive(Debug)]
#[must_use = "a group ends when this is dropped"]
pub(crate) struct Whole(Option<Arc<Inner>>);

impl Drop for Whole {
    fn drop(&mut self) {
        if let Some(inner) = &self.0 {
            inner.change(Pending::end);
        }
    }
}

#[cfg(test)]
mod tests;
