//! Sends events as GitHub does: signed, ten seconds for an answer, one attempt.

pub(crate) mod payload;
pub(crate) mod repository;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{Request, Response};
use hmac::{Hmac, Mac};
use secrecy::ExposeSecret;
use sha2::Sha256;
use tokio::time::Instant;

use crate::deliveries::{Delivery, HookKind};
use crate::settings::Webhook;
use crate::shared::Shared;
use crate::transport::Undelivered;
use crate::world::Outgoing;

/// The id of the App's one webhook.
const HOOK_ID: u64 = 292_430_182;
/// The id of the organisation's.
pub(crate) const ORGANIZATION_HOOK_ID: u64 = 412_660_930;

/// Makes one attempt and notes it, whatever its end.
pub(crate) async fn deliver(shared: Arc<Shared>, outgoing: Outgoing) {
    let (target, app_id) = shared.look(|world, _| {
        let target = match outgoing.hook {
            HookKind::App => world.webhook.clone(),
            HookKind::Organization => world.organization_webhook.clone(),
        };
        (target, world.settings.app.id)
    });
    let Some(webhook) = target else {
        return;
    };
    let headers = headers(&outgoing, &webhook, app_id);
    let delivered_at = shared.now();
    let begin = Instant::now();
    let answer = match outgoing.failed {
        Some(status) => Answer::failed(status),
        None => attempt(&shared, &webhook, &headers, outgoing.payload.clone()).await,
    };
    tracing::debug!(
        delivery = outgoing.id.0,
        event = outgoing.event,
        status = answer.code,
        "delivered"
    );
    let delivery = Delivery {
        id: outgoing.id,
        hook: outgoing.hook,
        guid: outgoing.guid,
        event: outgoing.event,
        action: outgoing.action,
        job_id: outgoing.job_id,
        repository_id: outgoing.repository_id,
        delivered_at,
        redelivery: outgoing.redelivery,
        duration: begin.elapsed().as_secs_f64(),
        status: answer.status,
        status_code: answer.code,
        url: webhook.url,
        request_headers: headers,
        request_payload: outgoing.payload,
        response_headers: answer.headers,
        response_payload: answer.body,
    };
    shared.change(|world, _| {
        let passed = delivery.id;
        world.deliveries.push(delivery);
        world.send_held(|held, _| held < passed);
    });
}

fn headers(outgoing: &Outgoing, webhook: &Webhook, app_id: u64) -> BTreeMap<String, String> {
    let signature = signature(webhook.secret.expose_secret(), outgoing.payload.as_bytes());
    let (hook_id, target_id, target_type) = match outgoing.hook {
        HookKind::App => (HOOK_ID, app_id, "integration"),
        HookKind::Organization => (ORGANIZATION_HOOK_ID, 38_302_899, "organization"),
    };
    [
        ("Accept", "*/*".to_owned()),
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "GitHub-Hookshot/8a2ce5c".to_owned()),
        ("X-GitHub-Delivery", outgoing.guid.clone()),
        ("X-GitHub-Event", outgoing.event.clone()),
        ("X-GitHub-Hook-ID", hook_id.to_string()),
        (
            "X-GitHub-Hook-Installation-Target-ID",
            target_id.to_string(),
        ),
        (
            "X-GitHub-Hook-Installation-Target-Type",
            target_type.to_owned(),
        ),
        ("X-Hub-Signature-256", format!("sha256={signature}")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

struct Answer {
    status: String,
    code: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Answer {
    /// What is logged for an event that did not arrive.
    fn failed(status: u16) -> Self {
        if status == 0 {
            return Self::none("failed to connect to host");
        }
        Self {
            code: status,
            ..Self::none(&format!("Invalid HTTP Response: {status}"))
        }
    }

    fn none(status: &str) -> Self {
        Self {
            status: status.to_owned(),
            code: 0,
            headers: BTreeMap::new(),
            body: String::new(),
        }
    }

    fn of(response: &Response<Bytes>) -> Self {
        let code = response.status();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = response.headers().iter();
        Self {
            status: if code.is_success() {
                "OK".to_owned()
            } else {
                format!("Invalid HTTP Response: {}", code.as_u16())
            },
            code: code.as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
            body: text(response.body()),
        }
    }
}

async fn attempt(
    shared: &Shared,
    webhook: &Webhook,
    headers: &BTreeMap<String, String>,
    body: String,
) -> Answer {
    let mut request = Request::post(&webhook.url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let Ok(request) = request.body(Bytes::from(body)) else {
        return Answer::none("failed to connect to host");
    };
    let sent = (shared.transport)(request);
    match tokio::time::timeout(shared.webhook_timeout, sent).await {
        Err(_) | Ok(Err(Undelivered::TimedOut)) => Answer::none("timed out"),
        Ok(Err(Undelivered::Unreachable)) => Answer::none("failed to connect to host"),
        Ok(Ok(response)) => Answer::of(&response),
    }
}
