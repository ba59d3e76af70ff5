//! Deliveries that a test makes itself, in GitHub's name or in nobody's.

use crate::world::World;
use hmac::{Hmac, Mac as _};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use sha2::Sha256;

/// What the webhook's function answered.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The HTTP status.
    pub status: u16,
    /// The body, `null` where it is not JSON.
    pub body: Value,
}

impl World {
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

/// `sha256=` and the HMAC over the body, in hex.
fn signature(secret: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length is a key");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
