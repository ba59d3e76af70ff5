//! The list, again and again: redrawn in place on a terminal, one block after
//! the other elsewhere.

use super::{Look, Selection, text};
use crate::output;
use crate::signals::Signals;
use anyhow::Result;
use chrono::Utc;
use observe::board::{Board, Filter};
use observe::fleet::Fleet;
use observe::row::Row;
use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::time::Duration;

/// The terminal's other screen with the cursor hidden, and back.
const ENTER: &str = "\u{1b}[?1049h\u{1b}[?25l";
const LEAVE: &str = "\u{1b}[?25h\u{1b}[?1049l";
/// To the first cell; each line clears its own rest, the end what lies below.
const HOME: &str = "\u{1b}[H";
const END_OF_LINE: &str = "\u{1b}[K\n";
const BELOW: &str = "\u{1b}[J";

/// Shows the jobs until Ctrl-C.
///
/// # Errors
/// AWS cannot be read.
pub(crate) async fn watch(
    fleet: Fleet,
    selection: &Selection,
    json: bool,
    whole: bool,
) -> Result<()> {
    let mut signals = Signals::listen()?;
    let terminal = std::io::stdout().is_terminal() && !json;
    let pause = Duration::from_secs(if fleet.is_local() { 1 } else { 5 });
    let board = Board::new(fleet);
    if terminal {
        output::result(ENTER);
    }
    let done = tokio::select! {
        () = signals.asked_to_end() => Ok(()),
        done = rounds(&board, selection, pause, terminal, json, whole) => done,
    };
    if terminal {
        output::result(LEAVE);
    }
    done
}

async fn rounds(
    board: &Board,
    selection: &Selection,
    pause: Duration,
    terminal: bool,
    json: bool,
    whole: bool,
) -> Result<()> {
    let mut before = String::new();
    loop {
        board.refresh().await?;
        let rows = rows(board, selection).await;
        if json {
            let line = serde_json::to_string(&serde_json::json!({ "jobs": rows }))?;
            if line != before {
                output::result(&format!("{line}\n"));
                before = line;
            }
        } else {
            let look = Look {
                width: output::width(),
                colour: output::colours(),
                whole,
            };
            let now = Utc::now();
            let table = text(&rows, now, look);
            if terminal {
                output::result(&screen(&table, &crate::span::moment(now)));
            } else {
                output::result(&format!("{}\n{table}\n", crate::span::moment(now)));
            }
        }
        tokio::time::sleep(pause).await;
    }
}

/// All running ones and the newest, with details.
async fn rows(board: &Board, selection: &Selection) -> Vec<Row> {
    let running = Filter {
        status: vec!["RUNNING".to_owned()],
        ..Filter::default()
    };
    let newest = Filter {
        limit: selection.limit,
        ..Filter::default()
    };
    let unread = |filter: &Filter| -> Vec<String> {
        let listing = board.rows(filter);
        listing.rows.into_iter().map(|row| row.name).collect()
    };
    let mut names = unread(&running);
    names.extend(unread(&newest));
    board.want(&names).await;
    let mut known = BTreeSet::new();
    let mut left = selection.limit;
    let mut rows = Vec::new();
    for row in board.rows(&Filter::default()).rows {
        let new = selection.matches(&row) && known.insert(row.arn.clone());
        if !new {
            continue;
        }
        if !row.running() {
            if left == 0 {
                continue;
            }
            left -= 1;
        }
        rows.push(row);
    }
    rows
}

/// What redraws the screen: as many lines as the terminal has.
fn screen(table: &str, now: &str) -> String {
    let height = terminal_size::terminal_size_of(std::io::stdout())
        .map_or(24, |(_, height)| usize::from(height.0));
    let mut shown = format!("{HOME}{now}  Ctrl-C ends{END_OF_LINE}");
    for line in table.lines().take(height.saturating_sub(2)) {
        shown.push_str(line);
        shown.push_str(END_OF_LINE);
    }
    shown.push_str(BELOW);
    shown
}
