//! What ordered faults do to events, on their way in and on their way out.

use super::Events;
use crate::AwsFault;
use crate::server::error::AwsError;

/// What goes wrong with one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// The first attempts fail.
    Unavailable(u32),
    /// No attempt succeeds, and EventBridge knows it at once.
    Undeliverable,
}

impl Events {
    /// Whether PutEvents fails as a whole.
    pub(super) fn refuse_all(&self) -> Result<(), AwsError> {
        let fault = self.faults.strike(&["PutEvents"], |fault| {
            matches!(
                fault,
                AwsFault::PutEventsThrottled {} | AwsFault::PutEventsFails {}
            )
        });
        match fault {
            None => Ok(()),
            Some(AwsFault::PutEventsThrottled {}) => {
                Err(AwsError::new("ThrottlingException", "Rate exceeded"))
            }
            Some(_) => Err(AwsError::new(
                "InternalException",
                "This exception occurs due to unexpected causes.",
            )
            .with_status(500)),
        }
    }

    /// Whether one entry is refused while the others are taken.
    pub(super) fn refuses(&self, bus: &str, source: &str, detail_type: &str) -> bool {
        let subject = ["PutEvents", bus, source, detail_type];
        let refused = |fault: &AwsFault| *fault == AwsFault::PutEventsEntryRefused {};
        self.faults.strike(&subject, refused).is_some()
    }

    /// What goes wrong with each delivery of an event to a target: one, or two of them.
    pub(super) fn mishaps(
        &self,
        rule: &str,
        target: &str,
        detail_type: &str,
    ) -> Vec<Option<Mishap>> {
        let fault = self.faults.strike(&[rule, target, detail_type], |fault| {
            matches!(
                fault,
                AwsFault::EventDeliveredTwice {}
                    | AwsFault::TargetUnavailable { .. }
                    | AwsFault::EventUndeliverable {}
            )
        });
        match fault {
            Some(AwsFault::EventDeliveredTwice {}) => vec![None, None],
            Some(AwsFault::TargetUnavailable { attempts }) => {
                vec![Some(Mishap::Unavailable(attempts))]
            }
            Some(_) => vec![Some(Mishap::Undeliverable)],
            None => vec![None],
        }
    }
}

impl Mishap {
    /// Whether an attempt, counted from 1, fails.
    pub(super) fn fails(self, attempt: u32) -> Result<(), AwsError> {
        match self {
            Self::Unavailable(attempts) if attempt > attempts => Ok(()),
            Self::Unavailable(_) => Err(AwsError::new(
                "ServiceUnavailableException",
                "The target is unavailable: an ordered fault.",
            )
            .with_status(503)),
            Self::Undeliverable => Err(AwsError::new(
                "AccessDeniedException",
                "EventBridge may not call the target: an ordered fault.",
            )),
        }
    }
}
