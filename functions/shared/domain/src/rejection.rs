//! Why a job gets no runner: sentences for the people who wrote its `runs-on`.
//!
//! Each names the label, the rule that it breaks, and the nearest value that
//! would be allowed.

/// A label, a size or a repository that is against the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's sentence says it all")]
pub enum Rejection {
    #[error(
        "The label `{label}` has the key `{key}`, which is not known: use {known}.",
        known = crate::label::KEYS.join(", ")
    )]
    UnknownKey { label: String, key: String },

    #[error("The label `{label}` cannot be read: `{value}` must be {expected}.")]
    BadValue {
        label: String,
        value: String,
        expected: &'static str,
    },

    #[error("The label `{label}` gives `{key}` twice: give it once.")]
    KeyTwice { label: String, key: String },

    #[error("The labels `{first}` and `{second}` both set {what}: keep one of them.")]
    Conflict {
        first: String,
        second: String,
        what: &'static str,
    },

    #[error(
        "The label `{label}` asks for the profile `{profile}`, which the policy does not have: {known}."
    )]
    UnknownProfile {
        label: String,
        profile: String,
        known: String,
    },

    #[error(
        "The label `{label}` asks for {asked}, but Fargate offers at most {most}: the nearest that the policy allows is {nearest}."
    )]
    BeyondFargate {
        label: String,
        asked: String,
        most: String,
        nearest: String,
    },

    #[error(
        "The label `{label}` asks for {asked}, but the policy's maximum is {most}: the nearest allowed is {nearest}."
    )]
    BeyondPolicy {
        label: String,
        asked: String,
        most: String,
        nearest: String,
    },

    #[error(
        "The label `{label}` asks for Spot capacity, which the policy does not allow: leave it out or use `spot=false`."
    )]
    SpotForbidden { label: String },

    #[error(
        "The label `{label}` asks for the processor {asked}, but runners exist for {offered} only: leave the label out, or have the other processor deployed and allowed by the policy's `architectures`."
    )]
    NoSuchArchitecture {
        label: String,
        asked: &'static str,
        offered: String,
    },

    #[error(
        "The label `{label}` asks for another operating system: these runners are Linux only, remove the label or use `linux`."
    )]
    NotLinux { label: String },

    #[error(
        "The job has {count} labels or more, but GitHub gives a runner at most {most}: use fewer."
    )]
    TooManyLabels { count: usize, most: usize },

    #[error("The label `{start}…` is longer than {most} bytes: use a shorter one.")]
    LabelTooLong { start: String, most: usize },

    #[error(
        "The repository {repository} is not in the policy's list `repositories.allow` ({allowed}): add it there, or use another runner."
    )]
    RepositoryNotAllowed { repository: String, allowed: String },

    #[error(
        "The repository {repository} is public, and anybody's pull request could run on these runners: add it to the policy's list `repositories.public`, or use another runner."
    )]
    PublicRepository { repository: String },
}

impl Rejection {
    /// A value that does not have the form it must have.
    pub(crate) fn bad_value(label: &str, value: &str, expected: &'static str) -> Self {
        Self::BadValue {
            label: label.to_owned(),
            value: value.to_owned(),
            expected,
        }
    }
}
