//! The functions' error names: the `errorType` of a function's error document,
//! which the definition's `Retry` and `Catch` compare.

super::names! {
    /// GitHub did not answer, or answered 5xx. Retried by the machine.
    GITHUB_UNAVAILABLE = "GitHubUnavailable";
    /// A call to AWS (table, task, execution, secret) failed or was throttled. Retried by the machine.
    STORE_UNAVAILABLE = "StoreUnavailable";
    /// GitHub refused for good: 401, 403 without a rate limit, 404, 422. Not retried.
    GITHUB_REFUSED = "GitHubRefused";
    /// The function's own settings or secrets are unusable. Not retried.
    SETTINGS_INVALID = "SettingsInvalid";
    /// The payload does not parse, or its version is unknown. Not retried.
    INPUT_INVALID = "InputInvalid";
}

/// Those that the machine retries; all others are final.
pub const RETRIED: &[&str] = &[GITHUB_UNAVAILABLE, STORE_UNAVAILABLE];
