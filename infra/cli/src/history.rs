//! An execution's events as a table.

use crate::output::plain;
use crate::span;
use crate::table::{self, Column, Line};
use observe::advice;
use observe::history::Event;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const COLUMNS: [Column; 6] = [
    column("ID", false),
    column("TIME", false),
    column("ELAPSED", false),
    column("TYPE", true),
    column("STATE", true),
    column("WHAT", true),
];

const fn column(name: &'static str, cut: bool) -> Column {
    Column {
        name,
        dispensable: 0,
        cut,
    }
}

/// An event with the state that it happened in.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) event: Event,
    pub(crate) state: String,
}

/// Which state each event belongs to: the one entered on the way to it.
pub(crate) fn told(events: Vec<Event>) -> Vec<Told> {
    let mut states: BTreeMap<i64, String> = BTreeMap::new();
    let mut told = Vec::with_capacity(events.len());
    for event in events {
        let own = event.details.name.clone();
        let state = match own {
            Some(name) if event.kind.contains("State") => name,
            _ if event.kind.starts_with("Execution") => String::new(),
            _ => states.get(&event.previous).cloned().unwrap_or_default(),
        };
        states.insert(event.id, state.clone());
        told.push(Told { event, state });
    }
    told
}

/// The table; with every event's data below it where `full`.
pub(crate) fn text(
    told: &[Told],
    began: chrono::DateTime<chrono::Utc>,
    full: bool,
    width: Option<usize>,
    colour: bool,
) -> String {
    let lines: Vec<Line> = told.iter().map(|one| line(one, began)).collect();
    let table = table::text(&COLUMNS, &lines, width, colour);
    if !full {
        return table;
    }
    let mut rows = table.lines();
    let mut text = format!("{}\n", rows.next().unwrap_or_default());
    for (row, one) in rows.zip(told) {
        let _ = writeln!(text, "{row}");
        for line in data(&one.event) {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

fn line(one: &Told, began: chrono::DateTime<chrono::Utc>) -> Line {
    let event = &one.event;
    let kind = event.kind.as_str();
    let bad = ["Failed", "TimedOut", "Aborted"]
        .iter()
        .any(|end| kind.ends_with(end));
    let colour = if bad {
        31
    } else if kind.ends_with("Succeeded") {
        32
    } else {
        0
    };
    Line {
        cells: vec![
            event.id.to_string(),
            event.at.format("%Y-%m-%d %H:%M:%S%.3fZ").to_string(),
            format!("+{}", span::text(event.at - began)),
            kind.to_owned(),
            plain(&one.state),
            plain(&what(event)),
        ],
        colours: vec![0, 0, 0, colour],
        below: None,
    }
}

/// The one thing to know of an event.
fn what(event: &Event) -> String {
    let of = &event.details;
    if let Some(error) = &of.error {
        let cause = of.cause.as_deref().map(advice::unfold).unwrap_or_default();
        return format!("{error}: {cause}")
            .trim_end_matches(": ")
            .to_owned();
    }
    if let Some(resource) = &of.resource {
        let service = of.resource_type.as_deref().unwrap_or_default();
        return format!("{service}:{resource}")
            .trim_start_matches(':')
            .to_owned();
    }
    if let Some(count) = of.redrive_count {
        return format!("redrive {count}");
    }
    if let Some(index) = of.index {
        return format!("iteration {index}");
    }
    if let Some(length) = of.length {
        return format!("{length} items");
    }
    if let Some(assigned) = &of.assigned_variables
        && !assigned.is_empty()
    {
        let names: Vec<&str> = assigned.keys().map(String::as_str).collect();
        return format!("assigned {}", names.join(", "));
    }
    String::new()
}

/// What an event carries, JSON texts as JSON, indented.
fn data(event: &Event) -> Vec<String> {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(&event.details) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for (name, value) in fields {
        let value = match value.as_str() {
            Some(text) => serde_json::from_str(text).unwrap_or(value),
            None => value,
        };
        let json = serde_json::to_string_pretty(&value).unwrap_or_default();
        let mut json = json.lines().map(plain);
        lines.push(format!("{name}: {}", json.next().unwrap_or_default()));
        lines.extend(json);
    }
    lines
}
