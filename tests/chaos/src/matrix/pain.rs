//! What users of other runner autoscalers suffer from. docs/reliability.md names
//! the issues; this enumeration ties each row to one of them.

/// A pain, by the name that the document has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pain {
    /// Jobs stay queued for ever: lost webhooks, failed starts.
    StuckQueued,
    /// Duplicate events start several runners.
    Duplicates,
    /// A second `queued` after an approval is dropped.
    Approval,
    /// Runners are taken by other jobs.
    Stolen,
    /// A running job is killed by a scale-down or a reaper.
    KilledAtWork,
    /// Cancelled jobs keep a runner.
    CancelledKeepsRunner,
    /// Offline ghosts stay in GitHub.
    Ghosts,
    /// 409 on a retried mint.
    Conflict,
    /// Rate limits.
    RateLimit,
    /// Misconfiguration is retried for hours.
    Misconfiguration,
    /// Spot capacity without a fall-back.
    Spot,
}

impl Pain {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::StuckQueued,
        Self::Duplicates,
        Self::Approval,
        Self::Stolen,
        Self::KilledAtWork,
        Self::CancelledKeepsRunner,
        Self::Ghosts,
        Self::Conflict,
        Self::RateLimit,
        Self::Misconfiguration,
        Self::Spot,
    ];

    /// As the document calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StuckQueued => "stuck queued",
            Self::Duplicates => "duplicate events",
            Self::Approval => "second queued dropped",
            Self::Stolen => "runner stolen",
            Self::KilledAtWork => "killed at work",
            Self::CancelledKeepsRunner => "cancelled keeps a runner",
            Self::Ghosts => "offline ghosts",
            Self::Conflict => "409 on a retried mint",
            Self::RateLimit => "rate limits",
            Self::Misconfiguration => "misconfiguration retried",
            Self::Spot => "Spot without fall-back",
        }
    }
}
