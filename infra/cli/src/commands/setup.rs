//! `jit-runners setup`: the GitHub App, from its creation to its webhook.

use crate::setup::{self, Account, Options, Webhook};
use crate::target::Target;
use anyhow::Result;
use clap::{ArgGroup, Args, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Where runners register.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Scope {
    /// At the organisation
    Organization,
    /// At each repository
    Repository,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(false).args(["organization", "personal", "webhook"]))]
pub(super) struct Setup {
    #[command(flatten)]
    target: Target,
    /// Create the App for this organisation, of which you are an owner
    #[arg(long, value_name = "ORG")]
    organization: Option<String>,
    /// Create the App for your personal account: runners register at repositories then
    #[arg(long)]
    personal: bool,
    /// After the deployment: send the App's events to the deployed webhook
    #[arg(long)]
    webhook: bool,
    /// GitHub, or your GitHub Enterprise Server
    #[arg(long, default_value = "https://github.com", value_name = "URL")]
    github_url: String,
    /// Where runners register
    #[arg(long, value_enum, default_value = "organization")]
    scope: Scope,
    /// The App's proposed name, at most 34 characters; the fleet and the organisation where none is given
    #[arg(long, value_name = "NAME")]
    app_name: Option<String>,
    /// Go on with an App that exists, instead of creating one
    #[arg(long, value_name = "ID")]
    app_id: Option<u64>,
    /// With --app-id: store this private key, a PEM file that GitHub gave out
    #[arg(long, requires = "app_id", value_name = "FILE")]
    private_key: Option<PathBuf>,
    /// Where events go; the deployed function's address where none is given
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// With --webhook: replace the webhook secret by a new one
    #[arg(long, requires = "webhook")]
    new_secret: bool,
    /// The CDK app's settings file; infra/cdk/jit-runners.json where that folder exists
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Print the page's address instead of opening a browser
    #[arg(long)]
    no_browser: bool,
    /// The page's loopback port; 0 takes a free one
    #[arg(long, default_value_t = 0, value_name = "N")]
    port: u16,
    /// Import the App's key into a KMS key that signs for it, instead of storing it as a secret
    #[arg(long, conflicts_with = "webhook")]
    key_to_kms: bool,
    /// Replace secrets that exist without asking
    #[arg(long)]
    yes: bool,
    /// Give up after so many seconds; GitHub's codes are good for an hour
    #[arg(long, default_value_t = 3600, value_name = "SECONDS")]
    timeout: u64,
}

impl Setup {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let settings = self.settings.unwrap_or_else(setup::default_settings);
        if self.webhook {
            setup::webhook(Webhook {
                target: self.target,
                settings,
                url: self.webhook_url,
                new_secret: self.new_secret,
            })
            .await?;
            return Ok(ExitCode::SUCCESS);
        }
        let account = match self.organization {
            Some(login) => Account::Organization(login),
            None => Account::Personal,
        };
        let repository = matches!(self.scope, Scope::Repository) || account == Account::Personal;
        let options = Options {
            target: self.target,
            account,
            github_url: self.github_url,
            scope: if repository {
                "repository"
            } else {
                "organization"
            },
            app_name: self.app_name,
            webhook_url: self.webhook_url,
            settings,
            browser: !self.no_browser,
            port: self.port,
            key_to_kms: self.key_to_kms,
            yes: self.yes,
            timeout: Duration::from_secs(self.timeout),
        };
        match self.app_id {
            Some(id) => setup::go_on(options, id, self.private_key).await?,
            None => setup::create(options).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
