//! A `workflow_job` delivery of real size.
//!
//! GitHub's emulator writes it; the workflow's names are long enough to make it
//! about 10 kB, as GitHub's own deliveries for organisations are.

use anyhow::{Context as _, Result, anyhow};
use domain::clock::Clock;
use github_emulator::{Emulator, Settings};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::time::Duration;

/// The webhook's secret in the benches.
pub const SECRET: &str = "a secret as long as those that people choose";
/// The size that deliveries are brought to, bytes.
pub const BYTES: usize = 10_000;
const LIMIT: Duration = Duration::from_secs(10);

/// One delivery: its body, `action` being `queued`.
///
/// # Errors
/// The emulator does not start, or delivers nothing.
pub async fn queued() -> Result<String> {
    let github = Emulator::start(Settings::default()).await?;
    github.create_repository("r", true);
    // Nobody listens there; the attempt is written down all the same.
    github.set_webhook("http://127.0.0.1:1/", SecretString::from(SECRET));
    let workflow = support::workflows::one("true");
    github
        .commit_workflow("r", ".github/workflows/w.yml", &workflow)
        .map_err(|error| anyhow!("{error}"))?;
    let delivered = github
        .wait_until(LIMIT, |github| !github.deliveries().is_empty())
        .await;
    let delivery = github.deliveries().into_iter().next();
    github.shutdown().await;
    let body = delivery
        .filter(|_| delivered)
        .context("nothing was delivered")?
        .request_payload;
    let mut payload: Value = serde_json::from_str(&body)?;
    // As a repository with topics and a description has it.
    let missing = BYTES.saturating_sub(body.len());
    payload["repository"]["description"] = json!("a".repeat(missing));
    Ok(payload.to_string())
}

/// The event that a function URL makes of a delivery signed with `secret`.
pub fn function_url_event(secret: &SecretString, body: &str) -> Value {
    let signature = github::signature::sign(secret, body.as_bytes());
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
        "headers": {
            "content-type": "application/json", "accept": "*/*", "host": "id.lambda-url.on.aws",
            "user-agent": "GitHub-Hookshot/044aadd", "x-github-event": "workflow_job",
            "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            "x-github-hook-id": "292430182", "x-hub-signature-256": signature,
        },
        "requestContext": {
            "accountId": "anonymous", "apiId": "id", "domainName": "id.lambda-url.on.aws",
            "domainPrefix": "id",
            "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "GitHub-Hookshot/044aadd"},
            "requestId": "5b6f9f1e-1f6f-4b9b-8f0f-3a0e8f9b7a10", "routeKey": "$default",
            "stage": "$default", "time": "23/Nov/2026:18:00:00 +0000",
            "timeEpoch": Clock::system().epoch_seconds() * 1000,
        },
        "body": body, "isBase64Encoded": false,
    })
}
