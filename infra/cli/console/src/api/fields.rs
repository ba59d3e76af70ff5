//! What a list or a redrive is asked for, from an address or a body. A word that
//! is not known is refused: a filter that is ignored would redrive too much.

use crate::error::ApiError;
use chrono::{TimeDelta, Utc};
use observe::board::{Filter, Sort};
use observe::redrive::STATUSES as BAD;
use serde_json::Value;
use std::borrow::Cow;

/// Rows in an answer, unless told.
const LIMIT: usize = 100;
const MOST: usize = 500;
/// AWS keeps executions for 90 days.
const LONGEST_HOURS: u32 = 24 * 100;

/// Names and values.
pub(super) type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Of an address.
pub(super) fn query(text: Option<&str>) -> Pairs<'_> {
    form_urlencoded::parse(text.unwrap_or_default().as_bytes()).collect()
}

/// The value of one name; empty where there is none.
pub(super) fn one<'a>(pairs: &'a Pairs<'_>, name: &str) -> &'a str {
    let found = pairs.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value)
}

/// A number; the default where there is none.
pub(super) fn number<N: std::str::FromStr>(
    name: &str,
    value: &str,
    default: N,
) -> Result<N, ApiError> {
    if value.is_empty() {
        return Ok(default);
    }
    value
        .parse()
        .map_err(|_| invalid(name, value, "a number that is not negative"))
}

pub(super) fn invalid(name: &str, value: &str, wanted: &str) -> ApiError {
    let value: String = value.chars().take(80).collect();
    ApiError::InvalidRequest(format!("{name}={value:?} is not possible: give {wanted}."))
}

/// The order of events or rows: whether it is ascending.
pub(super) fn ascending(value: &str, default: bool) -> Result<bool, ApiError> {
    match value {
        "" => Ok(default),
        "asc" => Ok(true),
        "desc" => Ok(false),
        other => Err(invalid("order", other, "asc or desc")),
    }
}

/// The filter of a list.
pub(super) fn filter(pairs: &Pairs<'_>) -> Result<Filter, ApiError> {
    let mut filter = Filter {
        limit: LIMIT,
        ..Filter::default()
    };
    for (name, value) in pairs {
        let value = value.trim();
        match name.as_ref() {
            "status" => filter.status = statuses(value)?,
            "q" => value.clone_into(&mut filter.text),
            "repository" => value.clone_into(&mut filter.repository),
            "label" => value.clone_into(&mut filter.label),
            "error" => value.clone_into(&mut filter.error),
            "kind" => value.clone_into(&mut filter.kind),
            "hours" if value.is_empty() => {}
            "hours" => {
                let hours = hours(value, 0)?;
                filter.since = Some(Utc::now() - TimeDelta::hours(i64::from(hours)));
            }
            "sort" => {
                filter.sort = match value {
                    "" | "started" => Sort::Started,
                    "stopped" => Sort::Stopped,
                    "since" => Sort::Since,
                    other => return Err(invalid("sort", other, "started, stopped or since")),
                }
            }
            "order" => filter.ascending = ascending(value, false)?,
            "offset" => filter.offset = number("offset", value, 0)?,
            "limit" => filter.limit = number("limit", value, LIMIT)?.clamp(1, MOST),
            other => {
                return Err(invalid(
                    other,
                    value,
                    "status, q, repository, label, error, kind, hours, sort, order, offset or limit",
                ));
            }
        }
    }
    Ok(filter)
}

/// A span in hours, from 1 on.
pub(super) fn hours(value: &str, default: u32) -> Result<u32, ApiError> {
    match number("hours", value, default)? {
        hours @ 1..=LONGEST_HOURS => Ok(hours),
        _ => Err(invalid("hours", value, "1 to 2400")),
    }
}

/// The filter of a redrive: a list's, in a body, and only what ended badly.
pub(super) fn redrive_filter(body: &Value) -> Result<Filter, ApiError> {
    let Some(fields) = body.as_object() else {
        return Err(invalid(
            "filter",
            &body.to_string(),
            "an object like {\"error\": \"GitHubRefused\"}",
        ));
    };
    let pairs: Pairs<'_> = fields
        .iter()
        .map(|(name, value)| {
            let text = match value {
                Value::String(text) => Cow::Borrowed(text.as_str()),
                Value::Null => Cow::Borrowed(""),
                other => Cow::Owned(other.to_string()),
            };
            (Cow::Borrowed(name.as_str()), text)
        })
        .collect();
    let mut filter = filter(&pairs)?;
    (filter.offset, filter.limit) = (0, 0);
    let asked = std::mem::take(&mut filter.status);
    filter.status = BAD
        .iter()
        .filter(|bad| asked.is_empty() || asked.iter().any(|status| status == *bad))
        .map(|bad| (*bad).to_owned())
        .collect();
    if filter.status.is_empty() {
        return Err(invalid(
            "status",
            &asked.join(","),
            "FAILED, TIMED_OUT or ABORTED: nothing else is redriven",
        ));
    }
    Ok(filter)
}

fn statuses(value: &str) -> Result<Vec<String>, ApiError> {
    value
        .split(',')
        .map(str::trim)
        .filter(|status| !status.is_empty())
        .map(|status| {
            let known = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"];
            if known.contains(&status) {
                Ok(status.to_owned())
            } else {
                Err(invalid(
                    "status",
                    status,
                    "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED",
                ))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_understood_is_refused_and_never_left_out() {
        for text in [
            "repo=a",
            "status=failed",
            "hours=0",
            "hours=-1",
            "hours=99999",
            "sort=name",
            "order=up",
            "limit=x",
            "offset=-1",
        ] {
            assert!(filter(&query(Some(text))).is_err(), "{text}");
        }
        for body in [
            json!([]),
            json!("all"),
            json!({"repo": "a"}),
            json!({"status": "RUNNING"}),
        ] {
            assert!(redrive_filter(&body).is_err(), "{body}");
        }
    }

    #[test]
    fn a_list_is_bounded_and_a_redrive_takes_what_ended_badly() {
        let all = filter(&query(Some(
            "q=a%20b&status=FAILED,TIMED_OUT&hours=2&limit=9999&order=asc",
        )))
        .unwrap();
        assert_eq!(
            (all.text.as_str(), all.limit, all.ascending),
            ("a b", MOST, true)
        );
        assert_eq!(all.status, ["FAILED", "TIMED_OUT"]);
        assert!(all.since.is_some());
        let bad = redrive_filter(
            &json!({"q": "x", "hours": 24, "error": null, "status": "FAILED,RUNNING"}),
        )
        .unwrap();
        assert_eq!(
            (bad.status.as_slice(), bad.limit),
            (["FAILED".to_owned()].as_slice(), 0)
        );
        assert_eq!(redrive_filter(&json!({})).unwrap().status, BAD);
    }
}
