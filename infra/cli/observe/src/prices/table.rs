//! The table of prices, `prices.toml`, as it stands there.

use serde::Deserialize;

/// The file.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Table {
    pub(super) region: Vec<Region>,
    pub(super) github_hosted: Vec<Hosted>,
}

/// One region. Only the first has everything.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Region {
    pub(super) name: String,
    pub(super) fargate: Fargate,
    #[serde(flatten)]
    pub(super) rest: Option<Rest>,
}

/// Everything beside Fargate.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Rest {
    pub(super) step_functions: StepFunctions,
    pub(super) lambda: Lambda,
    pub(super) dynamodb: DynamoDb,
    pub(super) eventbridge: EventBridge,
    pub(super) cloudwatch: CloudWatch,
    pub(super) network: Network,
    pub(super) storage: Storage,
    pub(super) secrets: Secrets,
    pub(super) codebuild: CodeBuild,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Fargate {
    /// The part that Spot takes off, at most, 0 to 1.
    pub(super) spot_discount: f64,
    pub(super) included_storage_gib: u32,
    pub(super) minimum_seconds: u64,
    pub(super) storage_gb_hour: f64,
    pub(super) x86_64: Hourly,
    pub(super) arm64: Hourly,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Hourly {
    pub(super) vcpu_hour: f64,
    pub(super) gb_hour: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct StepFunctions {
    pub(super) transition: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Lambda {
    pub(super) request: f64,
    pub(super) arm64_gb_second: f64,
    pub(super) x86_64_gb_second: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct DynamoDb {
    pub(super) write_unit: f64,
    pub(super) read_unit: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct EventBridge {
    pub(super) custom_event: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct CloudWatch {
    pub(super) log_gb_ingested: f64,
    pub(super) alarm_month: f64,
    pub(super) dashboard_month: f64,
    pub(super) metric_month: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Network {
    pub(super) public_ipv4_hour: f64,
    pub(super) nat_gateway_hour: f64,
    pub(super) nat_gb: f64,
    pub(super) interface_endpoint_hour: f64,
    pub(super) interface_endpoint_gb: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Storage {
    pub(super) ecr_gb_month: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Secrets {
    pub(super) secret_month: f64,
    pub(super) kms_key_month: f64,
    pub(super) kms_rsa_2048_request: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct CodeBuild {
    pub(super) x86_64_small_minute: f64,
    pub(super) arm64_small_minute: f64,
}

/// One of GitHub's hosted runners.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Hosted {
    pub(super) vcpu: u32,
    pub(super) memory_gb: u32,
    pub(super) x86_64_minute: f64,
    pub(super) arm64_minute: f64,
}
