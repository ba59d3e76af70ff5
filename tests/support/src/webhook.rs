//! Deliveries that a test makes itself, in GitHub's name or in nobody's.

use crate::world::World;
use github_emulator::{Job, JobStatus};
use hmac::{Hmac, Mac as _};
use jit_runners::stage::ORGANIZATION;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sha2::Sha256;

/// Where nobody listens: deliveries there fail at once.
const NOWHERE: &str = "http://127.0.0.1:9/";

/// What the webhook's function answered.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The HTTP status.
    pub status: u16,
    /// The body, `null` where it is not JSON.
    pub body: Value,
}

impl World {
    /// From now on GitHub's own deliveries are lost; the test makes them itself,
    /// in whatever order, by [`World::announce`].
    pub fn mute_webhooks(&self) {
        let secret = self.stage.webhook_secret.clone();
        self.stage.github.set_webhook(NOWHERE, secret);
    }

    /// Delivers the event `action` of a job as GitHub has it now.
    pub async fn announce(&self, action: &str, job: &Job) {
        self.deliver_event(&event(action, job)).await;
    }

    /// Delivers an event that the fleet must take.
    pub async fn deliver_event(&self, event: &Value) {
        let answer = self
            .deliver("workflow_job", event.to_string().as_bytes())
            .await;
        assert_eq!(answer.status, 202, "{}", answer.body);
    }

    /// Delivers `body`, signed as GitHub would.
    pub async fn deliver(&self, event: &str, body: &[u8]) -> Delivered {
        let secret = self.stage.webhook_secret.expose_secret();
        let signature = signature(secret.as_bytes(), body);
        self.deliver_signed(event, body, Some(&signature)).await
    }

    /// Delivers `body` under any signature, or none.
    pub async fn deliver_signed(
        &self,
        event: &str,
        body: &[u8],
        signature: Option<&str>,
    ) -> Delivered {
        let mut request = reqwest::Client::new()
            .post(&self.stage.fleet.webhook_url)
            .header("content-type", "application/json")
            .header("x-github-event", event)
            .header("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
            .body(body.to_vec());
        if let Some(signature) = signature {
            request = request.header("x-hub-signature-256", signature);
        }
        let answer = request.send().await.expect("the function URL answers");
        Delivered {
            status: answer.status().as_u16(),
            body: answer.json().await.unwrap_or(Value::Null),
        }
    }
}

/// The event `action` of a job, as far as the fleet looks at it.
pub fn event(action: &str, job: &Job) -> Value {
    let runner = job.runner.as_ref();
    let full_name = format!("{ORGANIZATION}/{}", job.repository);
    json!({
        "action": action,
        "workflow_job": {
            "id": job.id.0, "run_id": job.run_id.0, "run_attempt": job.run_attempt, "name": job.name,
            "workflow_name": job.workflow_name, "head_branch": "main", "head_sha": "0".repeat(40),
            "status": action, "created_at": job.created_at.to_rfc3339(), "labels": job.labels,
            "conclusion": (job.status == JobStatus::Completed)
                .then(|| job.conclusion.map(|conclusion| conclusion.name())),
            // GitHub fills in 0 and nothing where there was none.
            "runner_id": runner.map_or(0, |runner| runner.id.0),
            "runner_name": runner.map_or("", |runner| runner.name.as_str()),
            "html_url": "https://example.com/job",
        },
        "repository": {
            "id": 1, "name": job.repository, "full_name": full_name, "private": true,
            "visibility": "private", "owner": {"login": ORGANIZATION},
        },
        "organization": {"login": ORGANIZATION},
        "sender": {"login": "octocat"},
    })
}

/// `sha256=` and the HMAC over the body, in hex.
fn signature(secret: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length is a key");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
