//! Where logs are kept: a storage with an address that is good for a minute and
//! for whoever has it, as GitHub's is. It wants no token.
//!
//! Source: docs.github.com, "Download job logs for a workflow run".

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::extract::{Path, Query};
use super::jobs;
use crate::ids::JobId;
use crate::shared::Shared;
use crate::world::World;

/// How long an address is good for.
const LIFE: TimeDelta = TimeDelta::minutes(1);

/// The path of a log.
pub(super) const ROUTE: &str = "/_storage/logs/{job}";

/// The address of a log, from now on for a minute.
pub(super) fn address(world: &World, id: JobId, now: DateTime<Utc>) -> String {
    let until = (now + LIFE).timestamp();
    let signature = signature(world, id, until);
    format!(
        "{}/_storage/logs/{id}?se={until}&sig={signature}",
        world.base_url
    )
}

/// Whoever knows the App's key could have signed it; nobody else does.
fn signature(world: &World, id: JobId, until: i64) -> String {
    let text = format!("{} {id} {until}", world.app_record.key.pem());
    hex::encode(Sha256::digest(text))
}

/// What an address says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Signed {
    #[serde(default)]
    se: String,
    #[serde(default)]
    sig: String,
}

/// The log, while the address is good; the storage says 403 after that.
pub(super) async fn log(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    Query(signed): Query<Signed>,
) -> Result<String, StatusCode> {
    let id = JobId(id);
    shared.look(|world, now| {
        let until: i64 = signed.se.parse().unwrap_or_default();
        if until < now.timestamp() || signed.sig != signature(world, id, until) {
            return Err(StatusCode::FORBIDDEN);
        }
        world
            .jobs
            .get(&id)
            .map(jobs::text)
            .ok_or(StatusCode::NOT_FOUND)
    })
}
