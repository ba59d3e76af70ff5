//! What `reconcile` reads and writes in the claims table: all of it in one
//! look, what it did with a claim, its own place, and what has expired.
//!
//! Beside the claims (`job#…`) the table holds `repo#<owner/name>` (when the
//! repository last had a job, `seen_at`), `delivery#<guid>` (how often a failed
//! delivery was sent once more), `start#<claim>` (how often a job's event was put
//! on the bus again) and `reconcile#cursor`. Every write has a
//! condition, so that two periods at once, or an execution that goes on
//! meanwhile, spoil nothing.

mod contents;
mod cursor;
mod expired;
mod looked;
mod retried;

use aws_sdk_dynamodb::Client;

use crate::config::Config;

pub use contents::{Contents, RetryNote};
pub use cursor::Begun;
pub use expired::HandoverKeys;

/// Prefix of the notes on repositories.
pub const REPOSITORY: &str = "repo#";
/// Prefix of the notes on deliveries.
pub const DELIVERY: &str = "delivery#";
/// Prefix of the notes on jobs whose event was put on the bus again; the key of
/// their claim follows.
pub const START: &str = "start#";
/// Prefix of the item that says until when GitHub is not to be called.
const LIMIT: &str = "github#limit";
/// Prefix of the claims.
const JOB: &str = "job#";

/// The table's client.
#[derive(Debug, Clone)]
pub struct Upkeep {
    client: Client,
    table: String,
}

impl Upkeep {
    /// A client for the claims table named `table`.
    pub fn new(config: &Config, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(config.sdk()),
            table: table.into(),
        }
    }
}
