//! What one failed delivery needs, by its event, its age and what is known of it.

use aws::upkeep::RetryNote;
use chrono::{DateTime, Utc};
use domain::event::DETAIL_TYPE;
use github::HookDelivery;

use crate::pause;

/// GitHub redelivers what is three days old at most; an hour is margin.
const WINDOW_SECONDS: i64 = 71 * 3600;
/// The actions that a rule of the bus acts on.
const ACTIONS: [&str; 2] = ["queued", "completed"];

/// What a failure needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// It is none of ours, or was answered.
    Nothing,
    /// It is to be sent once more.
    Redelivery,
    /// Its pause is not over.
    Later,
    /// It failed too often.
    APerson,
}

/// `note`: how often it was sent again; `base`: of the pauses, seconds; `now`: epoch seconds.
pub(super) fn needs(
    delivery: &HookDelivery,
    note: Option<RetryNote>,
    base: u64,
    now: i64,
) -> Needs {
    let action = delivery.action.as_deref().unwrap_or_default();
    if delivery.event != DETAIL_TYPE || !ACTIONS.contains(&action) {
        return Needs::Nothing;
    }
    let note = note.unwrap_or_default();
    if note.answered >= delivery.id {
        return Needs::Nothing;
    }
    if note.attempts >= pause::TRIES {
        return Needs::APerson;
    }
    if pause::is_over(base, note.attempts, note.at, now) {
        Needs::Redelivery
    } else {
        Needs::Later
    }
}

/// GitHub would not send it again.
pub(super) fn is_too_old(delivered: DateTime<Utc>, now: i64) -> bool {
    delivered.timestamp() < now - WINDOW_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    fn failure(id: u64) -> HookDelivery {
        HookDelivery {
            id,
            guid: "g".into(),
            delivered_at: DateTime::from_timestamp(NOW - 60, 0).unwrap(),
            redelivery: false,
            status: "timed out".into(),
            status_code: 0,
            event: "workflow_job".into(),
            action: Some("queued".into()),
        }
    }

    fn note(attempts: u64, answered: u64, ago: i64) -> Option<RetryNote> {
        Some(RetryNote {
            attempts,
            answered,
            at: NOW - ago,
        })
    }

    fn asked(note: Option<RetryNote>) -> Needs {
        needs(&failure(7), note, 120, NOW)
    }

    #[test]
    fn a_failure_is_answered_at_once_and_once() {
        assert_eq!(asked(None), Needs::Redelivery);
        assert_eq!(asked(note(1, 7, 999_999)), Needs::Nothing);
        // The older failure of the same delivery.
        assert_eq!(asked(note(1, 8, 999_999)), Needs::Nothing);
    }

    #[test]
    fn one_that_failed_again_waits_longer_each_time() {
        assert_eq!(asked(note(1, 6, 119)), Needs::Later);
        assert_eq!(asked(note(1, 6, 120)), Needs::Redelivery);
        assert_eq!(asked(note(2, 6, 479)), Needs::Later);
        assert_eq!(asked(note(5, 6, 999_999)), Needs::APerson);
    }

    #[test]
    fn other_events_are_none_of_ours() {
        for (event, action) in [
            ("ping", None),
            ("push", None),
            ("workflow_job", Some("in_progress")),
            ("workflow_job", Some("waiting")),
            ("workflow_job", None),
        ] {
            let mut other = failure(7);
            other.event = event.into();
            other.action = action.map(str::to_owned);
            assert_eq!(needs(&other, None, 120, NOW), Needs::Nothing, "{event}");
        }
        let mut completed = failure(7);
        completed.action = Some("completed".into());
        assert_eq!(needs(&completed, None, 120, NOW), Needs::Redelivery);
    }

    #[test]
    fn what_is_older_than_three_days_is_not_looked_at() {
        let at = |ago| DateTime::from_timestamp(NOW - ago, 0).unwrap();
        assert!(!is_too_old(at(70 * 3600), NOW));
        assert!(is_too_old(at(72 * 3600), NOW));
    }
}
