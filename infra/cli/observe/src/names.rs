//! What a deployment's resources are called, on AWS and in the local place.
//!
//! Everything is named after the fleet, so that one word finds all of it: the
//! CDK construct and the embedded fleet give the same names.

/// The name of a fleet that was given none.
pub const DEFAULT_FLEET: &str = "jit-runners";

/// The names of one fleet's resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    fleet: String,
}

impl Names {
    /// The names of the fleet `fleet`.
    #[must_use]
    pub fn new(fleet: &str) -> Self {
        Self {
            fleet: fleet.to_owned(),
        }
    }

    /// The fleet itself: also the name of its event bus, archive, state machine,
    /// cluster, dashboard and CloudFormation stack.
    #[must_use]
    pub fn fleet(&self) -> &str {
        &self.fleet
    }

    /// The claims table.
    #[must_use]
    pub fn claims_table(&self) -> String {
        format!("{}-claims", self.fleet)
    }

    /// The hand-over table.
    #[must_use]
    pub fn handover_table(&self) -> String {
        format!("{}-handover", self.fleet)
    }

    /// The rule that starts an execution for each queued job.
    #[must_use]
    pub fn queued_rule(&self) -> String {
        format!("{}-queued", self.fleet)
    }

    /// The rule that tells the function release of each completed job.
    #[must_use]
    pub fn completed_rule(&self) -> String {
        format!("{}-completed", self.fleet)
    }

    /// The queue of events that could not be delivered.
    #[must_use]
    pub fn dead_letter_queue(&self) -> String {
        format!("{}-dead-letters", self.fleet)
    }

    /// The function with this handler setting, for example `mint`.
    #[must_use]
    pub fn function(&self, handler: &str) -> String {
        format!("{}-{handler}", self.fleet)
    }

    /// The secret that holds the GitHub App's private key, PEM text.
    #[must_use]
    pub fn app_key_secret(&self) -> String {
        format!("{}/github-app-key", self.fleet)
    }

    /// The secret that webhooks are signed with.
    #[must_use]
    pub fn webhook_secret(&self) -> String {
        format!("{}/github-webhook-secret", self.fleet)
    }

    /// The log group of the runners' tasks.
    #[must_use]
    pub fn task_log_group(&self) -> String {
        format!("/ecs/{}", self.fleet)
    }

    /// The log group of the function with this handler setting.
    #[must_use]
    pub fn function_log_group(&self, handler: &str) -> String {
        format!("/aws/lambda/{}", self.function(handler))
    }
}
