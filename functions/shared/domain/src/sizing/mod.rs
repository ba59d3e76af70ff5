//! Labels, policy and repository to a decision: the whole of step Size.
//!
//! First whether the job is ours at all, then whether its repository may have
//! runners, then what it asks for. Sizes are only ever rounded up.

mod fit;
mod merge;

use crate::event::{MAX_LABEL_BYTES, MAX_LABELS, Trimmed};
use crate::label::{self, Label};
use crate::policy::{OtherLabels, Policy};
use crate::rejection::Rejection;
use crate::steps::{Architecture, Decision, Size, SizeOutput, Version};

/// Step Size's answer for an event.
pub fn size(policy: &Policy, event: &Trimmed) -> SizeOutput {
    let mut fallback = None;
    let (decision, reason, size) = match decide(policy, event) {
        Verdict::Accepted(size, other) => {
            fallback = other;
            (Decision::Accepted, String::new(), size)
        }
        Verdict::Rejected(rejection) => (Decision::Rejected, rejection.to_string(), policy.default),
        Verdict::NotForUs => (
            Decision::NotForUs,
            "None of the job's labels is one of ours.".to_owned(),
            policy.default,
        ),
    };
    SizeOutput {
        version: Version,
        decision,
        reason,
        job: event.job(),
        policy_hash: policy.hash.clone(),
        size,
        fallback_architecture: fallback.map_or("", Architecture::as_str).to_owned(),
        limits: policy.limits,
    }
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It gets a runner of this size; on the other processor, where that is given
    /// and Fargate has no room on the first.
    Accepted(Size, Option<Architecture>),
    /// It gets none, for this reason.
    Rejected(Rejection),
    /// It is somebody else's.
    NotForUs,
}

/// Decides over an event.
pub fn decide(policy: &Policy, event: &Trimmed) -> Verdict {
    let labels = read(policy, &event.workflow_job.labels);
    if !is_ours(policy, &labels) {
        return Verdict::NotForUs;
    }
    match accept(policy, event, labels) {
        Ok((size, fallback)) => Verdict::Accepted(size, fallback),
        Err(rejection) => Verdict::Rejected(rejection),
    }
}

/// A label as it was written, and what it means.
type Read<'a> = (&'a str, Result<Label, Rejection>);

fn read<'a>(policy: &Policy, labels: &'a [String]) -> Vec<Read<'a>> {
    let is_profile = |name: &str| policy.profiles.contains_key(name);
    let mut read: Vec<Read<'a>> = Vec::new();
    for label in labels {
        // The same label twice says nothing new.
        if !read
            .iter()
            .any(|(seen, _)| seen.eq_ignore_ascii_case(label))
        {
            read.push((label, label::parse(label, is_profile)));
        }
    }
    read
}

/// A label of ours makes a job ours, readable or not. Without one, the policy
/// decides, but never over GitHub's own runners or another system's.
fn is_ours(policy: &Policy, labels: &[Read<'_>]) -> bool {
    let any = |wanted: fn(&Label) -> bool| {
        labels
            .iter()
            .any(|(_, label)| label.as_ref().is_ok_and(wanted))
    };
    let has_ours = labels
        .iter()
        .any(|(_, label)| matches!(label, Err(_) | Ok(Label::Ours(_))));
    has_ours
        || (policy.other_labels == OtherLabels::DefaultSize
            && any(|label| *label == Label::SelfHosted)
            && !any(|label| *label == Label::OtherSystem))
}

fn accept(
    policy: &Policy,
    event: &Trimmed,
    labels: Vec<Read<'_>>,
) -> Result<(Size, Option<Architecture>), Rejection> {
    policy.repositories.check(&event.repository)?;
    check_counts(&event.workflow_job.labels)?;
    let mut meanings = Vec::with_capacity(labels.len());
    for (label, meaning) in labels {
        meanings.push((label, meaning?));
    }
    let wish = merge::merge(meanings)?;
    let size = fit::fit(policy, &wish)?;
    Ok((size, fit::fallback(policy, &wish, &size)))
}

/// The event was cut where there was more than GitHub allows.
fn check_counts(labels: &[String]) -> Result<(), Rejection> {
    if labels.len() > MAX_LABELS {
        return Err(Rejection::TooManyLabels {
            count: labels.len(),
            most: MAX_LABELS,
        });
    }
    match labels.iter().find(|label| label.len() > MAX_LABEL_BYTES) {
        Some(long) => Err(Rejection::LabelTooLong {
            start: long.chars().take(40).collect(),
            most: MAX_LABEL_BYTES,
        }),
        None => Ok(()),
    }
}
