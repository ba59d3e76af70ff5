//! GitHub's side, asked as the App itself: permissions, installation, webhook,
//! runner group, limits.

mod app;
mod group;
mod hook;

use super::Context;
use super::aws::service::KMS;
use super::finding::Finding;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::clock::Clock;
use github::{App, AppClient, Client, GitHubError, Http, Installation, KeyError, Server, Signer};
use serde_json::json;
use std::sync::Arc;

/// Every check of this subject, in the report's order.
const ALL: [&str; 9] = [
    app::APP,
    app::CLOCK,
    app::PERMISSIONS,
    app::EVENTS,
    app::INSTALLATION,
    hook::WEBHOOK,
    hook::DELIVERIES,
    group::GROUP,
    app::RATE_LIMIT,
];

pub(super) async fn check(context: &Arc<Context>) -> Vec<Finding> {
    let GitHub {
        app,
        client,
        installation_id,
    } = match connect(context) {
        Ok(github) => github,
        Err(what) => {
            return ALL
                .map(|id| Finding::needs(id, &what, "functions.settings and secrets.app-key"))
                .to_vec();
        }
    };
    // One call alone first: whether GitHub takes the key at all.
    let facts = app.app().await;
    if let Err(GitHubError::Refused {
        status: 401 | 404, ..
    }) = &facts
    {
        // Every other answer would only say the same in other words.
        let mut found: Vec<Finding> = ALL
            .iter()
            .filter(|id| **id != app::APP)
            .map(|id| Finding::needs(id, "GitHub's answer", app::APP))
            .collect();
        found.push(app::known(context, &facts));
        return found;
    }
    let organization = context
        .deployment
        .variable("RUNNER_SCOPE")
        .is_none_or(|scope| scope.trim() != "repository");
    let installation = app.installation(installation_id).await;
    let (clock, rate, config, deliveries, group) = futures::join!(
        app.clock_ahead(),
        client.rate_limit(),
        app.hook(),
        app.deliveries(hook::LOOKED_AT),
        group::check(context, &client, &installation, organization),
    );
    vec![
        app::known(context, &facts),
        app::clock(&clock),
        app::permissions(&facts, &installation, organization),
        app::events(&facts, &installation),
        app::installation(&installation),
        hook::webhook(&config, &context.webhook_url),
        hook::deliveries(&deliveries),
        group,
        app::rate_limit(&rate),
    ]
}

/// Both ways to act: as the App itself, and as its installation.
struct GitHub {
    app: AppClient,
    client: Client,
    installation_id: u64,
}

/// Clients that sign in as the functions do; the error says what is missing.
fn connect(context: &Arc<Context>) -> Result<GitHub, String> {
    let deployment = &context.deployment;
    let variable = |name: &str| {
        deployment
            .variable(name)
            .ok_or_else(|| format!("{name} of the functions"))
    };
    let app_id = variable("GITHUB_APP_ID")?.trim().to_owned();
    let installation_id = variable("GITHUB_INSTALLATION_ID")?
        .trim()
        .parse()
        .map_err(|_| "the number in GITHUB_INSTALLATION_ID".to_owned())?;
    let server = match deployment.variable("GITHUB_API_URL") {
        Some(url) => Server::new(&url).map_err(|_| "the address in GITHUB_API_URL".to_owned())?,
        None => Server::default(),
    };
    let signer = match (
        deployment.variable("GITHUB_APP_KEY_KMS"),
        &deployment.app_key,
    ) {
        (Some(key), _) => by_kms(Arc::clone(context), key),
        (None, Some(Ok(pem))) => Signer::pem(pem.clone()),
        (None, _) => return Err("the App's key".to_owned()),
    };
    let http = Http::new(&server, Clock::system()).map_err(|error| error.to_string())?;
    let installation = Installation {
        app_id: app_id.clone(),
        installation_id,
    };
    Ok(GitHub {
        app: AppClient::new(http.clone(), app_id, signer.clone()),
        client: Client::new(http, App::new(installation, signer)),
        installation_id,
    })
}

/// Signs by the key in KMS, which never shows itself.
fn by_kms(context: Arc<Context>, key: String) -> Signer {
    Signer::Remote(Arc::new(move |message| {
        let (context, key) = (Arc::clone(&context), key.clone());
        Box::pin(async move {
            let input = json!({
                "KeyId": key,
                "Message": STANDARD.encode(message),
                "MessageType": "RAW",
                "SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256",
            });
            let answer = context.aws.json(KMS, "Sign", input).await;
            let answer = answer.map_err(|fault| KeyError::Unavailable(fault.reason()))?;
            STANDARD
                .decode(answer["Signature"].as_str().unwrap_or_default())
                .map_err(|_| KeyError::Unusable("KMS gave no signature".to_owned()))
        })
    }))
}

/// A read that failed, where the failure itself is not what is checked.
fn unread(id: &'static str, error: &GitHubError) -> Finding {
    match error {
        GitHubError::Refused { status: 401, .. } => Finding::needs(id, "GitHub's answer", app::APP),
        GitHubError::Key(_) => Finding::needs(id, "GitHub's answer", "secrets.app-key"),
        _ => Finding::unknown(
            id,
            error.to_string(),
            "check that this machine reaches GITHUB_API_URL, and run doctor again",
        ),
    }
}
