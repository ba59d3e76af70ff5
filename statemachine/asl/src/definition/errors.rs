//! `Retry` and `Catch`: their fields, and which errors they match.

use serde_json::Value;

use super::Reader;
use crate::{
    engine::{Failure, Nature},
    jsonata::{Available, Template},
    states::Target,
    text::Text,
};

/// One entry of `Retry`.
#[derive(Debug)]
pub(crate) struct Retrier {
    pub(crate) errors: Vec<Text>,
    /// Seconds before the first retry.
    pub(crate) interval: u64,
    pub(crate) max_attempts: u64,
    pub(crate) backoff: f64,
    pub(crate) max_delay: Option<u64>,
    /// `JitterStrategy: FULL`: anything from nothing to the whole interval.
    pub(crate) jitter: bool,
}

/// One entry of `Catch`.
#[derive(Debug)]
pub(crate) struct Catcher {
    pub(crate) errors: Vec<Text>,
    pub(crate) assign: Vec<(Text, Template)>,
    pub(crate) output: Option<Template>,
    pub(crate) next: Target,
}

impl Retrier {
    pub(crate) fn read_all(reader: &mut Reader<'_>) -> Vec<Retrier> {
        each(reader, "Retry", |entry| {
            entry.skip(&["Comment"]);
            let errors = errors(entry);
            let interval = entry
                .whole_number("IntervalSeconds", 1, 99_999_999)
                .unwrap_or(1);
            let max_attempts = entry
                .whole_number("MaxAttempts", 0, 99_999_999)
                .unwrap_or(3);
            let max_delay = entry.whole_number("MaxDelaySeconds", 1, 31_622_400);
            let backoff = match entry.take("BackoffRate").map(|value| value.as_f64()) {
                None => 2.0,
                Some(Some(rate)) if rate >= 1.0 => rate,
                Some(_) => {
                    entry.problem("BackoffRate", "This must be a number of at least 1.");
                    2.0
                }
            };
            let jitter = match entry.string("JitterStrategy") {
                None | Some("NONE") => false,
                Some("FULL") => true,
                Some(_) => {
                    entry.problem("JitterStrategy", "This must be FULL or NONE.");
                    false
                }
            };
            if max_delay.is_some_and(|delay| delay <= interval) {
                entry.problem("MaxDelaySeconds", "This must be more than IntervalSeconds.");
            }
            Retrier {
                errors,
                interval,
                max_attempts,
                backoff,
                max_delay,
                jitter,
            }
        })
    }

    /// The longest wait before the retry that follows `made` retries.
    pub(crate) fn delay(&self, made: u32) -> f64 {
        #[allow(clippy::cast_precision_loss)] // both are below 1e8
        let (interval, most) = (
            self.interval as f64,
            self.max_delay.unwrap_or(99_999_999) as f64,
        );
        (interval * self.backoff.powf(f64::from(made))).min(most)
    }
}

impl Catcher {
    pub(crate) fn read_all(reader: &mut Reader<'_>) -> Vec<Catcher> {
        each(reader, "Catch", |entry| {
            entry.skip(&["Comment"]);
            Catcher {
                errors: errors(entry),
                assign: entry.assign(Available::ErrorOutput),
                output: entry.template_with("Output", Available::ErrorOutput),
                next: Target::Next(Text::from(
                    entry.required_string("Next").unwrap_or_default(),
                )),
            }
        })
    }
}

/// Whether the failure is one of those that `listed` names.
pub(crate) fn matches(listed: &[Text], failure: &Failure) -> bool {
    if failure.ends_all() {
        return false;
    }
    let error = failure.error.as_deref().unwrap_or_default();
    // The documentation keeps States.ALL from this error; in recordings it does
    // match when a task's own result was too large.
    let terminal = error == "States.DataLimitExceeded" && failure.nature != Nature::Result;
    listed.iter().any(|name| match &**name {
        "States.ALL" => !terminal,
        "States.TaskFailed" => !terminal && error != "States.Timeout",
        "States.HeartbeatTimeout" if failure.nature == Nature::Heartbeat => true,
        name => name == error,
    })
}

fn errors(entry: &mut Reader<'_>) -> Vec<Text> {
    let names: Vec<Text> = entry
        .array("ErrorEquals")
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .map(Text::from)
        .collect();
    if names.is_empty() {
        entry.problem(
            "ErrorEquals",
            "This must be an array of at least one error name.",
        );
    }
    if names.len() > 1 && names.iter().any(|name| &**name == "States.ALL") {
        entry.problem("ErrorEquals", "States.ALL must stand alone.");
    }
    names
}

fn each<T>(
    reader: &mut Reader<'_>,
    key: &str,
    mut read: impl FnMut(&mut Reader<'_>) -> T,
) -> Vec<T> {
    let mut entries = Vec::new();
    for (index, value) in reader.array(key).unwrap_or_default().iter().enumerate() {
        let path = format!("{}[{index}]", reader.at(key));
        if let Some(mut entry) = Reader::open(value, &path, reader.problems) {
            entries.push(read(&mut entry));
            entry.finish();
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::{Failure, Nature, Retrier, Text};

    fn matches(listed: &[Text], error: &str) -> bool {
        super::matches(listed, &Failure::new(error, ""))
    }

    fn listed(name: &str) -> Vec<Text> {
        vec![Text::from(name)]
    }

    #[test]
    fn all_does_not_match_what_must_end_the_execution() {
        assert!(matches(&listed("States.ALL"), "States.Timeout"));
        assert!(matches(&listed("States.ALL"), "Anything"));
        assert!(!matches(&listed("States.ALL"), "States.Runtime"));
        assert!(!matches(&listed("States.ALL"), "States.DataLimitExceeded"));
        assert!(matches(
            &listed("States.DataLimitExceeded"),
            "States.DataLimitExceeded"
        ));
    }

    #[test]
    fn all_matches_a_result_that_was_too_large() {
        let failure = Failure {
            nature: Nature::Result,
            ..Failure::new("States.DataLimitExceeded", "")
        };
        assert!(super::matches(&listed("States.ALL"), &failure));
    }

    #[test]
    fn a_missing_heartbeat_has_two_names() {
        let failure = Failure {
            nature: Nature::Heartbeat,
            ..Failure::new("States.Timeout", "")
        };
        assert!(super::matches(&listed("States.Timeout"), &failure));
        assert!(super::matches(&listed("States.HeartbeatTimeout"), &failure));
        assert!(!matches(
            &listed("States.HeartbeatTimeout"),
            "States.Timeout"
        ));
    }

    #[test]
    fn task_failed_matches_everything_but_a_timeout() {
        assert!(matches(&listed("States.TaskFailed"), "Anything"));
        assert!(!matches(&listed("States.TaskFailed"), "States.Timeout"));
    }

    #[test]
    fn the_delay_grows_up_to_its_limit() {
        let retrier = Retrier {
            errors: listed("E"),
            interval: 3,
            max_attempts: 9,
            backoff: 2.0,
            max_delay: Some(10),
            jitter: false,
        };
        let delays: Vec<f64> = (0..4).map(|made| retrier.delay(made)).collect();
        assert_eq!(delays, [3.0, 6.0, 10.0, 10.0]);
    }
}
