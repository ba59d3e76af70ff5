//! The states of `statemachine/runner.asl.json`.

super::names! {
    /// Lambda: labels and policy to a decision.
    SIZE = "Size";
    /// Choice on the decision, before anything is claimed.
    SIZED = "Sized";
    /// Succeed: none of our labels.
    NOT_FOR_US = "NotForUs";
    /// DynamoDB: this execution answers for the job.
    CLAIM = "Claim";
    /// Choice on the decision, behind the claim.
    CLAIMED = "Claimed";
    /// DynamoDB: asks the claim's owner to look at the job once more.
    NUDGE = "Nudge";
    /// Succeed: another execution answers for the job.
    DUPLICATE = "Duplicate";
    /// Lambda: one JIT runner.
    MINT = "Mint";
    /// Choice on the mint's outcome.
    MINTED = "Minted";
    /// Wait for as long as GitHub asked.
    WAIT_FOR_GITHUB = "WaitForGitHub";
    /// Succeed: another execution has taken the claim over.
    SUPERSEDED = "Superseded";
    /// ECS: one task, run to its end.
    RUN_RUNNER = "RunRunner";
    /// Lambda: classifies the end and cleans up.
    VERIFY_REMOVAL = "VerifyRemoval";
    /// Choice on the outcome.
    ROUTE = "Route";
    /// Wait before looking at the runner again.
    WAIT_FOR_RUNNER = "WaitForRunner";
    /// Wait before the next try.
    BACKOFF = "Backoff";
    /// DynamoDB: gives the claim back.
    RELEASE = "Release";
    /// Succeed, with the outcome.
    DONE = "Done";
    /// DynamoDB: the claim's state becomes failed or rejected.
    MARK_FAILED = "MarkFailed";
    /// Lambda: fails under a name of our own.
    ESCALATE = "Escalate";
}
