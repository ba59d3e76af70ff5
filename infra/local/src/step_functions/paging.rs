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

/// The page that the input asks for, of `items`, each with its position.
pub(super) fn page<T>(
    input: &Value,
    default: usize,
    order: Order,
    items: impl Iterator<Item = (usize, T)>,
) -> Result<(Vec<T>, Option<String>), AwsError> {
    let wanted = input
        .get("maxResults")
        .and_then(Value::as_u64)
        .and_then(|wanted| usize::try_from(wanted).ok());
    let wanted = match wanted {
        None | Some(0) => default,
        Some(wanted @ 1..=1000) => wanted,
        Some(more) => {
            let message = format!(
                "Value '{more}' at 'maxResults' failed to satisfy constraint: at most 1000"
            );
            return Err(AwsError::validation(message));
        }
    };
    let from = input
        .get("nextToken")
        .and_then(Value::as_str)
        .map(position)
        .transpose()?;
    // The next item may have gone (a filter applies to what is there now).
    let given_out = |position: usize| match (from, order) {
        (None, _) => false,
        (Some(from), Order::OldestFirst) => position < from,
        (Some(from), Order::NewestFirst) => position > from,
    };
    let mut items = items.skip_while(|(position, _)| given_out(*position));
    let page: Vec<T> = items.by_ref().take(wanted).map(|(_, item)| item).collect();
    Ok((page, items.next().map(|(position, _)| token(position))))
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
