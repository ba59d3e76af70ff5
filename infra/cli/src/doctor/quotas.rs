//! What the account may run at once, compared with what the policy allows.
//!
//! Fargate's quotas are known by their codes; its launch rates by their names.

use super::Context;
use super::aws::Fault;
use super::aws::service::QUOTAS;
use super::finding::Finding;
use domain::policy::Policy;
use serde_json::{Value, json};

const VCPU: &str = "quotas.vcpu";
const SPOT_VCPU: &str = "quotas.spot-vcpu";
const LAUNCH_RATE: &str = "quotas.launch-rate";
const ON_DEMAND_CODE: &str = "L-3032A538";
const SPOT_CODE: &str = "L-36FBB829";
/// Fewer runners of the default size at once than this are called few.
const FEW: f64 = 10.0;
const RAISE: &str = "ask for more in Service Quotas (AWS Fargate)";

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let all = [VCPU, SPOT_VCPU, LAUNCH_RATE];
    let input = json!({"ServiceCode": "fargate", "MaxResults": 100});
    let read: Result<Value, Fault> = context.aws.json(QUOTAS, "ListServiceQuotas", input).await;
    let quotas = match &read {
        Err(fault) => return all.map(|id| Finding::fault(id, fault)).to_vec(),
        Ok(answer) => answer["Quotas"].as_array().map_or(&[][..], Vec::as_slice),
    };
    let Some(policy) = context.deployment.policy() else {
        let needs = |id| Finding::needs(id, "the policy", "functions.policy");
        return vec![needs(VCPU), needs(SPOT_VCPU), launch_rate(quotas)];
    };
    let spot = if policy.spot_allowed {
        vcpu(SPOT_VCPU, value(quotas, SPOT_CODE), &policy)
    } else {
        Finding::skipped(SPOT_VCPU, "the policy allows no Spot")
    };
    vec![
        vcpu(VCPU, value(quotas, ON_DEMAND_CODE), &policy),
        spot,
        launch_rate(quotas),
    ]
}

fn value(quotas: &[Value], code: &str) -> Option<f64> {
    quotas.iter().find(|quota| quota["QuotaCode"] == code)?["Value"].as_f64()
}

fn vcpu(id: &'static str, quota: Option<f64>, policy: &Policy) -> Finding {
    let Some(quota) = quota else {
        let fix = "look at it in Service Quotas (AWS Fargate)";
        return Finding::unknown(id, "Service Quotas does not list it", fix);
    };
    let largest = f64::from(policy.maximum.cpu) / 1024.0;
    let default = f64::from(policy.default.cpu) / 1024.0;
    let at_once = (quota / default).floor();
    let observed = format!("{quota} vCPU: {at_once} runners of the default size at once");
    if quota < largest {
        let observed = format!("{quota} vCPU, but the policy allows a runner of {largest}");
        Finding::wrong(
            id,
            observed,
            format!("{RAISE}, or lower the policy's maximum"),
        )
    } else if at_once < FEW {
        Finding::warning(id, observed, RAISE)
    } else {
        Finding::ok(id, observed)
    }
}

/// The sustained rate of launches; RunTask itself takes 20 calls a second everywhere.
fn launch_rate(quotas: &[Value]) -> Finding {
    let rate = quotas.iter().find_map(|quota| {
        let name = quota["QuotaName"].as_str()?.to_lowercase();
        let ours = name.contains("sustained launch rate") && !name.contains("spot");
        ours.then(|| quota["Value"].as_f64()).flatten()
    });
    match rate {
        Some(rate) if rate < 5.0 => {
            let observed = format!("{rate} tasks a second, sustained");
            Finding::warning(LAUNCH_RATE, observed, RAISE)
        }
        Some(rate) => Finding::ok(LAUNCH_RATE, format!("{rate} tasks a second, sustained")),
        None => Finding::unknown(
            LAUNCH_RATE,
            "Service Quotas lists no launch rate for Fargate",
            "AWS documents 20 a second in most regions; RunTask is retried where it is throttled",
        ),
    }
}
