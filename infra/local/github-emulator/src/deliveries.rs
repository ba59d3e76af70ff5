//! The log of webhook deliveries, as an App's owner sees it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::ids::{DeliveryId, JobId};

/// Whose webhook an event goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookKind {
    /// The App's.
    App,
    /// The organisation's own, see [`crate::Emulator::set_organization_webhook`].
    Organization,
}

/// One attempt to deliver one event.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Of this attempt.
    pub id: DeliveryId,
    /// Whose webhook it went to.
    pub hook: HookKind,
    /// `X-GitHub-Delivery`; a redelivery has the same one.
    pub guid: String,
    /// `X-GitHub-Event`.
    pub event: String,
    /// The payload's action.
    pub action: Option<String>,
    /// The job that it is about.
    pub job_id: Option<JobId>,
    /// The repository that it is about.
    pub repository_id: Option<u64>,
    /// When it was sent.
    pub delivered_at: DateTime<Utc>,
    /// Whether somebody asked for it once more.
    pub redelivery: bool,
    /// Seconds until the answer, or until it was given up.
    pub duration: f64,
    /// `OK`, the reason of a bad status, or `timed out`, `failed to connect`.
    pub status: String,
    /// The answer's status; 0 where none came.
    pub status_code: u16,
    /// Where it went.
    pub url: String,
    /// All headers that were sent, signature included.
    pub request_headers: BTreeMap<String, String>,
    /// The body that was sent.
    pub request_payload: String,
    /// The answer's headers.
    pub response_headers: BTreeMap<String, String>,
    /// The answer's body.
    pub response_payload: String,
}
