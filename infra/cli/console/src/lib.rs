//! The web console: a fleet's jobs and their executions, as a page.
//!
//! [`Console::router`] serves the page and what it asks for; it is mounted at
//! [`PATH`], by the command `jit-runners console` or on the local place's own
//! port. The fleet is read through `observe` alone, by one poller for all pages,
//! which rests while nobody looks.

mod api;
mod assets;
mod error;
mod guard;
mod hub;
mod logs;
mod name;
mod operations;
mod poller;
mod reading;
mod serve;
mod shared;

pub use serve::{Bound, Server};

use axum::Router;
use observe::fleet::Fleet;
use secrecy::SecretString;
use shared::Shared;
use std::sync::Arc;
use std::time::Duration;

/// Where it is mounted.
pub const PATH: &str = "/console";

/// How a console behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Show everything, change nothing.
    pub read_only: bool,
    /// What a visitor has to bring along; nobody has to where there is none.
    pub token: Option<SecretString>,
    /// Names and addresses, without ports, that it may be reached by besides
    /// loopback's own.
    pub allowed_hosts: Vec<String>,
    /// How often the fleet is read while somebody looks.
    pub poll: Duration,
}

impl Settings {
    /// For loopback: no token, and as often as this fleet bears it.
    #[must_use]
    pub fn of(fleet: &Fleet) -> Self {
        Self {
            read_only: false,
            token: None,
            allowed_hosts: Vec::new(),
            poll: Duration::from_secs(if fleet.is_local() { 1 } else { 5 }),
        }
    }
}

/// A console of one fleet. End it with [`Console::shutdown`].
pub struct Console {
    shared: Arc<Shared>,
}

impl Console {
    /// A console that has read nothing yet: the first visitor sets it going.
    #[must_use]
    pub fn new(fleet: Fleet, settings: Settings) -> Self {
        Self {
            shared: Arc::new(Shared::new(fleet, settings)),
        }
    }

    /// All routes, to be mounted at [`PATH`]. Needs a tokio runtime to serve.
    pub fn router(&self) -> Router {
        guard::around(api::router(), &self.shared)
    }

    /// Ends the poller, the streams of events and what waits for redrives;
    /// redriven executions go on.
    pub async fn shutdown(self) {
        self.shared.shutdown().await;
    }
}
