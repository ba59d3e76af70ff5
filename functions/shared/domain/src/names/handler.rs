//! The handler settings (`_HANDLER`) that the one function binary serves.

super::names! {
    /// Checks GitHub's deliveries and puts them on the event bus.
    WEBHOOK = "webhook";
    /// Labels and policy to a decision and a Fargate size.
    SIZE = "size";
    /// One JIT runner for one queued job.
    MINT = "mint";
    /// The end of a runner, classified and cleaned up.
    VERIFY_REMOVAL = "verify-removal";
    /// Fails the execution under a name of our own.
    ESCALATE = "escalate";
    /// On a schedule: finds what was lost, and what was left behind.
    RECONCILE = "reconcile";
}
