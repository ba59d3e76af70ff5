//! The jobs of a fleet as a list: what runs, what waits and why, what ended how.

mod select;
mod watch;

pub(crate) use select::{Selection, select};
pub(crate) use watch::watch;

use crate::output::plain;
use crate::span;
use crate::table::{self, Column, Line};
use chrono::{DateTime, Utc};
use observe::row::{Row, Size};

/// A terminal that is as wide shows each reason in a column of its own.
const WIDE: usize = 220;

const COLUMNS: [Column; 9] = [
    column("REPOSITORY", 0, true),
    column("JOB", 0, true),
    column("LABELS", 3, true),
    column("SIZE", 4, false),
    column("STATE", 0, true),
    column("SINCE", 1, false),
    column("RUNNER", 5, true),
    column("TASK", 6, false),
    column("EXECUTION", 0, false),
];

const fn column(name: &'static str, dispensable: u8, cut: bool) -> Column {
    Column {
        name,
        dispensable,
        cut,
    }
}

/// How a list is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// The terminal's width; nothing: as wide as need be.
    pub(crate) width: Option<usize>,
    /// With colours.
    pub(crate) colour: bool,
    /// Ids whole.
    pub(crate) whole: bool,
}

/// The list as a table.
pub(crate) fn text(rows: &[Row], now: DateTime<Utc>, look: Look) -> String {
    if rows.is_empty() {
        return "No jobs.\n".to_owned();
    }
    let wide = look.whole || look.width.is_none_or(|width| width >= WIDE);
    let mut columns = COLUMNS.to_vec();
    if wide {
        columns.push(column("WHY", 0, false));
    }
    let lines: Vec<Line> = rows.iter().map(|row| line(row, now, look, wide)).collect();
    let width = look.width.filter(|_| !look.whole);
    table::text(&columns, &lines, width, look.colour)
}

fn line(row: &Row, now: DateTime<Utc>, look: Look, wide: bool) -> Line {
    let details = row.details.clone().unwrap_or_default();
    let job = details.job.clone().unwrap_or_default();
    let id = |id: &str| {
        if look.whole {
            id.to_owned()
        } else {
            id.chars().take(8).collect()
        }
    };
    let (state, colour) = state(row);
    let since = match row.stopped {
        Some(stopped) if !row.running() => stopped,
        _ => details.since.unwrap_or(row.started),
    };
    let task = details.task.as_deref().unwrap_or_default();
    let why = plain(&why(row));
    let mut cells = vec![
        plain(&job.repository),
        plain(&job.name),
        plain(&job.labels.join(", ")),
        details.size.as_ref().map(size).unwrap_or_default(),
        plain(&state),
        ago(now - since),
        plain(details.runner.as_deref().unwrap_or_default()),
        id(task.rsplit('/').next().unwrap_or_default()),
        plain(&id(&row.name)),
    ];
    let mut below = None;
    if wide {
        cells.push(why);
    } else if !why.is_empty() {
        below = Some(why);
    }
    Line {
        cells,
        colours: vec![0, 0, 0, 0, colour],
        below,
    }
}

/// Where it stands, in a word or two, and the colour of that.
fn state(row: &Row) -> (String, u8) {
    let details = row.details.as_ref();
    let state = details
        .and_then(|of| of.state.as_deref())
        .unwrap_or_default();
    match row.status.as_str() {
        "RUNNING" => {
            let task = details.and_then(|of| of.task_status.as_deref());
            match task {
                Some(task) if state == "RunRunner" => (format!("{state} {task}"), 34),
                _ => (state.to_owned(), 34),
            }
        }
        "SUCCEEDED" => {
            let outcome = details.and_then(|of| of.outcome.as_deref());
            (outcome.unwrap_or("SUCCEEDED").to_owned(), 32)
        }
        other => {
            let error = details
                .and_then(|of| of.error.as_deref())
                .unwrap_or_default();
            (format!("{other} {error}").trim().to_owned(), 31)
        }
    }
}

/// The reason why it waits; for what failed that holds its error.
fn why(row: &Row) -> String {
    let Some(waiting) = row.details.as_ref().and_then(|of| of.waiting.as_ref()) else {
        return String::new();
    };
    match waiting.until {
        Some(until) => format!("{} Goes on at {}.", waiting.sentence, span::moment(until)),
        None => waiting.sentence.clone(),
    }
}

/// Such as `1 vCPU, 2 GiB`.
pub(crate) fn size(size: &Size) -> String {
    let memory = if size.memory_mib.is_multiple_of(1024) {
        format!("{} GiB", size.memory_mib / 1024)
    } else {
        format!("{} MiB", size.memory_mib)
    };
    let spot = if size.capacity == "spot" {
        ", Spot"
    } else {
        ""
    };
    format!("{} vCPU, {memory}{spot}", f64::from(size.cpu) / 1024.0)
}

/// One unit is enough in a list.
fn ago(span: chrono::TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}
