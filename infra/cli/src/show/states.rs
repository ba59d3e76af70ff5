//! The attempts of an execution and each visit of a state, as tables.

use crate::output::plain;
use crate::span;
use crate::table::{self, Column, Line};
use observe::advice;
use observe::history::{End, Timeline, Visit};

const fn column(name: &'static str, cut: bool) -> Column {
    Column {
        name,
        dispensable: 0,
        cut,
    }
}

/// The first run and each redrive.
pub(super) fn attempts(timeline: &Timeline, width: Option<usize>, colour: bool) -> String {
    let columns = [
        column("ATTEMPT", false),
        column("BEGAN", false),
        column("TOOK", false),
        column("END", false),
        column("ERROR", true),
    ];
    let lines: Vec<Line> = timeline
        .attempts
        .iter()
        .map(|attempt| Line {
            cells: vec![
                name(attempt.number),
                span::moment(attempt.started),
                took(attempt.started, attempt.ended),
                attempt.end.word().to_owned(),
                plain(attempt.error.as_deref().unwrap_or_default()),
            ],
            colours: vec![0, 0, 0, shade(attempt.end)],
            below: None,
        })
        .collect();
    format!("\n{}", table::text(&columns, &lines, width, colour))
}

/// Each stay in a state, in order of entry.
pub(super) fn visits(timeline: &Timeline, width: Option<usize>, colour: bool) -> String {
    let columns = [
        column("STATE", true),
        column("ATTEMPT", false),
        column("ENTERED", false),
        column("TOOK", false),
        column("TRIES", false),
        column("RETRIES", false),
        column("END", false),
        column("ERROR", true),
    ];
    let mut lines = Vec::new();
    for visit in &timeline.visits {
        lines.push(line(visit));
    }
    format!("\n{}", table::text(&columns, &lines, width, colour))
}

fn line(visit: &Visit) -> Line {
    let last = visit.tries.last();
    let redriven = visit.redrives();
    let attempt = if redriven == 0 {
        name(visit.attempt)
    } else {
        let to = last.map_or(visit.attempt, |one| one.attempt);
        format!("{}, {}", name(visit.attempt), name(to))
    };
    let tries = visit.tries.len();
    // The errors of all tries, each once; a redrive takes them off the visit itself.
    let mut errors: Vec<&str> = Vec::new();
    for one in &visit.tries {
        if let Some(error) = one.error.as_deref()
            && !errors.contains(&error)
        {
            errors.push(error);
        }
    }
    if let Some(error) = visit.error.as_deref()
        && !errors.contains(&error)
    {
        errors.push(error);
    }
    let cause = visit.cause.as_deref().or(visit
        .tries
        .iter()
        .rev()
        .find_map(|one| one.cause.as_deref()));
    let said = cause.map(|cause| advice::reason(errors.last().copied().unwrap_or_default(), cause));
    let said = said.filter(|_| !errors.is_empty());
    Line {
        cells: vec![
            plain(&place(visit)),
            attempt,
            visit.entered.format("%H:%M:%S%.3f").to_string(),
            took(visit.entered, visit.ended),
            if tries == 0 {
                String::new()
            } else {
                tries.to_string()
            },
            if tries == 0 {
                String::new()
            } else {
                visit.retries().to_string()
            },
            visit.end.word().to_owned(),
            plain(&errors.join(", ")),
        ],
        colours: vec![0, 0, 0, 0, 0, 0, shade(visit.end)],
        below: said
            .filter(|said| !said.is_empty())
            .map(|said| plain(&said)),
    }
}

/// The state, behind the Parallel and Map states around it.
fn place(visit: &Visit) -> String {
    let mut place = String::new();
    for around in &visit.within {
        place.push_str(&around.state);
        if let Some(iteration) = around.iteration {
            place.push_str(&format!("[{iteration}]"));
        }
        place.push_str(" / ");
    }
    place + &visit.state
}

fn name(attempt: u32) -> String {
    match attempt {
        0 | 1 => "first run".to_owned(),
        later => format!("redrive {}", later - 1),
    }
}

fn took(from: chrono::DateTime<chrono::Utc>, to: Option<chrono::DateTime<chrono::Utc>>) -> String {
    match to {
        Some(to) => span::text(to - from),
        None => format!("{} so far", span::text(chrono::Utc::now() - from)),
    }
}

fn shade(end: End) -> u8 {
    match end {
        End::Running => 34,
        End::Succeeded => 32,
        End::Caught => 33,
        End::Failed | End::Aborted | End::TimedOut => 31,
    }
}
