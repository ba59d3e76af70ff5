//! What makes the listener stop early: a signal, a cancelled job, its timeout.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Why a job is stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// SIGTERM or SIGINT came: stop the job and leave.
    Shutdown,
    /// GitHub says so.
    Cancelled,
    /// The job's `timeout-minutes` are over.
    Timeout,
}

/// Set once, with the first reason.
#[derive(Debug, Clone)]
pub(super) struct Stopper(watch::Sender<Option<Stop>>);

impl Stopper {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Stops at SIGTERM and SIGINT.
    pub(super) fn on_signals(&self) -> std::io::Result<()> {
        let (mut terminate, mut interrupt) = (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        );
        let stopper = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            stopper.stop(Stop::Shutdown);
        });
        Ok(())
    }

    pub(super) fn stop(&self, reason: Stop) {
        self.0.send_if_modified(|stop| {
            let first = stop.is_none();
            stop.get_or_insert(reason);
            first
        });
    }

    pub(super) fn reason(&self) -> Option<Stop> {
        *self.0.borrow()
    }

    /// Waits for a reason to stop.
    pub(super) async fn stopped(&self) -> Stop {
        let mut watch = self.0.subscribe();
        let reason = watch.wait_for(Option::is_some).await.map(|reason| *reason);
        match reason {
            Ok(Some(reason)) => reason,
            // The sender lives in `self`: this is not reached.
            _ => std::future::pending().await,
        }
    }
}
