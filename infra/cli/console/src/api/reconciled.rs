//! `GET api/reconciled`: what was mended without a person, and why runners were
//! let go. Read from the functions' logs when it is asked for, at most once in a
//! while for all pages: CloudWatch Logs is slow and has a price.

use super::{Answer, fields, json};
use crate::error::ApiError;
use crate::shared::Shared;
use axum::extract::{RawQuery, State};
use chrono::{TimeDelta, Utc};
use observe::reconciled::{Report, read};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(10);
/// Lines of each kind in an answer, the newest.
const LINES: usize = 50;

/// The last answer, for one span.
#[derive(Debug, Default)]
pub(crate) struct Kept(tokio::sync::Mutex<Option<(u32, Instant, Arc<Report>)>>);

pub(super) async fn reconciled(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = fields::query(query.as_deref());
    let hours = fields::hours(fields::one(&query, "hours"), 24)?;
    // Whoever comes meanwhile waits for the same answer.
    let mut kept = shared.reconciled.0.lock().await;
    if let Some((of, at, report)) = &*kept
        && *of == hours
        && at.elapsed() < KEPT
    {
        return json(report.as_ref());
    }
    let since = Utc::now() - TimeDelta::hours(i64::from(hours));
    let mut report = read(shared.fleet(), since).await.map_err(ApiError::Read)?;
    report.repairs.truncate(LINES);
    report.releases.truncate(LINES);
    let report = Arc::new(report);
    *kept = Some((hours, Instant::now(), Arc::clone(&report)));
    json(report.as_ref())
}
