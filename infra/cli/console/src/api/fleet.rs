//! `GET api/fleet`: what this console is about, and the token of its changes.

use super::{Answer, json};
use crate::shared::Shared;
use axum::extract::State;
use secrecy::ExposeSecret as _;
use serde_json::json as value;
use std::sync::Arc;

/// Handler settings of the fleet's functions.
pub(super) const FUNCTIONS: [&str; 6] = [
    "webhook",
    "size",
    "mint",
    "verify-removal",
    "escalate",
    "reconcile",
];

pub(super) async fn fleet(State(shared): State<Arc<Shared>>) -> Answer {
    shared.seen();
    let fleet = shared.fleet();
    // The page opens also where AWS cannot be read: a banner says why.
    let machine = fleet.machine().await.map(|machine| machine.arn.as_str());
    json(&value!({
        "fleet": fleet.names().fleet(),
        "region": fleet.region(),
        "local": fleet.is_local(),
        "read_only": shared.settings.read_only,
        "csrf": shared.csrf.expose_secret(),
        "version": env!("CARGO_PKG_VERSION"),
        "state_machine_arn": machine.unwrap_or_default(),
        "functions": FUNCTIONS,
    }))
}
