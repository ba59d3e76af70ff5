//! The GitHub App of a fleet: created by GitHub's manifest flow on a page of
//! this machine, its key and webhook secret stored where the stack reads them,
//! its ids written into the CDK app's settings, its webhook set once deployed.
//!
//! The key goes from GitHub's answer into Secrets Manager; it is never printed
//! nor written to disk.

mod ask;
pub(crate) mod browser;
mod create;
mod existing;
mod hook;
mod installed;
mod key;
mod kms;
mod manifest;
mod page;
mod server;
mod settings;
mod store;

use crate::target::Target;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use ask::confirm;
pub use create::create;
pub use existing::go_on;
pub use hook::{Webhook, webhook};
pub use settings::default_settings;

/// Who will own the App.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// An organisation, by its login.
    Organization(String),
    /// The person who is signed in.
    Personal,
}

/// What an App is created (or taken over) with.
#[derive(Debug)]
pub struct Options {
    /// The fleet, and AWS.
    pub target: Target,
    /// Who owns it.
    pub account: Account,
    /// GitHub's address for browsers.
    pub github_url: String,
    /// `organization` or `repository`: where runners register.
    pub scope: &'static str,
    /// The proposed name.
    pub app_name: Option<String>,
    /// Where events go, if that is known already.
    pub webhook_url: Option<String>,
    /// The CDK app's settings file.
    pub settings: PathBuf,
    /// Whether to open a browser.
    pub browser: bool,
    /// The page's port.
    pub port: u16,
    /// Keep the App's key in KMS instead of Secrets Manager.
    pub key_to_kms: bool,
    /// Replace what exists without asking.
    pub yes: bool,
    /// How long to wait for the person.
    pub timeout: Duration,
}

impl Options {
    /// The words that lead back to this setup.
    fn again(&self) -> String {
        let mut words = "jit-runners setup".to_owned();
        match &self.account {
            Account::Organization(login) => words += &format!(" --organization {login}"),
            Account::Personal => words += " --personal",
        }
        if self.target.fleet != crate::names::DEFAULT_FLEET {
            words += &format!(" --fleet {}", self.target.fleet);
        }
        if self.github_url != "https://github.com" {
            words += &format!(" --github-url {}", self.github_url);
        }
        if self.scope == "repository" && self.account != Account::Personal {
            words += " --scope repository";
        }
        if self.key_to_kms {
            words += " --key-to-kms";
        }
        words
    }
}

/// 244 random bits, as text.
pub(crate) fn random_text() -> String {
    format!(
        "{}{}",
        uuid::Uuid::new_v4().simple(),
        uuid::Uuid::new_v4().simple()
    )
}
