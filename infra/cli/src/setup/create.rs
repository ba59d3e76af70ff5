//! The manifest flow from its page to the settings file.
//!
//! What is between GitHub's code and the stored key is never interrupted; a
//! signal or the end of patience is heeded while a person is waited for.

use super::key::Keeper;
use super::kms::Kms;
use super::manifest::{manifest, permissions};
use super::page::{About, Page, Phase};
use super::server::GitHub;
use super::settings::File;
use super::store::{Store, Which};
use super::{Options, ask, browser, installed};
use crate::output;
use crate::signals::Signals;
use anyhow::{Context as _, Result, anyhow, bail};
use domain::clock::Clock;
use github::{AppClient, GitHubError, Http, NewApp, Server, Signer};
use secrecy::SecretString;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Nobody can ever have this address: events before the deployment end here.
const NOWHERE: &str = "https://jit-runners.invalid/";

/// Creates the App, stores its secrets, waits for its installation, and writes
/// the settings.
///
/// # Errors
/// A sentence that says what was stored by then and how to go on.
pub async fn create(options: Options) -> Result<()> {
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
    let found = Found {
        app_key: keeper.exists().await?,
        webhook_secret: store.exists(Which::WebhookSecret).await?,
    };
    let there = [
        (found.app_key, keeper.name()),
        (found.webhook_secret, store.name(Which::WebhookSecret)),
    ];
    let there: Vec<String> = there
        .into_iter()
        .filter_map(|(there, name)| there.then_some(name))
        .collect();
    ask::may_replace(&there, options.yes).await?;

    let mut page = Page::start(options.port, |base, state| About {
        post_to: github.new_app(&options.account, state),
        manifest: manifest(&options, base).to_string(),
        origin: github.origin.clone(),
        permissions: permissions(options.scope).into(),
        app_key: keeper.name(),
        in_kms: options.key_to_kms,
        webhook_secret: store.name(Which::WebhookSecret),
        settings: options.settings.display().to_string(),
        organization: match &options.account {
            super::Account::Organization(login) => Some(login.clone()),
            super::Account::Personal => None,
        },
    })
    .await?;
    eprintln!("Open this page to create the GitHub App: {}", page.url());
    if options.browser {
        browser::open(page.url());
    }
    let flow = Flow {
        options: &options,
        github: &github,
        http: &http,
        store: &store,
        keeper,
        found,
        deadline: Instant::now() + options.timeout,
    };
    let done = flow.run(&mut page, &mut signals, settings).await;
    if let Err(error) = &done {
        page.show(Phase::Failed(format!("{error:#}")));
    }
    page.close().await;
    done
}

/// A connection to GitHub's API.
pub(super) fn connect(github: &GitHub) -> Result<Http> {
    let server = Server::new(&github.api_url).map_err(|sentence| anyhow!(sentence))?;
    Ok(Http::new(&server, Clock::system())?)
}

/// What was there before: it may be replaced, since the person agreed.
#[derive(Debug, Clone, Copy)]
struct Found {
    app_key: bool,
    webhook_secret: bool,
}

struct Flow<'a> {
    options: &'a Options,
    github: &'a GitHub,
    http: &'a Http,
    store: &'a Store,
    keeper: Keeper<'a>,
    found: Found,
    deadline: Instant,
}

