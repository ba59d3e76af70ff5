//! GetLogEvents: one stream, the newest events first unless asked otherwise,
//! and from there both ways.

use serde_json::{Value, json};

use super::input::{flag, not_found, text};
use super::page::{Room, Token, Way, Window, event};
use super::{Line, State};
use crate::server::error::AwsError;

impl State {
    pub(super) fn get_events(&self, input: &Value) -> Result<Value, AwsError> {
        let (_, group) = self.group(input)?;
        let stream = text(input, "logStreamName")?.unwrap_or_default();
        let lines = group.get(stream).ok_or_else(|| not_found("stream"))?;
        let (window, mut room) = (Window::of(input, false)?, Room::of(input)?);
        let token = Token::of(input)?;
        let lines = window.of_lines(lines);
        let from_head = flag(input, "startFromHead")?.unwrap_or(false);
        // A token's own direction counts, whatever else is said.
        let way = match (token, from_head) {
            (Some(token), _) => token.way,
            (None, true) => Way::Forward,
            (None, false) => Way::Backward,
        };
        let begin = match (token, way) {
            (Some(token), _) => lines.partition_point(|line| line.position() < token.at),
            (None, Way::Forward) => 0,
            (None, Way::Backward) => lines.len(),
        };
        let mut fits = |line: &&Line| room.take(line);
        let page = match way {
            Way::Forward => {
                let count = lines[begin..].iter().take_while(&mut fits).count();
                &lines[begin..begin + count]
            }
            Way::Backward => {
                let count = lines[..begin].iter().rev().take_while(&mut fits).count();
                &lines[begin - count..begin]
            }
        };
        // Where nothing was left, the same token comes back.
        let (first, end) = match (page.first(), page.last(), token) {
            (Some(first), Some(last), _) => (first.position(), last.position().behind()),
            (_, _, Some(token)) => (token.at, token.at),
            // Nothing is in the window: whatever may come is ahead.
            _ => (window.start, window.start),
        };
        let token = |way, at| Token { way, at }.to_string();
        Ok(json!({
            "events": page.iter().map(event).collect::<Vec<_>>(),
            "nextForwardToken": token(Way::Forward, end),
            "nextBackwardToken": token(Way::Backward, first),
        }))
    }
}
