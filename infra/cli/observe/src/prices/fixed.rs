//! What a deployment costs in a month, whether or not a job runs.

use super::{HOURS_A_MONTH, rest};
use serde::Serialize;

/// What the figures are for: the stack's defaults, unless a caller says else.
#[derive(Debug, Clone, Copy)]
pub struct Deployment {
    /// Alarms.
    pub alarms: u32,
    /// Custom metrics that jobs give rise to.
    pub metrics: u32,
    /// Availability zones, for endpoints.
    pub zones: u32,
    /// Image builds in a month, for each architecture.
    pub builds: u32,
    /// Minutes of one of them.
    pub build_minutes: u32,
    /// GB of images kept, compressed, of all architectures.
    pub image_gb: u32,
}

/// One fixed cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fixed {
    /// What it is.
    pub what: &'static str,
    /// Whether every deployment has it, or only one with an option.
    pub optional: bool,
    /// USD a month.
    pub usd: f64,
}

/// Every fixed cost, at the prices of the first region.
#[must_use]
pub fn fixed(of: &Deployment) -> Vec<Fixed> {
    let prices = rest();
    let (network, watch) = (&prices.network, &prices.cloudwatch);
    let item = |what, optional, usd| Fixed {
        what,
        optional,
        usd,
    };
    let (endpoints, zones) = (3.0, f64::from(of.zones));
    let minutes = f64::from(of.builds * of.build_minutes);
    vec![
        item("two secrets", false, 2.0 * prices.secrets.secret_month),
        item("alarms", false, f64::from(of.alarms) * watch.alarm_month),
        item("dashboard", false, watch.dashboard_month),
        item(
            "custom metrics",
            false,
            f64::from(of.metrics) * watch.metric_month,
        ),
        item(
            "images in ECR",
            false,
            f64::from(of.image_gb) * prices.storage.ecr_gb_month,
        ),
        item(
            "image builds, x86_64",
            false,
            minutes * prices.codebuild.x86_64_small_minute,
        ),
        item(
            "image builds, arm64",
            false,
            minutes * prices.codebuild.arm64_small_minute,
        ),
        item("App key as a KMS key", true, prices.secrets.kms_key_month),
        item(
            "NAT gateway (network kind nat)",
            true,
            HOURS_A_MONTH * network.nat_gateway_hour,
        ),
        item(
            "three interface endpoints (network kind endpoints)",
            true,
            HOURS_A_MONTH * endpoints * zones * network.interface_endpoint_hour,
        ),
    ]
}
