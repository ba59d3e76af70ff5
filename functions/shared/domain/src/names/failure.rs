//! The names under which an execution fails in the end. Only the function
//! `escalate` uses them, so whoever reads a red execution meets one of these.

super::names! {
    /// Labels, size or repository are against the policy; the cause says which rule.
    JOB_REJECTED = "JobRejected";
    /// The tries of a pass, or 24 hours in the queue, are used up.
    TRIES_EXHAUSTED = "TriesExhausted";
    /// AWS or the image refuses the task for good (task definition, network, role, image).
    CONFIGURATION_REFUSED = "ConfigurationRefused";
    /// GitHub no longer accepts the runner's version: rebuild the image.
    RUNNER_VERSION_REFUSED = "RunnerVersionRefused";
    /// GitHub refuses the App's calls: permissions, installation, runner group.
    GITHUB_REFUSED = "GitHubRefused";
    /// The settings or secrets of a function are unusable.
    SETTINGS_INVALID = "SettingsInvalid";
    /// Any other step that failed; the cause holds its error.
    STEP_FAILED = "StepFailed";
}
