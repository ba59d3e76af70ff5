//! The JWT by which GitHub knows the App itself: RS256, ten minutes at most.
//!
//! Source: docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App".

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::json;

use crate::error::GitHubError;
use crate::signer::Signer;

/// GitHub's clock may be behind ours.
const ISSUED_BEFORE: TimeDelta = TimeDelta::seconds(60);
/// GitHub's limit is ten minutes after its own now.
const JWT_LIFE: TimeDelta = TimeDelta::seconds(540);

/// A signed JWT for the App with this id or client id.
pub(crate) async fn jwt(
    app_id: &str,
    signer: &Signer,
    now: DateTime<Utc>,
) -> Result<SecretString, GitHubError> {
    let claims = json!({
        "iat": (now - ISSUED_BEFORE).timestamp(),
        "exp": (now + JWT_LIFE).timestamp(),
        // An App id is a number, a client id a text.
        "iss": app_id.parse::<u64>().map_or_else(|_| json!(app_id), |id| json!(id)),
    });
    let part = |json: &serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let header = part(&json!({"alg": "RS256", "typ": "JWT"}));
    let message = format!("{header}.{}", part(&claims));
    let signature = signer.sign(&message).await?;
    Ok(format!("{message}.{signature}").into())
}
