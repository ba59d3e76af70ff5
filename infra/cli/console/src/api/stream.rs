//! `GET api/events`: server-sent events. A page that was away asks for
//! everything again, so nothing is kept for it.

use super::overview::Figures;
use crate::error::ApiError;
use crate::hub::{Message, OpenPage, PAGES};
use crate::name;
use crate::shared::Shared;
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse as _;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt as _, stream};
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// How often a silent stream says that it is alive.
const COMMENT: Duration = Duration::from_secs(15);

pub(super) async fn stream(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> super::Answer {
    let query = super::fields::query(query.as_deref());
    let execution = super::fields::one(&query, "execution");
    if !execution.is_empty() && !name::possible(execution) {
        return Err(ApiError::NoExecution);
    }
    let execution = (!execution.is_empty()).then(|| execution.to_owned());
    // Before the first message, so that none is lost in between.
    let messages = shared.hub.subscribe();
    let page = shared
        .hub
        .open(execution.clone())
        .ok_or(ApiError::TooManyPages(PAGES))?;
    shared.seen();
    let first: Vec<_> = now(&shared)
        .iter()
        .map(|message| Ok(event(message)))
        .collect();
    let events = stream::iter(first).chain(told(shared, messages, page, execution));
    let keep_alive = KeepAlive::new().interval(COMMENT).text("");
    Ok(Sse::new(events).keep_alive(keep_alive).into_response())
}

/// How things stand: what a page that has just come would else learn late.
fn now(shared: &Shared) -> Vec<Message> {
    let hub = &shared.hub;
    let trouble = shared.state.borrow().trouble.clone();
    let mut messages = vec![hub.message("trouble", &json!({ "message": trouble }), None)];
    if shared.board.reading().known > 0 {
        let figures = Figures::of(shared, Figures::HOURS);
        messages.push(hub.message("overview", &figures, None));
    }
    for operation in shared.operations.under_way() {
        messages.push(hub.message("operation", &operation, None));
    }
    messages
}

/// Messages from now on, until the page is too far behind or the console ends.
fn told(
    shared: Arc<Shared>,
    messages: broadcast::Receiver<Arc<Message>>,
    page: OpenPage,
    execution: Option<String>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let state = (shared, messages, page, execution);
    stream::unfold(
        state,
        |(shared, mut messages, page, execution)| async move {
            loop {
                let message = tokio::select! {
                    message = messages.recv() => message,
                    () = shared.hub.ended() => return None,
                };
                // Lagged: it is let go, and comes back.
                let message = message.ok()?;
                if message.about.is_none() || message.about == execution {
                    let event = event(&message);
                    return Some((Ok(event), (shared, messages, page, execution)));
                }
            }
        },
    )
}

fn event(message: &Message) -> Event {
    Event::default()
        .id(message.id.to_string())
        .event(message.event)
        .data(&message.data)
}
