//! What all open pages are told: one message for all of them, of which each page
//! takes what concerns it. A page that does not keep up is let go; its browser
//! connects again and reads everything anew.

use observe::history::without_keys;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;

/// The most pages that are open at once.
pub(crate) const PAGES: usize = 64;
/// Messages that a page may be behind.
const BEHIND: usize = 128;
/// The most names of rows that are remembered as shown.
const SHOWN: usize = 50_000;

/// One server-sent event.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) event: &'static str,
    /// JSON.
    pub(crate) data: String,
    /// Only for pages that show this execution.
    pub(crate) about: Option<String>,
}

/// Who looks, and what they are told.
#[derive(Debug)]
pub(crate) struct Hub {
    sender: broadcast::Sender<Arc<Message>>,
    next: AtomicU64,
    pages: AtomicUsize,
    watched: Mutex<BTreeMap<String, usize>>,
    shown: Mutex<HashSet<String>>,
    last_seen: Mutex<Instant>,
    /// Somebody came.
    pub(crate) came: Notify,
    stop: watch::Sender<bool>,
}

/// An open page; closed when dropped.
pub(crate) struct OpenPage {
    hub: Arc<Hub>,
    execution: Option<String>,
}

impl Hub {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            sender: broadcast::Sender::new(BEHIND),
            next: AtomicU64::new(1),
            pages: AtomicUsize::new(0),
            watched: Mutex::default(),
            shown: Mutex::default(),
            last_seen: Mutex::new(Instant::now()),
            came: Notify::new(),
            stop: watch::Sender::new(false),
        })
    }

    /// Somebody asked for something.
    pub(crate) fn seen(&self) {
        *lock(&self.last_seen) = Instant::now();
        self.came.notify_one();
    }

    /// Since when nobody has looked; nothing while a page is open.
    pub(crate) fn nobody_since(&self) -> Option<Instant> {
        (self.pages.load(Ordering::Acquire) == 0).then(|| *lock(&self.last_seen))
    }

    /// Counts a page in; nothing where there are too many.
    pub(crate) fn open(self: &Arc<Self>, execution: Option<String>) -> Option<OpenPage> {
        let room = |pages: usize| (pages < PAGES).then_some(pages + 1);
        self.pages
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, room)
            .ok()?;
        if let Some(name) = &execution {
            *lock(&self.watched).entry(name.clone()).or_default() += 1;
        }
        Some(OpenPage {
            hub: Arc::clone(self),
            execution,
        })
    }

    /// The executions that open pages show.
    pub(crate) fn watched(&self) -> Vec<String> {
        lock(&self.watched).keys().cloned().collect()
    }

    /// A list showed these rows: their changes are told.
    pub(crate) fn showed<'a>(&self, names: impl Iterator<Item = &'a str>) {
        let mut shown = lock(&self.shown);
        if shown.len() > SHOWN {
            shown.clear();
        }
        shown.extend(names.map(str::to_owned));
    }

    pub(crate) fn has_shown(&self, name: &str) -> bool {
        lock(&self.shown).contains(name)
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Message>> {
        self.sender.subscribe()
    }

    /// Tells all pages.
    pub(crate) fn tell(&self, event: &'static str, data: &impl Serialize) {
        self.send(self.message(event, data, None));
    }

    /// Tells the pages that show an execution.
    pub(crate) fn tell_about(&self, name: &str, event: &'static str, data: &impl Serialize) {
        self.send(self.message(event, data, Some(name.to_owned())));
    }

    /// A message with the next number.
    pub(crate) fn message(
        &self,
        event: &'static str,
        data: &impl Serialize,
        about: Option<String>,
    ) -> Message {
        Message {
            id: self.next.fetch_add(1, Ordering::Relaxed),
            event,
            data: without_keys(&serde_json::to_string(data).unwrap_or_default()),
            about,
        }
    }

    fn send(&self, message: Message) {
        // Nobody listens where no page is open.
        let _ = self.sender.send(Arc::new(message));
    }

    /// All streams and the poller end.
    pub(crate) fn end(&self) {
        self.stop.send_replace(true);
    }

    /// Resolves at the end.
    pub(crate) async fn ended(&self) {
        // The sender is our own: it is not gone before.
        let _ = self.stop.subscribe().wait_for(|ended| *ended).await;
    }
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        if let Some(name) = &self.execution {
            let mut watched = lock(&self.hub.watched);
            if let Some(count) = watched.get_mut(name) {
                *count -= 1;
                if *count == 0 {
                    watched.remove(name);
                }
            }
        }
        self.hub.pages.fetch_sub(1, Ordering::AcqRel);
        *lock(&self.hub.last_seen) = Instant::now();
    }
}

/// Whole between two changes, so a panic elsewhere spoils nothing.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
