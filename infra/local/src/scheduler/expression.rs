//! `rate(…)`, `cron(…)` and `at(…)`: when a schedule fires.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::cron::Cron;
use crate::server::error::AwsError;

/// When a schedule fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    /// Again and again, at once first.
    Rate(TimeDelta),
    /// At times of the calendar.
    Cron(Cron),
    /// Once.
    At(DateTime<Utc>),
}

impl Expression {
    /// Reads an expression.
    pub(super) fn parse(text: &str) -> Result<Self, AwsError> {
        let refuse = || AwsError::validation(format!("Invalid Schedule Expression {text}."));
        let (kind, rest) = text.split_once('(').ok_or_else(refuse)?;
        let inner = rest.strip_suffix(')').ok_or_else(refuse)?;
        let parsed = match kind {
            "rate" => rate(inner).map(Self::Rate),
            "cron" => Cron::parse(inner).map(Self::Cron),
            "at" => NaiveDateTime::parse_from_str(inner, "%Y-%m-%dT%H:%M:%S")
                .ok()
                .map(|at| Self::At(at.and_utc())),
            _ => None,
        };
        parsed.ok_or_else(refuse)
    }

    /// The first time at or after `start`.
    pub(super) fn first(&self, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Rate(_) => Some(start),
            Self::Cron(cron) => cron.next(start - TimeDelta::seconds(1)),
            Self::At(at) => (*at >= start).then_some(*at),
        }
    }

    /// The next time after `last`.
    pub(super) fn after(&self, last: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Rate(every) => last.checked_add_signed(*every),
            Self::Cron(cron) => cron.next(last),
            Self::At(_) => None,
        }
    }
}

/// `5 minutes`; a unit's singular and plural are both taken.
fn rate(inner: &str) -> Option<TimeDelta> {
    let mut words = inner.split_whitespace();
    let (count, unit) = (words.next()?, words.next()?);
    let count: i32 = count.parse().ok().filter(|count| *count > 0)?;
    let minutes = match unit {
        "minute" | "minutes" => 1,
        "hour" | "hours" => 60,
        "day" | "days" => 24 * 60,
        _ => return None,
    };
    if words.next().is_some() {
        return None;
    }
    TimeDelta::try_minutes(i64::from(count) * minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn next_of(expression: &str, last: &str) -> Option<DateTime<Utc>> {
        Expression::parse(expression).unwrap().after(time(last))
    }

    #[test]
    fn a_rate_fires_at_once_and_then_in_its_rhythm() {
        let rate = Expression::parse("rate(2 hours)").unwrap();
        let start = time("2026-11-28T10:00:07Z");
        assert_eq!(rate.first(start), Some(start));
        assert_eq!(rate.after(start), Some(time("2026-11-28T12:00:07Z")));
        for one in ["rate(1 minute)", "rate(1 minutes)", "rate(1 day)"] {
            assert!(Expression::parse(one).is_ok(), "{one}");
        }
    }

    #[test]
    fn a_cron_fires_at_times_of_the_calendar() {
        let table = [
            (
                "cron(*/5 * * * ? *)",
                "2026-11-28T10:04:59Z",
                "2026-11-28T10:05:00Z",
            ),
            (
                "cron(*/5 * * * ? *)",
                "2026-11-28T10:05:00Z",
                "2026-11-28T10:10:00Z",
            ),
            (
                "cron(0 12 ? * MON-FRI *)",
                "2026-11-28T10:00:00Z",
                "2026-11-30T12:00:00Z",
            ),
            (
                "cron(15 10 1 JAN ? 2028)",
                "2026-11-28T10:00:00Z",
                "2028-01-01T10:15:00Z",
            ),
            (
                "cron(0 0 29 2 ? *)",
                "2026-11-28T10:00:00Z",
                "2028-02-29T00:00:00Z",
            ),
            (
                "cron(0,30 8-9 ? * 1 *)",
                "2026-11-28T10:00:00Z",
                "2026-11-29T08:00:00Z",
            ),
        ];
        for (expression, last, next) in table {
            assert_eq!(next_of(expression, last), Some(time(next)), "{expression}");
        }
        assert_eq!(
            next_of("cron(0 0 1 1 ? 2020)", "2026-11-28T10:00:00Z"),
            None
        );
        assert_eq!(next_of("cron(0 0 30 2 ? *)", "2026-11-28T10:00:00Z"), None);
    }

    #[test]
    fn a_single_time_fires_once_if_it_is_to_come() {
        let at = Expression::parse("at(2026-11-28T10:00:00)").unwrap();
        let time_of_it = time("2026-11-28T10:00:00Z");
        assert_eq!(at.first(time("2026-11-28T09:00:00Z")), Some(time_of_it));
        assert_eq!(at.first(time("2026-11-28T10:00:01Z")), None);
        assert_eq!(at.after(time_of_it), None);
    }

    #[test]
    fn what_is_no_expression_is_refused_in_awss_words() {
        for text in [
            "",
            "rate",
            "rate(5 minutes",
            "rate(0 minutes)",
            "rate(-1 minutes)",
            "rate(5 seconds)",
            "rate(5)",
            "rate(5 minutes please)",
            "every(5 minutes)",
            "at(2026-11-28)",
            "at(2026-13-28T10:00:00)",
            "cron(* * * * *)",
            "cron(* * * * * *)",
            "cron(* * ? * ? *)",
            "cron(60 * * * ? *)",
            "cron(* 24 * * ? *)",
            "cron(* * 0 * ? *)",
            "cron(* * * FOO ? *)",
            "cron(* * L * ? *)",
            "cron(5-1 * * * ? *)",
            "cron(*/0 * * * ? *)",
            "cron(* * * * ? 1969)",
        ] {
            let error = Expression::parse(text).unwrap_err();
            assert_eq!(error.code, "ValidationException", "{text}");
            assert_eq!(
                error.message,
                format!("Invalid Schedule Expression {text}.")
            );
        }
    }
}