impl Flow<'_> {
    async fn run(&self, page: &mut Page, signals: &mut Signals, settings: File) -> Result<()> {
        let code = self.code(page, signals).await?;
        eprintln!("GitHub has created the App; fetching its key.");
        let new = self.exchange(&code).await?;
        let (install, kms_arn) = self.keep(&new).await?;
        let app = AppClient::new(
            self.http.clone(),
            new.id.to_string(),
            Signer::pem(new.pem.clone()),
        );
        self.park(&app).await;
        eprintln!("The App {} (id {}) is created.", new.name, new.id);
        eprintln!(
            "Its key is in {}, its webhook secret in {}.",
            self.keeper.name(),
            self.store.name(Which::WebhookSecret)
        );
        eprintln!("Install it: {install}");
        page.show(Phase::Created {
            name: new.name.clone(),
            install,
        });
        let woken = page.woken();
        let installation = self.installation(&app, &new, &woken, signals).await?;
        settings
            .write(
                &self.options.target.fleet,
                self.options.scope,
                self.github,
                new.id,
                installation,
                kms_arn.as_deref(),
            )
            .with_context(|| {
                format!(
                    "the App is stored and installed, run `{} --app-id {}` to write the settings",
                    self.options.again(),
                    new.id
                )
            })?;
        page.show(Phase::Installed);
        finished(self.options, new.id, installation);
        Ok(())
    }

    /// What GitHub sends the browser back with.
    async fn code(&self, page: &mut Page, signals: &mut Signals) -> Result<SecretString> {
        tokio::select! {
            code = page.code() => Ok(code),
            () = signals.asked_to_end() => bail!(
                "stopped before GitHub sent a code: nothing was stored; an App that you created meanwhile is to be deleted at GitHub"
            ),
            () = tokio::time::sleep_until(self.deadline) => bail!(
                "nobody created the App within {} s: nothing was stored; where GitHub showed a page that is not there, you are not an owner of the organisation, else run `{}` again",
                self.options.timeout.as_secs(),
                self.options.again()
            ),
        }
    }

    async fn exchange(&self, code: &SecretString) -> Result<NewApp> {
        match self.http.convert_manifest(code).await {
            Ok(app) => Ok(app),
            Err(error @ GitHubError::Refused { status: 404, .. }) => bail!(
                "GitHub did not take its own code ({error}): it is good once and for an hour; nothing was stored; delete the App at GitHub and run `{}` again",
                self.options.again()
            ),
            Err(error) => bail!(
                "the App's key could not be fetched ({error}): nothing was stored; delete the App at GitHub and run `{}` again",
                self.options.again()
            ),
        }
    }

    /// Stores the secrets; answers where to install the App, and its KMS key's ARN.
    async fn keep(&self, new: &NewApp) -> Result<(String, Option<String>)> {
        let again = self.options.again();
        let id = new.id;
        let keys = self.github.settings_of(&self.options.account, &new.slug);
        let kms_arn = self
            .keeper
            .keep(&new.pem, self.found.app_key)
            .await
            .with_context(|| {
                format!(
                    "the App {} (id {id}) exists at GitHub, but nothing of it was stored: mend what follows, generate a private key at {keys}, and run `{again} --app-id {id} --private-key FILE`",
                    new.name
                )
            })?;
        // Only an App without a webhook has no secret.
        let secret = match &new.webhook_secret {
            Some(secret) => secret.clone(),
            None => super::random_text().into(),
        };
        self.store
            .write(Which::WebhookSecret, &secret, self.found.webhook_secret)
            .await
            .with_context(|| {
                format!(
                    "the App {} (id {id}) exists and its key is stored in {}, but its webhook secret is not: mend what follows and run `{again} --app-id {id}`, which stores a new one",
                    new.name,
                    self.keeper.name()
                )
            })?;
        Ok((self.github.installation(&new.html_url)?, kms_arn))
    }

    /// Until there is a webhook, nobody else shall hear of jobs.
    async fn park(&self, app: &AppClient) {
        if self.options.webhook_url.is_some() {
            return;
        }
        if let Err(error) = app.set_hook(NOWHERE, None).await {
            eprintln!(
                "GitHub did not take {NOWHERE} for the time before the deployment ({error}): until `jit-runners setup --webhook`, the App's events go to example.com."
            );
        }
    }

    async fn installation(
        &self,
        app: &AppClient,
        new: &NewApp,
        woken: &Notify,
        signals: &mut Signals,
    ) -> Result<u64> {
        let go_on = format!(
            "the App {} (id {}) exists, its key is stored in {} and its webhook secret in {}: run `{} --app-id {}` to go on",
            new.name,
            new.id,
            self.keeper.name(),
            self.store.name(Which::WebhookSecret),
            self.options.again(),
            new.id
        );
        tokio::select! {
            id = installed::wait(app, &self.options.account, woken, self.deadline) => id.context(go_on),
            () = signals.asked_to_end() => bail!("stopped before the App was installed; {go_on}"),
        }
    }
}

/// What comes next, as the result.
pub(super) fn finished(options: &Options, app_id: u64, installation_id: u64) {
    let fleet = &options.target.fleet;
    let flag = if *fleet == crate::names::DEFAULT_FLEET {
        String::new()
    } else {
        format!(" --fleet {fleet}")
    };
    output::result(&format!(
        "The GitHub App {app_id} is installed (installation {installation_id}); {} is written.

Deploy, then send the App's events to the deployed webhook:

  cargo xtask package
  cd infra/cdk && npm ci && npx cdk deploy
  jit-runners setup --webhook{flag}
",
        options.settings.display()
    ));
}
