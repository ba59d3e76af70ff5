//! The one definition with its placeholders filled in.

use super::functions::Functions;
use super::{CLAIMS, HANDOVER};
use anyhow::{Result, bail};

/// The file that CDK deploys as well.
pub(super) const DEFINITION: &str = include_str!("../../../../statemachine/runner.asl.json");

/// What differs from one deployment to the next.
pub(super) struct Values<'a> {
    pub(super) functions: &'a Functions,
    pub(super) cluster: &'a str,
    pub(super) task_definition: &'a str,
    pub(super) end_margin_seconds: u32,
}

/// Fills in every placeholder; one that is left is an error.
pub(super) fn render(template: &str, values: &Values<'_>) -> Result<String> {
    let end_margin = values.end_margin_seconds.to_string();
    let pairs = [
        ("SizeFunctionArn", values.functions.size.as_str()),
        ("MintFunctionArn", &values.functions.mint),
        ("VerifyRemovalFunctionArn", &values.functions.verify_removal),
        ("EscalateFunctionArn", &values.functions.escalate),
        ("ClaimsTable", CLAIMS),
        ("HandoverTable", HANDOVER),
        ("ClusterArn", values.cluster),
        ("TaskDefinitionX86", values.task_definition),
        // Processes have this machine's processor, whatever was asked for.
        ("TaskDefinitionArm", values.task_definition),
        ("SubnetIds", "subnet-local"),
        ("SecurityGroupIds", "sg-local"),
        ("AssignPublicIp", "DISABLED"),
        ("EndMarginSeconds", &end_margin),
        ("MaxTries", "20"),
        ("ShortBackoffSeconds", "30"),
        ("LongBackoffMinSeconds", "30"),
        ("LongBackoffMaxSeconds", "600"),
    ];
    let mut text = template.to_owned();
    for (name, value) in pairs {
        text = text.replace(&format!("${{{name}}}"), value);
    }
    if let Some((_, rest)) = text.split_once("${") {
        let name = rest.split('}').next().unwrap_or_default();
        bail!("the definition has a placeholder {name} that the deployment does not know");
    }
    Ok(text)
}
