//! Where each step was, from one period to the next. A cursor that cannot be
//! read is a new one: everything it remembers can be found again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Suspects are forgotten after this, seconds: they have gone by themselves.
const FORGET_SECONDS: i64 = 6 * 3600;
/// More are not remembered at a time: the item has room for 400 kB.
const MOST: usize = 1000;

/// All that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    pub(crate) app_hook: HookCursor,
    pub(crate) organization_hook: HookCursor,
    /// The claim of an ended execution that was looked at last.
    pub(crate) claim: String,
    /// Executions that ended up to here (epoch seconds) were looked at.
    pub(crate) ended_until: i64,
    /// Those that ended lately and were looked at: their end.
    pub(crate) judged: BTreeMap<String, i64>,
    /// Tasks and runners without an execution: when each was first seen.
    pub(crate) suspects: BTreeMap<String, i64>,
    pub(crate) runners: RunnersCursor,
    pub(crate) repositories: RepositoriesCursor,
}

/// A webhook's deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct HookCursor {
    /// Failures up to this id need nothing more.
    pub(crate) done_until: u64,
    /// A walk through more failures than one period could look at.
    pub(crate) walk: Option<Walk>,
}

/// A walk through older failures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Walk {
    /// GitHub's cursor of the next page.
    pub(crate) page: String,
    /// The newest failure when it began.
    pub(crate) newest: u64,
    /// The oldest failure that still needs something.
    pub(crate) oldest_open: Option<u64>,
}

/// Registered runners.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RunnersCursor {
    /// The scope that is next.
    pub(crate) scope: String,
    /// Its page, from 1; 0 for the first.
    pub(crate) page: u64,
}

/// Repositories and their queued jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RepositoriesCursor {
    /// When this rotation began, epoch seconds.
    pub(crate) began: i64,
    /// The repository that was looked at last; empty at a rotation's begin.
    pub(crate) after: String,
    /// Whether all were looked at in this rotation.
    pub(crate) done: bool,
    /// A repository that is not done: its name, and the run below which to go on,
    /// for each of the two lists; 0 where a list is done.
    pub(crate) part: Option<Part>,
}

/// How far one repository was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Part {
    pub(crate) repository: String,
    /// Which of the lists of runs.
    pub(crate) list: usize,
    /// Runs with this id or a higher one were looked at.
    pub(crate) below: u64,
}

impl Cursor {
    pub(crate) fn read(text: &str) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        serde_json::from_str(text).unwrap_or_else(|error| {
            tracing::warn!(%error, "the cursor cannot be read; everything is looked at anew");
            Self::default()
        })
    }

    pub(crate) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether `name` has been suspect for `settle` seconds at `now`. The first
    /// look only begins the time.
    pub(crate) fn is_settled(&mut self, name: &str, settle: u64, now: i64) -> bool {
        if let Some(first) = self.suspects.get(name) {
            return now >= first.saturating_add_unsigned(settle);
        }
        if self.suspects.len() < MOST {
            self.suspects.insert(name.to_owned(), now);
        }
        false
    }

    /// It is no suspect (any more).
    pub(crate) fn clear(&mut self, name: &str) {
        self.suspects.remove(name);
    }

    /// Forgets what is too old to matter.
    pub(crate) fn forget(&mut self, now: i64) {
        let fresh = now.saturating_sub(FORGET_SECONDS);
        self.suspects.retain(|_, first| *first > fresh);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_cannot_be_read_is_a_new_one() {
        assert_eq!(Cursor::read("{"), Cursor::default());
        assert_eq!(Cursor::read(""), Cursor::default());
    }

    #[test]
    fn a_cursor_of_another_release_keeps_what_is_known() {
        let cursor = Cursor::read(r#"{"claim": "job#1#1", "later": {"x": 1}}"#);
        assert_eq!(cursor.claim, "job#1#1");
        assert_eq!(Cursor::read(&cursor.write()), cursor);
    }

    #[test]
    fn a_suspect_is_settled_at_a_later_look_only() {
        let mut cursor = Cursor::default();
        assert!(!cursor.is_settled("runner:1", 0, 100));
        assert!(cursor.is_settled("runner:1", 0, 100));
        assert!(!cursor.is_settled("runner:2", 60, 100));
        assert!(!cursor.is_settled("runner:2", 60, 159));
        assert!(cursor.is_settled("runner:2", 60, 160));
        cursor.clear("runner:2");
        assert!(!cursor.is_settled("runner:2", 60, 161));
    }

    #[test]
    fn suspects_are_forgotten_and_never_too_many() {
        let mut cursor = Cursor::default();
        for id in 0..2000 {
            cursor.is_settled(&format!("runner:{id}"), 0, 100);
        }
        assert_eq!(cursor.suspects.len(), MOST);
        cursor.forget(100 + FORGET_SECONDS);
        assert!(cursor.suspects.is_empty());
    }
}
