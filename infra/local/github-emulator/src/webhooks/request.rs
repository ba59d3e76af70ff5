//! A delivery as it goes out: body and headers, signed over the very bytes.
//!
//! Source: docs.github.com, "Webhook events and payloads" (delivery headers) and
//! "Validating webhook deliveries".

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use secrecy::ExposeSecret;

use super::repository::ACCOUNT_ID;
use super::{HOOK_ID, ORGANIZATION_HOOK_ID};
use crate::deliveries::HookKind;
use crate::settings::Webhook;
use crate::world::Outgoing;

/// The payload itself, or the one field of a form.
pub(super) fn body(payload: &str, form: bool) -> String {
    if form {
        format!("payload={}", encode(payload))
    } else {
        payload.to_owned()
    }
}

/// As a browser encodes forms: a space is a plus sign.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b' ' => out.push('+'),
            _ if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

/// The headers by GitHub's names; without a secret nothing is signed.
pub(super) fn headers(
    outgoing: &Outgoing,
    webhook: &Webhook,
    app_id: u64,
    (body, form): (&str, bool),
) -> BTreeMap<String, String> {
    let (hook_id, target_id, target_type) = match outgoing.hook {
        HookKind::App => (HOOK_ID, app_id, "integration"),
        HookKind::Organization => (ORGANIZATION_HOOK_ID, ACCOUNT_ID, "organization"),
    };
    let content_type = if form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    let mut headers = vec![
        ("Accept", "*/*".to_owned()),
        ("Content-Type", content_type.to_owned()),
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
    ];
    let secret = webhook.secret.expose_secret();
    if !secret.is_empty() {
        let sign = |algorithm| {
            let key = hmac::Key::new(algorithm, secret.as_bytes());
            hex::encode(hmac::sign(&key, body.as_bytes()))
        };
        // GitHub keeps the older one for receivers of long ago.
        let sha1 = sign(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY);
        headers.push(("X-Hub-Signature", format!("sha1={sha1}")));
        let sha256 = sign(hmac::HMAC_SHA256);
        headers.push(("X-Hub-Signature-256", format!("sha256={sha256}")));
    }
    let headers = headers.into_iter();
    headers
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::body;

    #[test]
    fn a_form_has_the_payload_in_one_field() {
        assert_eq!(body("{\"a b\":1}", false), "{\"a b\":1}");
        assert_eq!(body("{\"a b\":1}", true), "payload=%7B%22a+b%22%3A1%7D");
    }
}
