//! The webhook, once there is one: the deployed address and the stored secret
//! go to GitHub, and a ping shows whether the two agree.

use super::kms::Kms;
use super::settings::File;
use super::store::{Store, Which, words};
use crate::names::Names;
use crate::output;
use crate::target::Target;
use anyhow::{Context as _, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use domain::clock::Clock;
use github::{AppClient, HookDelivery, Http, Server, Signer};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::Instant;

/// How long the answer to a ping may take: GitHub gives up after 10 s.
const PING_LIMIT: Duration = Duration::from_secs(30);
const PING_EVERY: Duration = Duration::from_millis(500);
/// A webhook function reads its secret again within a minute of a wrong signature.
const SECRET_LIMIT: Duration = Duration::from_secs(90);
const SECRET_EVERY: Duration = Duration::from_secs(10);

/// What the webhook is set with.
#[derive(Debug)]
pub struct Webhook {
    /// The fleet, and AWS.
    pub target: Target,
    /// The CDK app's settings file, which names the App.
    pub settings: PathBuf,
    /// Where events go; the deployed function's address where none is given.
    pub url: Option<String>,
    /// Whether to replace the secret first.
    pub new_secret: bool,
}

/// Sets the App's webhook. The same again changes nothing.
///
/// # Errors
/// A sentence: no settings, no key, no function, GitHub's refusal, a ping that
/// was not taken.
pub async fn webhook(ask: Webhook) -> Result<()> {
    let file = File::read(&ask.settings)?;
    let Some((app_id, api_url)) = file.app() else {
        bail!(
            "the settings file {} names no GitHub App: run jit-runners setup --organization ORG first, or name the file with --settings",
            ask.settings.display()
        );
    };
    let fleet = &ask.target.fleet;
    if let Some(name) = file.fleet()
        && name != fleet
    {
        bail!(
            "the settings file {} is about the fleet {name}, not {fleet}: give --fleet {name}, or another --settings",
            ask.settings.display()
        );
    }
    let config = ask.target.config().await?;
    let store = Store::new(&config, ask.target.names());
    let signer = match file.kms_arn() {
        Some(arn) => Kms::new(&config, &ask.target.names()).signer(arn),
        None => Signer::pem(store.read(Which::AppKey).await?),
    };
    let url = match ask.url {
        Some(url) => url,
        None => function_url(&config, &ask.target.names()).await?,
    };
    let secret = if ask.new_secret {
        let secret = super::random_text().into();
        store.write(Which::WebhookSecret, &secret, true).await?;
        secret
    } else {
        store.read(Which::WebhookSecret).await?
    };
    let server = Server::new(&api_url).map_err(anyhow::Error::msg)?;
    let http = Http::new(&server, Clock::system())?;
    let app = AppClient::new(http, app_id.to_string(), signer);
    let set = app.set_hook(&url, Some(&secret)).await.with_context(|| {
        format!("GitHub did not take the webhook of the App {app_id}: the App's key or id may be another's, or GitHub is not there; run this again")
    })?;
    if set.url.as_deref() != Some(url.as_str()) {
        bail!(
            "GitHub sends the App's events to {} after all, not to {url}: set it in the App's settings",
            set.url.unwrap_or_else(|| "nowhere".to_owned())
        );
    }
    output::result(&format!(
        "GitHub sends the events of the App {app_id} to {url}, signed.\n"
    ));
    ping(&app).await
}

/// The address of F-webhook: its alias `live` has one on AWS.
async fn function_url(config: &SdkConfig, names: &Names) -> Result<String> {
    let client = aws_sdk_lambda::Client::new(config);
    let name = names.function("webhook");
    for qualifier in [Some("live"), None] {
        let ask = client.get_function_url_config().function_name(&name);
        let answer = ask.set_qualifier(qualifier.map(str::to_owned)).send().await;
        match answer {
            Ok(answer) => return Ok(answer.function_url().to_owned()),
            Err(error) if error.code() == Some("ResourceNotFoundException") => {}
            Err(error) => bail!(
                "the address of the function {name} could not be read ({}): check credentials and the permission lambda:GetFunctionUrlConfig, or give --webhook-url",
                words(&error)
            ),
        }
    }
    bail!(
        "there is no function {name} with an address: deploy first (cd infra/cdk && npx cdk deploy), check --region, or give --webhook-url"
    )
}

/// GitHub has no call for a ping: the last one is sent once more. A function
/// that still has the former secret is asked again.
async fn ping(app: &AppClient) -> Result<()> {
    let begun = Instant::now();
    loop {
        let before = app
            .deliveries(100)
            .await
            .context("the webhook is set, but its deliveries cannot be read")?;
        let Some(ping) = before.iter().find(|one| one.event == "ping") else {
            output::result(
                "GitHub keeps no ping that could be sent again: the first job shows whether it arrives, see jit-runners doctor.\n",
            );
            return Ok(());
        };
        app.redeliver(ping.id)
            .await
            .context("the webhook is set, but GitHub did not send the ping again")?;
        let Some(answer) = answer(app, ping, &before).await else {
            output::result(
                "The ping was sent again, and GitHub does not tell its answer yet: see jit-runners doctor.\n",
            );
            return Ok(());
        };
        match answer.status_code {
            200..300 => {
                output::result(&format!(
                    "A ping arrived and was answered with {}.\n",
                    answer.status_code
                ));
                return Ok(());
            }
            401 if begun.elapsed() < SECRET_LIMIT => {
                eprintln!(
                    "The function still has another secret, which it reads again within a minute."
                );
                tokio::time::sleep(SECRET_EVERY).await;
            }
            status => bail!(
                "the webhook is set, but a ping was answered with {status} ({}): see the log group /aws/lambda of the webhook function, then run this again",
                answer.status
            ),
        }
    }
}

/// The new attempt at a delivery, once GitHub tells of it.
async fn answer(
    app: &AppClient,
    ping: &HookDelivery,
    before: &[HookDelivery],
) -> Option<HookDelivery> {
    let deadline = Instant::now() + PING_LIMIT;
    while Instant::now() < deadline {
        let now = app.deliveries(100).await.unwrap_or_default();
        let fresh = |one: &HookDelivery| {
            one.guid == ping.guid && !before.iter().any(|old| old.id == one.id)
        };
        if let Some(answer) = now.into_iter().find(fresh) {
            return Some(answer);
        }
        tokio::time::sleep(PING_EVERY).await;
    }
    None
}
