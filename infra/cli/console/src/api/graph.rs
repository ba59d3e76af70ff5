//! `GET api/executions/{name}/graph.svg`: the definition that the execution runs,
//! coloured by what it did.

use super::{Answer, execution, fields};
use crate::shared::Shared;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use observe::graph::{Graph, Paint, StatePaint, Style, layout, svg};
use observe::history::Timeline;
use std::sync::Arc;

pub(super) async fn graph(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = fields::query(query.as_deref());
    let file = match fields::one(&query, "standalone") {
        "" | "0" => false,
        "1" => true,
        other => return Err(fields::invalid("standalone", other, "1 or nothing")),
    };
    let execution = execution::read(&shared, &name).await?;
    let definition = shared.reading.definition(&execution).await?;
    let graph = Graph::of(&definition)?;
    let style = if file {
        Style::Standalone
    } else {
        Style::Embedded
    };
    let picture = svg(&graph, &layout(&graph), &paint(&execution.timeline), style);
    let kind = [(header::CONTENT_TYPE, "image/svg+xml")];
    if !file {
        return Ok((kind, picture).into_response());
    }
    // The name was looked up, so it holds nothing that ends the quotes; what is
    // not ASCII no header may hold.
    let safe: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    let disposition = format!("attachment; filename=\"{safe}.svg\"");
    let attachment = [(header::CONTENT_DISPOSITION, disposition)];
    Ok((kind, attachment, picture).into_response())
}

/// What the execution did, as the picture has it.
fn paint(timeline: &Timeline) -> Paint {
    let states = timeline.states().into_iter().map(|(name, view)| {
        let paint = StatePaint {
            status: view.end.word(),
            visits: view.visits,
            retries: view.retries,
        };
        (name, paint)
    });
    Paint {
        states: states.collect(),
        taken: timeline.taken(),
    }
}
