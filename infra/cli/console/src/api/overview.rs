//! `GET api/overview`: the fleet in a few figures.

use super::{Answer, fields, json};
use crate::shared::Shared;
use axum::extract::{RawQuery, State};
use chrono::{DateTime, Utc};
use observe::board::{Overview, TimeToStart, WaitingFor};
use serde::Serialize;
use std::sync::Arc;

/// The figures as the page has them.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    at: DateTime<Utc>,
    hours: u32,
    running: usize,
    queued: usize,
    failed: usize,
    rejected: usize,
    served: usize,
    waiting: Vec<WaitingFor>,
    /// Nothing where no job has run.
    time_to_start: Option<TimeToStart>,
    cost: Cost,
    reading: observe::board::Reading,
}

#[derive(Debug, Serialize)]
struct Cost {
    total_usd: f64,
    /// Jobs in all.
    jobs: usize,
    /// Those whose usage is known.
    priced: usize,
    region_known: bool,
}

impl Figures {
    /// The span that all pages are told of.
    pub(crate) const HOURS: u32 = 24;

    pub(crate) fn of(shared: &Shared, hours: u32) -> Self {
        shared.board.overview(hours).into()
    }
}

impl From<Overview> for Figures {
    fn from(of: Overview) -> Self {
        Self {
            at: of.at,
            hours: of.hours,
            running: of.running,
            queued: of.queued,
            failed: of.failed,
            rejected: of.rejected,
            served: of.served,
            waiting: of.waiting,
            time_to_start: (of.time_to_start.count > 0).then_some(of.time_to_start),
            cost: Cost {
                total_usd: of.cost.total_usd,
                jobs: of.executions,
                priced: of.cost.jobs,
                region_known: of.cost.region_known,
            },
            reading: of.reading,
        }
    }
}

pub(super) async fn overview(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = fields::query(query.as_deref());
    let hours = fields::hours(fields::one(&query, "hours"), Figures::HOURS)?;
    shared.ready().await;
    json(&Figures::of(&shared, hours))
}
