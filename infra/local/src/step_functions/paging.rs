//! `maxResults` and `nextToken`.
//!
//! A token holds the position of the next item to give. Positions count in the
//! order of creation, so that new items do not shift a page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::server::error::AwsError;

/// The direction in which items are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    OldestFirst,
    NewestFirst,
}

/// The page that the input asks for, of the positions below `end`. `get` tells
/// what is at a position, or nothing where a filter passes over it. What comes
/// before the page is not looked at.
pub(super) fn page<T>(
    input: &Value,
    default: usize,
    order: Order,
    end: usize,
    mut get: impl FnMut(usize) -> Option<T>,
) -> Result<(Vec<T>, Option<String>), AwsError> {
    let wanted = wanted(input, default)?;
    let from = input
        .get("nextToken")
        .and_then(Value::as_str)
        .map(position)
        .transpose()?;
    let positions: &mut dyn Iterator<Item = usize> = match order {
        Order::OldestFirst => &mut (from.unwrap_or(0)..end),
        Order::NewestFirst => {
            &mut (0..from.map_or(end, |from| end.min(from.saturating_add(1)))).rev()
        }
    };
    let mut page = Vec::with_capacity(wanted.min(end));
    for position in positions {
        let Some(item) = get(position) else { continue };
        if page.len() == wanted {
            return Ok((page, Some(token(position))));
        }
        page.push(item);
    }
    Ok((page, None))
}

/// `maxResults`; 0 asks for the default.
fn wanted(input: &Value, default: usize) -> Result<usize, AwsError> {
    match input.get("maxResults") {
        None | Some(Value::Null) => Ok(default),
        Some(given) => match given.as_u64().and_then(|given| usize::try_from(given).ok()) {
            Some(0) => Ok(default),
            Some(wanted @ 1..=1000) => Ok(wanted),
            _ => Err(AwsError::validation(format!(
                "1 validation error detected: Value '{given}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000"
            ))),
        },
    }
}

/// `{name: items, nextToken?}`.
pub(super) fn answer(name: &str, items: Vec<Value>, next: Option<String>) -> Value {
    let mut answer = Map::from_iter([(name.to_owned(), Value::from(items))]);
    if let Some(next) = next {
        answer.insert("nextToken".to_owned(), Value::from(next));
    }
    Value::Object(answer)
}

fn token(position: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("position:{position}"))
}

fn position(token: &str) -> Result<usize, AwsError> {
    let decoded = URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let position = decoded.and_then(|text| text.strip_prefix("position:")?.parse().ok());
    position.ok_or_else(|| AwsError::new("InvalidToken", "Invalid Token: 'Invalid token'"))
}
