//! The AWS CDK's own command, as a person runs it.

use crate::account::{Account, REGION};
use crate::tools::Tools;
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// The product's app with the changes for the emulator.
const APP: &str = "node_modules/.bin/tsx test/emulator-app.ts";

/// `cdk` for one account; its files lie in `folder`.
#[derive(Debug)]
pub(crate) struct Cdk {
    /// The folder `infra/cdk`: its cdk.json holds for the emulator's app as well.
    product: PathBuf,
    folder: PathBuf,
    account: Account,
}

impl Cdk {
    pub(crate) fn new(tools: &Tools, account: &Account, folder: &Path) -> Self {
        Self {
            product: tools.cdk.clone(),
            folder: folder.to_owned(),
            account: account.clone(),
        }
    }

    /// Where the app writes what it changed.
    pub(crate) fn changes(&self) -> PathBuf {
        self.folder.join("changes.json")
    }

    /// `cdk bootstrap`, and the one thing that plain HTTP needs.
    pub(crate) async fn bootstrap(&self) -> Result<()> {
        let account = &self.account;
        // In a folder without a cdk.json, or it would start the app as well.
        let environment = format!("aws://{}/{REGION}", account.id);
        self.run(&self.folder, &["bootstrap", &environment]).await?;
        // The bucket takes requests over TLS only, and loopback has none. IAM
        // is evaluated, so this would be refused.
        let bucket = format!("cdk-hnb659fds-assets-{}-{REGION}", account.id);
        account
            .aws(&["s3api", "delete-bucket-policy", "--bucket", &bucket])
            .await?;
        Ok(())
    }

    /// `cdk deploy` of the stack from this settings file.
    pub(crate) async fn deploy(&self, settings: &Path) -> Result<()> {
        self.app(settings, &["deploy", "--require-approval", "never"])
            .await
    }

    /// `cdk destroy`.
    pub(crate) async fn destroy(&self, settings: &Path) -> Result<()> {
        self.app(settings, &["destroy", "--force"]).await
    }

    async fn app(&self, settings: &Path, command: &[&str]) -> Result<()> {
        let settings = format!("settings={}", settings.display());
        let changes = format!("changes={}", self.changes().display());
        let output = self.folder.join("cdk.out").display().to_string();
        let mut arguments = vec!["--app", APP, "--output", &output];
        arguments.extend(["-c", &settings, "-c", &changes]);
        arguments.extend(command);
        self.run(&self.product, &arguments).await
    }

    async fn run(&self, folder: &Path, arguments: &[&str]) -> Result<()> {
        let output = Command::new(self.product.join("node_modules/.bin/cdk"))
            .args(arguments)
            .current_dir(folder)
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN")
            .envs(self.account.environment())
            .env("HOME", &self.folder)
            .env("CI", "true")
            .env("CDK_DISABLE_VERSION_CHECK", "1")
            .output()
            .await
            .context("cdk could not be started: is Node installed?")?;
        if !output.status.success() {
            bail!(
                "cdk {} failed ({}):\n{}{}",
                arguments.join(" "),
                output.status,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(())
    }
}
