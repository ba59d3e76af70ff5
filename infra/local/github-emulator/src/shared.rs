//! The world behind its lock, with clock, change counter and sender of events.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use faults::Faults;
use tokio::sync::{Notify, watch};

use crate::github_fault::GitHubFault;
use crate::settings::{Clock, Settings};
use crate::transport::{self, Transport};
use crate::webhooks;
use crate::world::World;

pub(crate) struct Shared {
    world: Mutex<World>,
    clock: Clock,
    changes: watch::Sender<u64>,
    /// Wakes open questions in the order in which they were asked; a watch would in any.
    changed: Notify,
    closing: watch::Sender<bool>,
    pub(crate) faults: Arc<Faults<GitHubFault>>,
    pub(crate) transport: Transport,
    pub(crate) webhook_timeout: Duration,
    pub(crate) long_poll: Duration,
    runtime: tokio::runtime::Handle,
}

impl Shared {
    /// Must be called within a tokio runtime: events are sent from there.
    pub(crate) fn new(settings: Settings, base_url: String) -> Self {
        let clock = Arc::clone(&settings.clock);
        let given = settings.transport.clone();
        let (webhook_timeout, long_poll) = (settings.webhook_timeout, settings.long_poll);
        let world = World::new(settings, base_url);
        Self {
            faults: Arc::clone(&world.mishaps),
            clock,
            webhook_timeout,
            long_poll,
            world: Mutex::new(world),
            changes: watch::Sender::new(0),
            changed: Notify::new(),
            closing: watch::Sender::new(false),
            transport: given.unwrap_or_else(transport::loopback),
            runtime: tokio::runtime::Handle::current(),
        }
    }

    /// Changes the world, then sends what that announced and tells watchers.
    pub(crate) fn change<T>(
        self: &Arc<Self>,
        act: impl FnOnce(&mut World, DateTime<Utc>) -> T,
    ) -> T {
        let now = (self.clock)();
        let (answer, outbox) = {
            let mut world = self.lock();
            world.sweep(now);
            let answer = act(&mut world, now);
            world.do_due(now);
            world.assign(now);
            world.do_due(now);
            (answer, std::mem::take(&mut world.outbox))
        };
        for outgoing in outbox {
            self.runtime
                .spawn(webhooks::deliver(Arc::clone(self), outgoing));
        }
        self.changes.send_modify(|version| *version += 1);
        self.changed.notify_waiters();
        answer
    }

    /// Changes what nobody watches: counters, ordered faults.
    pub(crate) fn note<T>(&self, act: impl FnOnce(&mut World, DateTime<Utc>) -> T) -> T {
        let now = (self.clock)();
        act(&mut self.lock(), now)
    }

    /// Does what is due by now; watchers hear of it only where something was.
    pub(crate) fn tick(self: &Arc<Self>) {
        let standing = |world: &World, _| {
            let jobs = world.jobs.values();
            let transitions: usize = jobs.clone().map(|job| job.facts.transitions.len()).sum();
            let offers = jobs.filter(|job| job.assigned.is_some()).count();
            (world.runners.len(), transitions, offers, world.outbox.len())
        };
        let before = self.look(standing);
        self.note(World::sweep);
        if self.look(standing) != before {
            self.change(|_, _| ());
        }
    }

    /// Looks at the world as it is.
    pub(crate) fn look<T>(&self, see: impl FnOnce(&World, DateTime<Utc>) -> T) -> T {
        let now = (self.clock)();
        see(&self.lock(), now)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, World> {
        // A test that panicked while it looked has not changed anything.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Asks again at each change until there is an answer, for at most the
    /// time of a long poll.
    pub(crate) async fn poll<T>(self: &Arc<Self>, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
        let mut closing = self.closing.subscribe();
        let deadline = tokio::time::Instant::now() + self.long_poll;
        loop {
            let changed = self.changed.notified();
            if let Some(answer) = ask() {
                return Some(answer);
            }
            tokio::select! {
                biased;
                () = changed => {}
                _ = closing.wait_for(|closing| *closing) => return None,
                () = tokio::time::sleep_until(deadline) => return None,
            }
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
