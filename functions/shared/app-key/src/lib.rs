//! What signs as the GitHub App: its PEM, read from Secrets Manager when it is
//! needed, or a signing key in KMS, which never enters this process.
//!
//! A refusal is for good (`SettingsInvalid` in the end) and says what to do;
//! everything else may go away by itself (`StoreUnavailable`).

use std::sync::Arc;

use aws::secrets::{MAX_AGE, Secrets};
use aws::signing::SigningKey;
use aws::{Config, StoreError};
use domain::clock::Clock;
use domain::settings::SettingsInvalid;
use github::{AppKey, Client, GitHubSettings, Http, KeyError, Signer};

/// GitHub's client as the settings name it, signing as the App when it first
/// needs a token. Through `http` where given. Within a tokio runtime.
pub fn connect(
    settings: &GitHubSettings,
    config: &Config,
    clock: &Clock,
    http: Option<Http>,
) -> Result<Client, SettingsInvalid> {
    let signer = signer(&settings.key, config, clock.clone());
    settings
        .connect(clock, signer, http)
        .map_err(|error| SettingsInvalid::new(error.to_string()))
}

/// The signer that the settings name. Nothing is asked before the first signature.
pub fn signer(key: &AppKey, config: &Config, clock: Clock) -> Signer {
    match key {
        AppKey::Secret(id) => pem(Secrets::new(config, clock, MAX_AGE), id.clone()),
        AppKey::Kms(id) => remote(SigningKey::new(config, id.clone())),
    }
}

fn pem(secrets: Secrets, id: String) -> Signer {
    let secrets = Arc::new(secrets);
    Signer::pem_from(Arc::new(move |age| {
        let (secrets, id) = (Arc::clone(&secrets), id.clone());
        Box::pin(async move {
            let pem = secrets.no_older_than(&id, age).await;
            pem.map_err(|error| sorted(&error, "check GITHUB_APP_KEY_SECRET"))
        })
    }))
}

fn remote(key: SigningKey) -> Signer {
    Signer::Remote(Arc::new(move |message| {
        let key = key.clone();
        Box::pin(async move {
            let signature = key.sign(message).await;
            signature.map_err(|error| {
                let advice = error.refusal().map_or("", advice);
                sorted(&error, advice)
            })
        })
    }))
}

/// What to do about KMS's refusals. Source: KMS API reference, Sign, "Errors".
fn advice(code: &str) -> &'static str {
    match code {
        "AccessDeniedException" => {
            "allow the function's role kms:Sign on the key, in its policy and in the key's"
        }
        "NotFoundException" => "GITHUB_APP_KEY_KMS names no key of this account and region",
        "DisabledException" => "enable the key",
        "KMSInvalidStateException" => {
            "the key is to be deleted, or its key material was never imported"
        }
        "InvalidKeyUsageException" => {
            "the key must be an RSA key for SIGN_VERIFY, with the App's key imported into it"
        }
        _ => "check GITHUB_APP_KEY_KMS",
    }
}

fn sorted(error: &StoreError, advice: &str) -> KeyError {
    match error {
        StoreError::Refused { .. } => KeyError::Unusable(format!("{error}: {advice}")),
        _ => KeyError::Unavailable(error.to_string()),
    }
}
