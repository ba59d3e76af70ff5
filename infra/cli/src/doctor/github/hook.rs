//! The App's webhook: where it goes, and how the last deliveries ended.

use super::super::aws::Fault;
use super::super::finding::Finding;
use super::super::url::FunctionUrl;
use super::unread;
use chrono::Utc;
use github::{GitHubError, HookConfig, HookDelivery};

pub(super) const WEBHOOK: &str = "github.webhook";
pub(super) const DELIVERIES: &str = "github.deliveries";
/// How many deliveries are looked at.
pub(super) const LOOKED_AT: u8 = 20;

pub(super) fn webhook(
    read: &Result<HookConfig, GitHubError>,
    url: &Result<FunctionUrl, Fault>,
) -> Finding {
    let hook = match read {
        Ok(hook) => hook,
        Err(error) => return unread(WEBHOOK, error),
    };
    let Some(address) = hook.url.as_deref().filter(|url| !url.is_empty()) else {
        let fix = "switch it on in the App's settings, with the address of functions.url";
        return Finding::wrong(WEBHOOK, "the App has no active webhook", fix);
    };
    if hook.content_type.as_deref() != Some("json") {
        let observed = format!(
            "its content type is {:?}",
            hook.content_type.as_deref().unwrap_or("form")
        );
        let fix = "set the webhook's content type to application/json";
        return Finding::wrong(WEBHOOK, observed, fix).of(address);
    }
    if hook.insecure_ssl == "1" || hook.insecure_ssl == 1 {
        let observed = "GitHub does not check the receiver's certificate";
        let fix = "enable SSL verification for the webhook";
        return Finding::wrong(WEBHOOK, observed, fix).of(address);
    }
    let finding = match url {
        Ok(url) if same(&url.address, address) => {
            Finding::ok(WEBHOOK, "the function's own address, as JSON")
        }
        Ok(url) => Finding::wrong(
            WEBHOOK,
            format!("it does not lead to the function ({})", url.address),
            "set the webhook's URL in the App's settings to that address",
        ),
        Err(fault) if fault.is_missing() => Finding::unknown(
            WEBHOOK,
            "the function has no URL to compare it with",
            "see by hand that it leads to the function webhook",
        ),
        Err(_) => Finding::needs(WEBHOOK, "the function's URL", "functions.url"),
    };
    finding.of(address)
}

fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/')
        .eq_ignore_ascii_case(other.trim_end_matches('/'))
}

pub(super) fn deliveries(read: &Result<Vec<HookDelivery>, GitHubError>) -> Finding {
    let deliveries = match read {
        Ok(deliveries) => deliveries,
        Err(error) => return unread(DELIVERIES, error),
    };
    let Some(last) = deliveries.first() else {
        return Finding::warning(
            DELIVERIES,
            "GitHub has made none in the last days",
            "queue a job with a label of this fleet, and run doctor again",
        );
    };
    let good = |delivery: &HookDelivery| (200..400).contains(&delivery.status_code);
    let minutes = (Utc::now() - last.delivered_at).num_minutes();
    let failed = deliveries.iter().filter(|one| !good(one)).count();
    let all = deliveries.len();
    if !good(last) {
        return Finding::wrong(
            DELIVERIES,
            format!(
                "the last one, {minutes} minutes ago, ended with {} ({})",
                last.status_code, last.status
            ),
            advice(last.status_code),
        );
    }
    if failed > 0 {
        return Finding::warning(
            DELIVERIES,
            format!("{failed} of the last {all} failed, the last one did not"),
            "send the failed ones again from the App's settings (Advanced, Recent Deliveries)",
        );
    }
    Finding::ok(
        DELIVERIES,
        format!("the last {all} arrived, the last one {minutes} minutes ago"),
    )
}

/// What a status of our own function means.
fn advice(status: u16) -> &'static str {
    match status {
        0 => "GitHub does not reach the address: see github.webhook and functions.url",
        401 | 403 => {
            "the signature was refused: give the App and secrets.webhook the same secret, and allow GitHub's addresses"
        }
        404 => "nobody serves this address: see github.webhook",
        429 => "the function is throttled: raise its reserved concurrency",
        _ => "read the log of the function webhook at that time",
    }
}
