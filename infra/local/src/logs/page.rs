//! Positions in the order of all lines, and tokens that hold one.
//!
//! A position stands before the line of this time and number: lines that are
//! added later never shift a page.

use std::fmt;

use serde_json::{Value, json};

use super::Line;
use super::input::{integer, invalid};
use crate::server::error::AwsError;

/// The most events of a page.
const EVENTS: usize = 10_000;
/// The most bytes of a page, as AWS counts them.
const BYTES: usize = 1024 * 1024;
/// What AWS adds to each message's length.
const OVERHEAD: usize = 26;

/// Epoch milliseconds and the number of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    millis: i64,
    number: u64,
}

impl Position {
    pub(super) const FIRST: Self = Self::new(i64::MIN, 0);
    pub(super) const LAST: Self = Self::new(i64::MAX, u64::MAX);

    pub(super) const fn new(millis: i64, number: u64) -> Self {
        Self { millis, number }
    }

    /// Right behind the line that stands here.
    pub(super) fn behind(self) -> Self {
        Self::new(self.millis, self.number.saturating_add(1))
    }
}

/// The direction in which a token leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Backward,
}

/// A token: `f/<milliseconds>-<number>`, or with `b/` backward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) way: Way,
    pub(super) at: Position,
}

impl Token {
    /// The input's `nextToken`, if there is one.
    pub(super) fn of(input: &Value) -> Result<Option<Self>, AwsError> {
        let Some(text) = super::input::text(input, "nextToken")? else {
            return Ok(None);
        };
        let parsed = || {
            let (way, position) = text.split_once('/')?;
            let (millis, number) = position.rsplit_once('-')?;
            let way = match way {
                "f" => Way::Forward,
                "b" => Way::Backward,
                _ => return None,
            };
            let at = Position::new(millis.parse().ok()?, number.parse().ok()?);
            Some(Self { way, at })
        };
        let refused = || invalid("The specified nextToken is invalid.");
        parsed().map(Some).ok_or_else(refused)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.way {
            Way::Forward => 'f',
            Way::Backward => 'b',
        };
        write!(f, "{way}/{}-{}", self.at.millis, self.at.number)
    }
}

/// The events of a page as they come, until it is full.
pub(super) struct Room {
    events: usize,
    bytes: usize,
}

impl Room {
    /// As the input's `limit` says, 10,000 by default.
    pub(super) fn of(input: &Value) -> Result<Self, AwsError> {
        Ok(Self {
            events: integer(input, "limit", 1, EVENTS as i64)?
                .map_or(EVENTS, |limit| limit as usize),
            bytes: BYTES,
        })
    }

    /// Takes room for one more line; false where there is none. A page's first
    /// line always fits.
    pub(super) fn take(&mut self, line: &Line) -> bool {
        let bytes = line.text.len() + OVERHEAD;
        let fits = self.events > 0 && (bytes <= self.bytes || self.bytes == BYTES);
        if fits {
            self.events -= 1;
            self.bytes = self.bytes.saturating_sub(bytes);
        }
        fits
    }
}

/// From the first time on, up to but without the second one, epoch milliseconds.
pub(super) struct Window {
    pub(super) start: Position,
    pub(super) end: Position,
}

impl Window {
    /// `startTime` and `endTime`. Of one stream, events at `endTime` are not
    /// shown; of a search they are (`inclusive`).
    pub(super) fn of(input: &Value, inclusive: bool) -> Result<Self, AwsError> {
        let start = integer(input, "startTime", 0, i64::MAX)?;
        let end = integer(input, "endTime", 0, i64::MAX)?;
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            return Err(invalid("startTime must not be later than endTime."));
        }
        let end = end.map(|end| end.saturating_add(i64::from(inclusive)));
        Ok(Self {
            start: start.map_or(Position::FIRST, |start| Position::new(start, 0)),
            end: end.map_or(Position::LAST, |end| Position::new(end, 0)),
        })
    }

    /// The part of a stream's lines in the window.
    pub(super) fn of_lines<'a>(&self, lines: &'a [Line]) -> &'a [Line] {
        let first = lines.partition_point(|line| line.position() < self.start);
        let end = lines.partition_point(|line| line.position() < self.end);
        lines.get(first..end).unwrap_or_default()
    }
}

/// An event as GetLogEvents shows it.
pub(super) fn event(line: &Line) -> Value {
    let at = line.at.timestamp_millis();
    json!({"timestamp": at, "ingestionTime": at, "message": line.text})
}
