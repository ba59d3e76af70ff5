//! FilterLogEvents: a search through the streams of a group, their events
//! interleaved in order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde_json::{Map, Value, json};

use super::input::{flag, invalid, not_found, text, texts};
use super::page::{Position, Room, Token, Way, Window, event};
use super::pattern::Pattern;
use super::{Group, Line, State};
use crate::server::error::AwsError;

/// The most streams that a search names.
const STREAMS: usize = 100;

impl State {
    pub(super) fn filter_events(&self, input: &Value) -> Result<Value, AwsError> {
        let pattern = Pattern::parse(text(input, "filterPattern")?.unwrap_or_default())
            .map_err(|reason| invalid(format!("Invalid filter pattern: {reason}")))?;
        let (_, group) = self.group(input)?;
        let (mut window, mut room) = (Window::of(input, true)?, Room::of(input)?);
        let token = Token::of(input)?;
        // The first call sets the direction, its tokens keep it.
        let way = match (token, flag(input, "startFromHead")?) {
            (Some(token), _) => token.way,
            (None, Some(false)) => Way::Backward,
            (None, _) => Way::Forward,
        };
        match token {
            Some(Token {
                at,
                way: Way::Forward,
            }) => window.start = window.start.max(at),
            Some(Token {
                at,
                way: Way::Backward,
            }) => window.end = window.end.min(at),
            None => {}
        }
        let streams = streams(group, input)?
            .into_iter()
            .map(|(name, lines)| (name, window.of_lines(lines)));
        let mut found = Vec::new();
        let mut next = None;
        for (stream, line) in Merged::new(streams.collect(), way) {
            if !pattern.matches(&line.text) {
                continue;
            }
            if !room.take(line) {
                let at = match way {
                    Way::Forward => line.position(),
                    Way::Backward => line.position().behind(),
                };
                next = Some(Token { way, at });
                break;
            }
            let mut event = event(line);
            event["logStreamName"] = json!(stream);
            // AWS's ids have 56 digits and grow with time as well.
            let id = format!("{:020}{:036}", line.at.timestamp_millis(), line.number);
            event["eventId"] = json!(id);
            found.push(event);
        }
        let mut answer = Map::new();
        answer.insert("events".to_owned(), Value::from(found));
        answer.insert("searchedLogStreams".to_owned(), json!([]));
        if let Some(next) = next {
            answer.insert("nextToken".to_owned(), json!(next.to_string()));
        }
        Ok(Value::Object(answer))
    }
}

/// The streams that the input names, or all of the group.
fn streams<'a>(group: &'a Group, input: &Value) -> Result<Vec<(&'a str, &'a [Line])>, AwsError> {
    let names = texts(input, "logStreamNames", STREAMS)?;
    let prefix = text(input, "logStreamNamePrefix")?;
    let found = |(name, lines): (&'a String, &'a Vec<Line>)| (name.as_str(), lines.as_slice());
    match (names, prefix) {
        (Some(_), Some(_)) => Err(invalid(
            "logStreamNames and logStreamNamePrefix cannot both be given.",
        )),
        (Some(mut names), None) => {
            names.sort_unstable();
            names.dedup();
            let named = names.into_iter().map(|name| {
                let stream = group.get_key_value(name);
                stream.map(found).ok_or_else(|| not_found("stream"))
            });
            named.collect()
        }
        (None, prefix) => {
            let wanted = |name: &str| prefix.is_none_or(|prefix| name.starts_with(prefix));
            let all = group.iter().filter(|(name, _)| wanted(name));
            Ok(all.map(found).collect())
        }
    }
}

/// The lines of several streams in the order of their positions. A page costs
/// about its own size, since no stream is read further than it.
struct Merged<'a> {
    streams: Vec<(&'a str, &'a [Line])>,
    way: Way,
    /// The next line of each stream that has one; the stream's number decides nothing.
    heads: BinaryHeap<(Reverse<Key>, usize)>,
}

/// Small keys come first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Forward(Position),
    Backward(Reverse<Position>),
}

impl<'a> Merged<'a> {
    fn new(streams: Vec<(&'a str, &'a [Line])>, way: Way) -> Self {
        let mut merged = Self {
            heads: BinaryHeap::with_capacity(streams.len()),
            streams,
            way,
        };
        for number in 0..merged.streams.len() {
            merged.push(number);
        }
        merged
    }

    fn push(&mut self, number: usize) {
        let lines = self.streams[number].1;
        let key = match self.way {
            Way::Forward => lines.first().map(|line| Key::Forward(line.position())),
            Way::Backward => lines
                .last()
                .map(|line| Key::Backward(Reverse(line.position()))),
        };
        self.heads.extend(key.map(|key| (Reverse(key), number)));
    }
}

impl<'a> Iterator for Merged<'a> {
    type Item = (&'a str, &'a Line);

    fn next(&mut self) -> Option<Self::Item> {
        let (_, number) = self.heads.pop()?;
        let (name, lines) = self.streams[number];
        let (line, rest) = match self.way {
            Way::Forward => lines.split_first()?,
            Way::Backward => lines.split_last()?,
        };
        self.streams[number].1 = rest;
        self.push(number);
        Some((name, line))
    }
}
