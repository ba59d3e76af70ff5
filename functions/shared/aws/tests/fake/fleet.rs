//! What all functions that speak with GitHub have in a test: the same settings, and an
//! AWS and a GitHub that let them sign in.

#![allow(dead_code, missing_docs, unreachable_pub)]

use serde_json::json;

use crate::app_key;
use crate::fake::{Answer, Call, Fake};

/// The item that says until when GitHub is not to be called.
pub const LIMIT: &str = "github#limit#5";

pub fn settings(fake: &Fake) -> [(&str, &str); 7] {
    [
        ("CLAIMS_TABLE", "c"),
        ("HANDOVER_TABLE", "h"),
        ("CLUSTER", "cluster"),
        ("GITHUB_APP_ID", "77"),
        ("GITHUB_INSTALLATION_ID", "5"),
        ("GITHUB_APP_KEY_SECRET", "key"),
        ("GITHUB_API_URL", &fake.url),
    ]
}

/// The answer to a call that comes before GitHub is asked for anything.
pub fn signing_in(call: &Call) -> Option<Answer> {
    match call.name.as_str() {
        // Nobody was told to wait.
        "GetItem" if call.body["Key"]["pk"]["S"] == LIMIT => Some(Answer::Json(200, json!({}))),
        "GetSecretValue" => Some(Answer::Json(200, json!({"SecretString": app_key::pem()}))),
        name if name.ends_with("access_tokens") => Some(Answer::Json(
            201,
            json!({"token": "ghs_1", "expires_at": "2099-01-01T00:00:00Z"}),
        )),
        _ => None,
    }
}
