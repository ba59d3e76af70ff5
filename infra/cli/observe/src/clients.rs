//! The AWS SDK's clients that the command line uses.
//!
//! They are the SDK's own, unmodified: with an endpoint they talk to the local
//! place, without one to AWS.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
pub use aws_sdk_sfn::types::ExecutionStatus;

/// The region that the local place says it is in.
const LOCAL_REGION: &str = "us-east-1";

/// One client for each service.
#[derive(Debug, Clone)]
pub struct Clients {
    /// Step Functions.
    pub executions: aws_sdk_sfn::Client,
    /// ECS.
    pub tasks: aws_sdk_ecs::Client,
    /// DynamoDB.
    pub tables: aws_sdk_dynamodb::Client,
    /// CloudWatch Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
}

impl Clients {
    /// Clients with this configuration.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            executions: aws_sdk_sfn::Client::new(config),
            tasks: aws_sdk_ecs::Client::new(config),
            tables: aws_sdk_dynamodb::Client::new(config),
            logs: aws_sdk_cloudwatchlogs::Client::new(config),
        }
    }

    /// Clients of the local place at `endpoint`, for example `http://127.0.0.1:4566`.
    pub async fn local(endpoint: &str) -> Self {
        Self::new(&local_config(endpoint).await)
    }
}

/// The SDK's configuration for the local place at `endpoint`.
pub async fn local_config(endpoint: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::from_static(LOCAL_REGION))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .load()
        .await
}
