//! Spans of time and moments, as people write and read them.

use chrono::{DateTime, TimeDelta, Utc};

/// Reads `90s`, `30m`, `2h` or `7d`.
///
/// # Errors
/// A sentence for people.
pub(crate) fn parse(text: &str) -> Result<TimeDelta, String> {
    let wrong =
        || format!("{text:?} is no span of time: give a number with s, m, h or d, for example 2h");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    i64::from(number)
        .checked_mul(seconds)
        .filter(|seconds| *seconds <= 366 * 86_400)
        .map(TimeDelta::seconds)
        .ok_or_else(|| format!("{text:?} is longer than AWS keeps anything: give at most 366d"))
}

/// A span in its two largest units: `340 ms`, `12.3 s`, `3 min 4 s`, `2 h 5 min`, `3 d 2 h`.
pub(crate) fn text(span: TimeDelta) -> String {
    let milliseconds = span.num_milliseconds().max(0);
    let seconds = milliseconds / 1000;
    let two = |large: i64, unit: &str, small: i64, then: &str| match small {
        0 => format!("{large} {unit}"),
        small => format!("{large} {unit} {small} {then}"),
    };
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..60 => format!("{seconds}.{} s", milliseconds % 1000 / 100),
        60..3600 => two(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

/// A moment in UTC, to the second.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_they_are_written() {
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("2h", 7200), ("7d", 604_800)] {
            assert_eq!(parse(text), Ok(TimeDelta::seconds(seconds)));
        }
        for text in ["", "2", "h", "-2h", "2 h", "2w", "1é", "4294967295d"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn spans_are_told_in_two_units() {
        for (milliseconds, told) in [
            (-5, "0 ms"),
            (340, "340 ms"),
            (12_340, "12.3 s"),
            (184_000, "3 min 4 s"),
            (7_500_000, "2 h 5 min"),
            (266_400_000, "3 d 2 h"),
            (60_000, "1 min"),
        ] {
            assert_eq!(text(TimeDelta::milliseconds(milliseconds)), told);
        }
    }
}
