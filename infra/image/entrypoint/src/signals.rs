//! Signals to this process that are forwarded to the runner program.
//!
//! They come through a channel, so that tests can send one to a single run
//! without sending it to their own process.

use std::io;

use nix::sys::signal::Signal;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// A signal that is forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forwarded {
    /// Asked to leave: StopTask, Spot, shutdown.
    Terminate,
    /// Ctrl-C.
    Interrupt,
}

impl Forwarded {
    /// The signal's number.
    pub fn number(self) -> i32 {
        self.signal() as i32
    }

    pub(crate) fn signal(self) -> Signal {
        match self {
            Self::Terminate => Signal::SIGTERM,
            Self::Interrupt => Signal::SIGINT,
        }
    }
}

/// The receiving end.
#[derive(Debug)]
pub struct Signals(mpsc::UnboundedReceiver<Forwarded>);

impl Signals {
    /// A channel that a test, or another place, sends signals through.
    pub fn channel() -> (mpsc::UnboundedSender<Forwarded>, Self) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (sender, Self(receiver))
    }

    /// The process's own SIGTERM and SIGINT, from now on. As the first process
    /// of a container it would not even see them without a handler.
    ///
    /// # Errors
    /// The handlers cannot be installed.
    pub fn of_process() -> io::Result<Self> {
        let (sender, signals) = Self::channel();
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::spawn(async move {
            loop {
                let forwarded = tokio::select! {
                    Some(()) = terminate.recv() => Forwarded::Terminate,
                    Some(()) = interrupt.recv() => Forwarded::Interrupt,
                    else => return,
                };
                if sender.send(forwarded).is_err() {
                    return;
                }
            }
        });
        Ok(signals)
    }

    /// The next signal; never, once nobody can send one.
    pub(crate) async fn next(&mut self) -> Forwarded {
        match self.0.recv().await {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    }
}
