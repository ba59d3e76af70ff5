//! DescribeLogGroups, DescribeLogStreams.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::input::{flag, integer, invalid, text};
use super::{Line, State};
use crate::retention;
use crate::server::error::AwsError;
use crate::{ACCOUNT, REGION};

/// The most groups or streams of a page, and the default.
const MOST: i64 = 50;

/// What lists are ordered by: nothing or the last event's time, then the name.
type Key = (i64, String);

impl State {
    pub(super) fn describe_groups(&self, input: &Value) -> Result<Value, AwsError> {
        let prefix = text(input, "logGroupNamePrefix")?;
        let pattern = text(input, "logGroupNamePattern")?;
        if prefix.is_some() && pattern.is_some() {
            return Err(invalid(
                "logGroupNamePrefix and logGroupNamePattern cannot both be given.",
            ));
        }
        let wanted = self.groups.iter().filter(|(name, _)| {
            prefix.is_none_or(|prefix| name.starts_with(prefix))
                && pattern.is_none_or(|pattern| name.contains(pattern))
        });
        let groups = wanted.map(|(name, streams)| {
            let first = streams.values().filter_map(|lines| lines.first());
            let created = first.map(|line| line.at.timestamp_millis()).min();
            let group = json!({
                "logGroupName": name,
                "arn": format!("{}:*", group_arn(name)),
                "logGroupArn": group_arn(name),
                "logGroupClass": "STANDARD",
                "creationTime": created,
                "metricFilterCount": 0,
                "retentionInDays": retention::DAYS,
                "storedBytes": 0,
            });
            ((0, name.clone()), group)
        });
        page(input, "logGroups", false, groups.collect())
    }

    pub(super) fn describe_streams(&self, input: &Value) -> Result<Value, AwsError> {
        let (group, streams) = self.group(input)?;
        let prefix = text(input, "logStreamNamePrefix")?;
        let by_time = match text(input, "orderBy")? {
            None | Some("LogStreamName") => false,
            Some("LastEventTime") if prefix.is_some() => {
                return Err(invalid(
                    "Cannot order by LastEventTime with a logStreamNamePrefix.",
                ));
            }
            Some("LastEventTime") => true,
            Some(other) => {
                return Err(invalid(format!(
                    "1 validation error detected: Value '{other}' at 'orderBy' failed to satisfy constraint: Member must satisfy enum value set: [LogStreamName, LastEventTime]"
                )));
            }
        };
        let descending = flag(input, "descending")?.unwrap_or(false);
        let wanted = streams
            .iter()
            .filter(|(name, _)| prefix.is_none_or(|prefix| name.starts_with(prefix)));
        let streams = wanted.map(|(name, lines)| {
            let millis = |line: Option<&Line>| line.map(|line| line.at.timestamp_millis());
            let (first, last) = (millis(lines.first()), millis(lines.last()));
            let stream = json!({
                "logStreamName": name,
                "arn": format!("{}:log-stream:{name}", group_arn(group)),
                "creationTime": first,
                "firstEventTimestamp": first,
                "lastEventTimestamp": last,
                "lastIngestionTime": last,
                "storedBytes": 0,
            });
            let time = if by_time { last.unwrap_or(0) } else { 0 };
            ((time, name.clone()), stream)
        });
        page(input, "logStreams", descending, streams.collect())
    }
}

/// `{name: items, nextToken?}`. The token holds the key of the page's last item.
fn page(
    input: &Value,
    name: &str,
    descending: bool,
    mut items: Vec<(Key, Value)>,
) -> Result<Value, AwsError> {
    let limit = integer(input, "limit", 1, MOST)?.unwrap_or(MOST) as usize;
    let after: Option<Key> = text(input, "nextToken")?.map(read).transpose()?;
    items.sort_by(|(one, _), (other, _)| {
        let order = one.cmp(other);
        if descending { order.reverse() } else { order }
    });
    let given_out = |key: &Key| {
        after.as_ref().is_some_and(|after| {
            if descending {
                key >= after
            } else {
                key <= after
            }
        })
    };
    let mut left = items.into_iter().skip_while(|(key, _)| given_out(key));
    let mut last = None;
    let mut page = Vec::new();
    for (key, item) in left.by_ref().take(limit) {
        page.push(item);
        last = Some(key);
    }
    let mut answer = json!({name: page});
    if let (Some(last), Some(_)) = (last, left.next()) {
        answer["nextToken"] = json!(URL_SAFE_NO_PAD.encode(json!(last).to_string()));
    }
    Ok(answer)
}

fn read(token: &str) -> Result<Key, AwsError> {
    let decoded = URL_SAFE_NO_PAD.decode(token).ok();
    decoded
        .and_then(|decoded| serde_json::from_slice(&decoded).ok())
        .ok_or_else(|| invalid("The specified nextToken is invalid."))
}

fn group_arn(group: &str) -> String {
    format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}")
}
