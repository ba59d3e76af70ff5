//! The journal of an execution: what it was told and when, and the length of its
//! history afterwards. `replay` reads it at the next start.

use asl::{Event, Status};
use chrono::{DateTime, Utc};
use serde_json::json;

use super::record::{Inner, Record};
use crate::store::number;

/// What an execution was told, by its number and the entry's.
pub(super) const EVENT: &str = "states.event";
/// The client token of its last redrive.
pub(super) const REDRIVE: &str = "states.redrive";
/// The entry that a start has found to come out in another way.
pub(super) const DIFFERS: &str = "states.differs";

impl Record {
    /// An event as it is kept; nothing where nothing is.
    pub(super) fn write(&self, event: &Event) -> Option<String> {
        let kept = self.context.shelf.is_kept();
        kept.then(|| serde_json::to_string(event).unwrap_or_default())
    }

    /// Adds to the journal what the execution was told just now.
    pub(super) fn keep(
        &self,
        inner: &mut Inner,
        event: Option<&str>,
        now: DateTime<Utc>,
        halted: Option<&str>,
    ) {
        let Some(event) = event else { return };
        let told = format!(
            "{{\"at\":{},\"history\":{},\"halted\":{},\"event\":{event}}}",
            now.timestamp_nanos_opt().unwrap_or_default(),
            inner.execution.history().len(),
            json!(halted),
        );
        let key = [EVENT, &number(self.number()), &number(inner.journal)];
        self.context.shelf.put_json(&key, &told);
        inner.journal += 1;
    }

    pub(super) fn keep_redrive(&self, token: Option<&(String, DateTime<Utc>)>) {
        let key = [REDRIVE, &number(self.number())];
        match token {
            Some(token) => self.context.shelf.put(&key, token),
            None => self.context.shelf.remove(&key),
        }
    }

    /// Keeps nothing of the execution any more.
    pub(super) fn forget(&self) {
        let inner = self.lock();
        self.forget_journal(0..inner.journal);
        self.keep_redrive(None);
        let key = [DIFFERS, &number(self.number())];
        self.context.shelf.remove(&key);
    }

    /// Whether it had ended by then.
    pub(super) fn ended_before(&self, time: DateTime<Utc>) -> bool {
        // What runs is not waited for.
        self.status() != Status::Running
            && self.read(|execution| execution.stop_date().is_some_and(|stopped| stopped < time))
    }

    pub(super) fn forget_journal(&self, entries: std::ops::Range<u64>) {
        for entry in entries {
            let key = [EVENT, &number(self.number()), &number(entry)];
            self.context.shelf.remove(&key);
        }
    }
}
