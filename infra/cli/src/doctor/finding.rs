//! What a check found: one line of the report.

use super::aws::Fault;
use serde::Serialize;

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is as it should be.
    Ok,
    /// It works, but somebody should look at it.
    Warning,
    /// Jobs will not be served, or something is unsafe.
    Wrong,
    /// There is no such thing here to check.
    Skipped,
    /// It could not be found out.
    Unknown,
}

impl Status {
    /// Every status, in the order of the summary.
    pub const ALL: [Self; 5] = [
        Self::Ok,
        Self::Warning,
        Self::Wrong,
        Self::Skipped,
        Self::Unknown,
    ];

    /// The word in the report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check's stable id; see [`super::CHECKS`].
    pub id: &'static str,
    /// Which of several things it is about.
    pub resource: Option<String>,
    /// How it stands.
    pub status: Status,
    /// What was seen, or why nothing was.
    pub observed: String,
    /// What to do, where something is to be done.
    pub fix: Option<String>,
}

impl Finding {
    fn new(id: &'static str, status: Status, observed: String, fix: Option<String>) -> Self {
        Self {
            id,
            resource: None,
            status,
            observed,
            fix,
        }
    }

    pub(crate) fn ok(id: &'static str, observed: impl Into<String>) -> Self {
        Self::new(id, Status::Ok, observed.into(), None)
    }

    pub(crate) fn warning(
        id: &'static str,
        observed: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self::new(id, Status::Warning, observed.into(), Some(fix.into()))
    }

    pub(crate) fn wrong(
        id: &'static str,
        observed: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self::new(id, Status::Wrong, observed.into(), Some(fix.into()))
    }

    pub(crate) fn skipped(id: &'static str, why: impl Into<String>) -> Self {
        Self::new(id, Status::Skipped, why.into(), None)
    }

    pub(crate) fn unknown(
        id: &'static str,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self::new(id, Status::Unknown, why.into(), Some(fix.into()))
    }

    /// It needs something that another check has found missing.
    pub(crate) fn needs(id: &'static str, what: &str, mend: &str) -> Self {
        Self::unknown(
            id,
            format!("{what} could not be read"),
            format!("mend {mend} first"),
        )
    }

    /// A read failed for another reason than that there is no such thing.
    pub(crate) fn fault(id: &'static str, fault: &Fault) -> Self {
        if fault.is_not_in_place() {
            Self::skipped(id, fault.reason())
        } else {
            Self::unknown(id, fault.reason(), fault.advice())
        }
    }

    /// The same finding, about this one of several things.
    pub(crate) fn of(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// The id's first part.
    #[must_use]
    pub fn subject(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }
}
