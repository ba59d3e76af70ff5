//! The App's key: a secret that functions read, or a KMS key that signs for them.

use super::{App, Settings, refused};
use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local::Place;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

/// The secret with the PEM.
const SECRET: &str = "jit-runners/github-app-key";
/// The alias of the KMS key.
const ALIAS: &str = "alias/jit-runners/github-app-key";

/// Stores the key.
pub(super) fn store(place: &Place, settings: &Settings) -> Result<()> {
    if settings.app_key_in_kms {
        return import(place, &settings.app);
    }
    place.put_secret(SECRET, settings.app.key.expose_secret());
    Ok(())
}

/// The variable that tells functions where it is.
pub(super) fn variable(settings: &Settings) -> (&'static str, String) {
    if settings.app_key_in_kms {
        ("GITHUB_APP_KEY_KMS", ALIAS.to_owned())
    } else {
        ("GITHUB_APP_KEY_SECRET", SECRET.to_owned())
    }
}

fn import(place: &Place, app: &App) -> Result<()> {
    let call = |operation: &str, input: Value| {
        let answer = place.kms().call(operation, input);
        answer.map_err(refused).context("KMS refused the App's key")
    };
    let key = call(
        "CreateKey",
        json!({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY", "Origin": "EXTERNAL"}),
    )?;
    let id = &key["KeyMetadata"]["KeyId"];
    let parameters = call(
        "GetParametersForImport",
        json!({"KeyId": id, "WrappingAlgorithm": "RSA_AES_KEY_WRAP_SHA_256", "WrappingKeySpec": "RSA_4096"}),
    )?;
    let public_key = STANDARD.decode(parameters["PublicKey"].as_str().unwrap_or_default())?;
    let wrapped = crate::key_wrapping::wrap(&app.key, &public_key)?;
    call(
        "ImportKeyMaterial",
        json!({
            "KeyId": id,
            "ImportToken": parameters["ImportToken"],
            "EncryptedKeyMaterial": STANDARD.encode(wrapped),
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
        }),
    )?;
    let alias = json!({"AliasName": ALIAS, "TargetKeyId": id});
    // A place that keeps its state has the alias from before.
    let moved = place.kms().call("UpdateAlias", alias.clone());
    match moved {
        Err(error) if error.code == "NotFoundException" => call("CreateAlias", alias)?,
        moved => moved.map_err(refused)?,
    };
    Ok(())
}
