//! `GET api/executions`: the list. It never waits for details: rows come with
//! what is known, and the rest follows on the stream.

use super::{Answer, fields, json};
use crate::error::ApiError;
use crate::poller;
use crate::shared::Shared;
use axum::extract::{RawQuery, State};
use observe::board::{self, cost_usd};
use observe::row::Row;
use serde::Serialize;
use std::sync::Arc;

/// A row as pages get it.
#[derive(Debug, Serialize)]
pub(crate) struct Shown<'a> {
    #[serde(flatten)]
    row: &'a Row,
    /// Nothing where its usage is not known.
    cost_usd: Option<f64>,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(shared: &Shared, row: &'a Row) -> Self {
        Self {
            row,
            cost_usd: cost_usd(row, shared.fleet().region()),
        }
    }
}

#[derive(Serialize)]
struct List<'a> {
    total: usize,
    matched: usize,
    reading: board::Reading,
    offset: usize,
    rows: Vec<Shown<'a>>,
}

pub(super) async fn list(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Answer {
    let filter = fields::filter(&fields::query(query.as_deref()))?;
    shared.ready().await;
    let reading = shared.board.reading();
    let trouble = shared.state.borrow().trouble.clone();
    if let Some(message) = trouble.filter(|_| reading.known == 0) {
        // An empty list would say that there are no jobs.
        return Err(ApiError::Unreadable(message));
    }
    let listing = shared.board.rows(&filter);
    shared
        .hub
        .showed(listing.rows.iter().map(|row| row.name.as_str()));
    read_ahead(&shared, &listing.rows);
    json(&List {
        total: listing.total,
        matched: listing.matched,
        reading,
        offset: filter.offset,
        rows: listing
            .rows
            .iter()
            .map(|row| Shown::of(&shared, row))
            .collect(),
    })
}

/// Details of what somebody looks at come first.
fn read_ahead(shared: &Arc<Shared>, rows: &[Row]) {
    let names: Vec<String> = rows
        .iter()
        .filter(|row| row.details.is_none())
        .map(|row| row.name.clone())
        .collect();
    if names.is_empty() {
        return;
    }
    let mine = Arc::clone(shared);
    shared.spawn(async move {
        let want = async {
            mine.board.want(&names).await;
            let read: Vec<Row> = names
                .iter()
                .filter_map(|name| mine.board.row(name))
                .collect();
            poller::tell_rows(&mine, &read.iter().collect::<Vec<_>>());
        };
        tokio::select! {
            () = want => {}
            () = mine.hub.ended() => {}
        }
    });
}
