//! Wait: until a time, or for a number of seconds.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use super::State;
use crate::{
    definition::{Amount, Reader},
    engine::{Activity, Failure, Place, Step},
    jsonata::{Fault, Template, Values},
    text::Text,
};

/// The fields of a Wait state.
#[derive(Debug)]
pub(crate) enum Wait {
    Seconds(Amount),
    Timestamp(Template),
}

impl Wait {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Wait> {
        let seconds = Amount::read(reader, "Seconds", 0);
        let timestamp = reader.template("Timestamp");
        match (seconds, timestamp) {
            (Some(seconds), None) => Some(Wait::Seconds(seconds)),
            (None, Some(timestamp)) => {
                if let Template::Literal(text) = &timestamp
                    && text.to_value().as_str().and_then(parse).is_none()
                {
                    reader.problem(
                        "Timestamp",
                        "This must be a time such as 2016-03-14T01:59:00Z.",
                    );
                }
                Some(Wait::Timestamp(timestamp))
            }
            _ => {
                reader.problem("", "A Wait state needs either Seconds or Timestamp.");
                None
            }
        }
    }

    pub(super) fn begin(&self, state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
        let until = match self {
            Wait::Seconds(amount) => {
                let seconds =
                    place.evaluate(Values::default(), |view| amount.evaluate(view, "Seconds"))?;
                place.core.after(seconds)
            }
            Wait::Timestamp(template) => timestamp(template, place)?,
        };
        if until <= place.core.now {
            return fired(state, place);
        }
        let timer = place.core.set_timer(until);
        place.frame.activity = Activity::Waiting { timer };
        Ok(Step::Pending)
    }
}

/// The wait is over.
pub(super) fn fired(state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
    let input = place.frame.input.clone();
    state.leave(place, None, &input)
}

fn timestamp(template: &Template, place: &mut Place<'_>) -> Result<DateTime<Utc>, Failure> {
    let text = place.evaluate(Values::default(), |view| match template {
        Template::Expression(expression) => {
            let value = view.value(expression, "Timestamp")?;
            match value.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(Fault::unexpected(expression, "Timestamp", "string", &value)),
            }
        }
        literal => Ok(match literal.evaluate(view, "Timestamp")?.to_value() {
            Value::String(text) => text,
            other => other.to_string(),
        }),
    })?;
    parse(&text).ok_or_else(|| {
        // AWS notices this one step later than other failures: its event
        // follows the state's entry.
        let previous = *place.last;
        place.fault(
            previous,
            Fault {
                location: Some(Text::from("Timestamp")),
                message: format!(
                    "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {text}"
                ),
            },
        )
    })
}

fn parse(text: &str) -> Option<DateTime<Utc>> {
    if text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let time = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    // Far enough away to be "never" on every platform's clock.
    let horizon = DateTime::<Utc>::UNIX_EPOCH + Duration::days(365 * 8000);
    Some(time.min(horizon))
}
