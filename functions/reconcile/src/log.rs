//! The log lines. Their messages and fields are an interface, read by metric
//! filters and by `jit-runners reconciled`: they change by addition only.
//!
//! `reconciled`, once a period: the fields of
//! [`domain::reconcile::Reconciled`] (but the version), and `repaired`, the sum
//! of what would have been lost.
//!
//! `repaired`, once for each thing: `kind` (the name of its count), `subject`
//! (an id that stands for it) and, where they are known, `job_id`, `repository`,
//! `execution_arn`, `reason`.
//!
//! `reconcile failed`, for each error: `step`, `subject`, `error_name`, `error`.
//! `reconcile cut short`: `step`, `by` (`calls`, `time` or `limited`).

use std::fmt::Display;

use domain::reconcile::{ReconcileStep, Reconciled};
use handler::Named;
use removal::RemovalError;

use crate::stop::Stop;

/// Something that was done.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Repair<'a> {
    /// The name of its count.
    pub(crate) kind: &'static str,
    pub(crate) subject: &'a str,
    pub(crate) job_id: Option<u64>,
    pub(crate) repository: Option<&'a str>,
    pub(crate) execution_arn: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
}

impl Repair<'_> {
    pub(crate) fn log(&self) {
        tracing::info!(
            kind = self.kind,
            subject = self.subject,
            job_id = self.job_id,
            repository = self.repository,
            execution_arn = self.execution_arn,
            reason = self.reason,
            "repaired"
        );
    }
}

pub(crate) fn period(done: &Reconciled) {
    tracing::info!(
        busy = done.busy,
        repaired = done.repaired(),
        redelivered = done.redelivered,
        replayed = done.replayed,
        redriven = done.redriven,
        tasks_stopped = done.tasks_stopped,
        runners_deleted = done.runners_deleted,
        claims_removed = done.claims_removed,
        expired_removed = done.expired_removed,
        jobs_started = done.jobs_started,
        left = done.left,
        cut_short = done.cut_short,
        errors = done.errors,
        github_calls = done.github_calls,
        milliseconds = done.milliseconds,
        "reconciled"
    );
}

pub(crate) fn error(step: ReconcileStep, subject: &dyn Display, error: &RemovalError) {
    tracing::warn!(
        step = step.as_str(),
        subject = %subject,
        error_name = error.name(),
        error = %error,
        "reconcile failed"
    );
}

pub(crate) fn cut_short(step: ReconcileStep, stop: &Stop) {
    tracing::info!(
        step = step.as_str(),
        by = stop.word(),
        "reconcile cut short"
    );
}
