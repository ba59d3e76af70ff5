//! How long the phases of a task's life take, and what bounds it.

use std::time::Duration;

use crate::ids::Ids;
use crate::{ACCOUNT, REGION};

/// Settings of the ECS service. The defaults make a task start within a
/// fraction of a second, where AWS takes 20 to 60.
#[derive(Debug, Clone)]
pub struct EcsSettings {
    /// The account in every ARN.
    pub account: String,
    /// The region in every ARN.
    pub region: String,
    /// PROVISIONING: on AWS the network interface is made.
    pub provisioning: Duration,
    /// PENDING: on AWS the image is pulled.
    pub pending: Duration,
    /// DEPROVISIONING: on AWS the network interface is given back.
    pub deprovisioning: Duration,
    /// How long a stopped task can still be described; AWS promises one hour.
    pub retention: Duration,
    /// SIGTERM to SIGKILL where the container definition names no `stopTimeout`.
    pub stop_timeout: Duration,
    /// SIGTERM to SIGKILL when the place itself shuts down.
    pub shutdown_grace: Duration,
    /// Where ids come from; a place puts its own source here.
    pub ids: Ids,
}

impl Default for EcsSettings {
    fn default() -> Self {
        Self {
            account: ACCOUNT.to_owned(),
            region: REGION.to_owned(),
            provisioning: Duration::from_millis(100),
            pending: Duration::from_millis(100),
            deprovisioning: Duration::from_millis(50),
            retention: Duration::from_secs(3600),
            stop_timeout: Duration::from_secs(30),
            shutdown_grace: Duration::from_secs(2),
            ids: Ids::system(),
        }
    }
}

impl EcsSettings {
    /// An ARN of this service, e.g. of `task/cluster/id`.
    pub(super) fn arn(&self, resource: &str) -> String {
        format!("arn:aws:ecs:{}:{}:{resource}", self.region, self.account)
    }
}
