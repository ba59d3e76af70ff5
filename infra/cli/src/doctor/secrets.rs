//! The two secrets: the App's key and what signs the webhooks. Their values are
//! parsed and never shown.

use super::Context;
use super::aws::service::KMS;
use super::finding::Finding;
use github::Signer;
use secrecy::ExposeSecret as _;
use serde_json::json;

const APP_KEY: &str = "secrets.app-key";
const WEBHOOK: &str = "secrets.webhook";
const SETUP: &str =
    "`jit-runners setup` stores it, or put it there with `aws secretsmanager put-secret-value`";
/// Shorter ones are called weak.
const LONG_ENOUGH: usize = 16;

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    vec![app_key(context).await, webhook(context)]
}

async fn app_key(context: &Context) -> Finding {
    let deployment = &context.deployment;
    if let Some(key) = deployment.variable("GITHUB_APP_KEY_KMS") {
        return in_kms(context, &key).await.of(key);
    }
    let Some(id) = deployment.variable("GITHUB_APP_KEY_SECRET") else {
        return Finding::needs(APP_KEY, "GITHUB_APP_KEY_SECRET", "functions.settings");
    };
    let finding = match &deployment.app_key {
        None => Finding::needs(APP_KEY, "GITHUB_APP_KEY_SECRET", "functions.settings"),
        Some(Err(fault)) if fault.is_missing() => Finding::wrong(
            APP_KEY,
            "there is no such secret, or it has no value",
            format!("store the App's private key in it: {SETUP}"),
        ),
        Some(Err(fault)) => Finding::fault(APP_KEY, fault),
        Some(Ok(pem)) => match Signer::pem(pem.clone()).check().await {
            Ok(()) => Finding::ok(APP_KEY, "a private RSA key in PEM"),
            Err(_) => Finding::wrong(
                APP_KEY,
                "its value is not a private RSA key in PEM",
                "store the whole PEM file that GitHub gave out, from -----BEGIN on",
            ),
        },
    };
    finding.of(id)
}

async fn in_kms(context: &Context, key: &str) -> Finding {
    let described = context
        .aws
        .json(KMS, "DescribeKey", json!({"KeyId": key}))
        .await;
    match described {
        Err(fault) if fault.is_missing() => Finding::wrong(
            APP_KEY,
            "there is no such KMS key",
            "import the App's private key into KMS and name it in the stack's settings",
        ),
        Err(fault) => Finding::fault(APP_KEY, &fault),
        Ok(answer) => {
            let key = &answer["KeyMetadata"];
            let (spec, usage) = (&key["KeySpec"], &key["KeyUsage"]);
            let fits = spec.as_str().is_some_and(|spec| spec.starts_with("RSA_"))
                && usage == "SIGN_VERIFY";
            let state = key["KeyState"].as_str().unwrap_or_default();
            match (fits, state) {
                (false, _) => Finding::wrong(
                    APP_KEY,
                    format!("the KMS key is {spec} for {usage}"),
                    "it must be an RSA key for SIGN_VERIFY that holds the App's private key",
                ),
                (true, "Enabled") => Finding::ok(APP_KEY, format!("KMS key {spec} for signing")),
                (true, state) => Finding::wrong(
                    APP_KEY,
                    format!("the KMS key's state is {state}"),
                    "enable the key, or finish the import of its key material",
                ),
            }
        }
    }
}

fn webhook(context: &Context) -> Finding {
    let deployment = &context.deployment;
    let Some(id) = deployment.variable("GITHUB_WEBHOOK_SECRET") else {
        return Finding::needs(WEBHOOK, "GITHUB_WEBHOOK_SECRET", "functions.settings");
    };
    let finding = match &deployment.webhook_secret {
        None => Finding::needs(WEBHOOK, "GITHUB_WEBHOOK_SECRET", "functions.settings"),
        Some(Err(fault)) if fault.is_missing() => Finding::wrong(
            WEBHOOK,
            "there is no such secret, or it has no value",
            format!("store the App's webhook secret in it: {SETUP}"),
        ),
        Some(Err(fault)) => Finding::fault(WEBHOOK, fault),
        Some(Ok(value)) => match value.expose_secret().trim().len() {
            0 => Finding::wrong(
                WEBHOOK,
                "its value is empty",
                format!("store the App's webhook secret in it: {SETUP}"),
            ),
            length if length < LONG_ENOUGH => Finding::warning(
                WEBHOOK,
                format!("its value has fewer than {LONG_ENOUGH} characters"),
                "give the App and the secret a long random value",
            ),
            _ => Finding::ok(WEBHOOK, "a value is there"),
        },
    };
    finding.of(id)
}
