//! Sends events as GitHub does: signed, ten seconds for an answer, one attempt.

pub(crate) mod payload;
pub(crate) mod repository;
mod request;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{Request, Response};
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
    let (target, app_id, form) = shared.look(|world, _| {
        let (target, form) = match outgoing.hook {
            HookKind::App => (world.webhook.clone(), world.hook_content_type == "form"),
            HookKind::Organization => (world.organization_webhook.clone(), false),
        };
        (target, world.settings.app.id, form)
    });
    let Some(webhook) = target else {
        return;
    };
    let body = request::body(&outgoing.payload, form);
    let headers = request::headers(&outgoing, &webhook, app_id, (&body, form));
    let delivered_at = shared.now();
    let begin = Instant::now();
    let answer = match outgoing.failed {
        Some(status) => Answer::failed(status),
        None => attempt(&shared, &webhook, &headers, body).await,
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
