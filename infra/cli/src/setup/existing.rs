//! An App that exists: made by hand, or by a setup that was interrupted; and a
//! new private key for it.

use super::create::{connect, finished};
use super::key::Keeper;
use super::kms::Kms;
use super::server::GitHub;
use super::settings::File;
use super::store::{Store, Which};
use super::{Options, ask, installed};
use crate::signals::Signals;
use anyhow::{Context as _, Result, bail};
use github::{AppClient, GitHubError, Signer};
use secrecy::SecretString;
use std::path::PathBuf;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Takes over the App `id`: proves the key, stores what is not stored yet,
/// waits for the installation, and writes the settings.
///
/// # Errors
/// A sentence that says what was stored by then and how to go on.
pub async fn go_on(options: Options, id: u64, private_key: Option<PathBuf>) -> Result<()> {
    let mut signals = Signals::listen()?;
    let github = GitHub::new(&options.github_url)?;
    let http = connect(&github)?;
    let settings = File::read(&options.settings)?;
    let config = options.target.config().await?;
    let store = Store::new(&config, options.target.names());
    let kms = Kms::new(&config, &options.target.names());
    let keeper = if options.key_to_kms {
        Keeper::Kms(&kms)
    } else {
        Keeper::Secret(&store)
    };
    let mut replace = false;
    let has_secret = store.exists(Which::WebhookSecret).await?;
    let given = match &private_key {
        None => None,
        Some(path) => {
            replace = keeper.exists().await?;
            if replace {
                ask::may_replace(&[keeper.name()], options.yes).await?;
            }
            let text = std::fs::read_to_string(path).with_context(|| {
                format!(
                    "the private key {} cannot be read: give the PEM file that GitHub gave out",
                    path.display()
                )
            })?;
            Some(SecretString::from(text))
        }
    };
    let (signer, mut kms_arn) = match &given {
        Some(key) => (Signer::pem(key.clone()), None),
        None => keeper.signer().await?,
    };
    let app = AppClient::new(http, id.to_string(), signer);
    // A key that does not fit is not stored.
    let info = match app.app().await {
        Ok(info) => info,
        Err(error @ GitHubError::Refused { .. }) => bail!(
            "GitHub does not know the App {id} by this key ({error}): check --app-id, --github-url and the key; nothing was changed"
        ),
        Err(error) => {
            return Err(error).context("the App could not be proved, nothing was changed");
        }
    };
    if let Some(key) = &given {
        kms_arn = keeper.keep(key, replace).await?;
        eprintln!("The key is in {}.", keeper.name());
    }
    if !has_secret {
        let secret = super::random_text().into();
        store.write(Which::WebhookSecret, &secret, false).await?;
        eprintln!(
            "A new webhook secret is in {}; `jit-runners setup --webhook` tells it to GitHub.",
            store.name(Which::WebhookSecret)
        );
    }
    let install = github.installation(&info.html_url)?;
    eprintln!(
        "The App {} (id {id}): waiting until it is installed, see {install}",
        info.name
    );
    let (deadline, woken) = (Instant::now() + options.timeout, Notify::new());
    let again = options.again();
    let installation = tokio::select! {
        found = installed::wait(&app, &options.account, &woken, deadline) => {
            found.with_context(|| format!("its key and webhook secret are stored, run `{again} --app-id {id}` to go on"))?
        }
        () = signals.asked_to_end() => bail!(
            "stopped before the App was installed: its key and webhook secret are stored, run `{again} --app-id {id}` to go on"
        ),
    };
    settings.write(
        &options.target.fleet,
        options.scope,
        &github,
        id,
        installation,
        kms_arn.as_deref(),
    )?;
    finished(&options, id, installation);
    Ok(())
}
