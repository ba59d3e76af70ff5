//! An account of the emulator: its key, and AWS's own clients for it.

use anyhow::{Context as _, Result, bail};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use serde_json::Value;
use std::ffi::OsStr;
use std::path::PathBuf;
use tokio::process::Command;

/// Where everything is deployed.
pub const REGION: &str = "us-east-1";
const SECRET: &str = "test";

/// The account's root user, or one of its roles.
#[derive(Debug, Clone)]
pub struct Account {
    /// Twelve digits; another account each run, since the CDK remembers
    /// accounts by their keys.
    pub id: String,
    /// `http://127.0.0.1:PORT`.
    pub endpoint: String,
    aws: PathBuf,
    key: (String, String, Option<String>),
}

impl Account {
    /// The root user of the account `id`.
    pub(crate) fn root(id: String, endpoint: String, aws: PathBuf) -> Self {
        let key = (id.clone(), SECRET.to_owned(), None);
        Self {
            id,
            endpoint,
            aws,
            key,
        }
    }

    /// The same account with the credentials of a role: AssumeRole's answer.
    pub(crate) fn with_session(&self, credentials: &Value) -> Self {
        let field = |name: &str| credentials[name].as_str().unwrap_or_default().to_owned();
        Self {
            key: (
                field("AccessKeyId"),
                field("SecretAccessKey"),
                Some(field("SessionToken")),
            ),
            ..self.clone()
        }
    }

    /// What a program needs to find the account and to be it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", self.key.0.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.key.1.clone()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_PAGER", String::new()),
        ];
        if let Some(token) = &self.key.2 {
            variables.push(("AWS_SESSION_TOKEN", token.clone()));
        }
        variables
    }

    /// The SDK's configuration.
    pub async fn config(&self) -> SdkConfig {
        let (id, secret, token) = self.key.clone();
        aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint)
            .region(Region::from_static(REGION))
            .credentials_provider(Credentials::new(id, secret, token, None, "emulator"))
            .load()
            .await
    }

    /// What the AWS CLI answers: JSON, or null where it says nothing.
    ///
    /// # Errors
    /// The call was refused; the CLI's own words, which begin with the error's name.
    pub async fn aws<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Value> {
        let output = Command::new(&self.aws)
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN")
            .envs(self.environment())
            .args(arguments)
            .args(["--output", "json"])
            .output()
            .await
            .context("the AWS CLI could not be started")?;
        if !output.status.success() {
            let call: Vec<_> = arguments.iter().take(2).map(|a| a.as_ref()).collect();
            bail!(
                "{}: {}",
                call.join(OsStr::new(" ")).to_string_lossy(),
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        if output.stdout.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&output.stdout).context("the AWS CLI answers JSON")
    }
}
