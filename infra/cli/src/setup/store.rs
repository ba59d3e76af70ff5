//! The two secrets in Secrets Manager: looked for before anything is made,
//! never replaced without a word.

use crate::names::Names;
use anyhow::{Result, anyhow, bail};
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use secrecy::{ExposeSecret as _, SecretString};

/// The secrets of one fleet.
pub(super) struct Store {
    client: Client,
    names: Names,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    AppKey,
    WebhookSecret,
}

impl Store {
    pub(super) fn new(config: &SdkConfig, names: Names) -> Self {
        Self {
            client: Client::new(config),
            names,
        }
    }

    pub(super) fn name(&self, which: Which) -> String {
        match which {
            Which::AppKey => self.names.app_key_secret(),
            Which::WebhookSecret => self.names.webhook_secret(),
        }
    }

    /// Whether a secret exists.
    pub(super) async fn exists(&self, which: Which) -> Result<bool> {
        let name = self.name(which);
        match self.client.describe_secret().secret_id(&name).send().await {
            Ok(secret) if secret.deleted_date().is_some() => bail!(
                "the secret {name} is on its way to deletion: run `aws secretsmanager restore-secret --secret-id {name}` first"
            ),
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(false),
            Err(error) => bail!(
                "Secrets Manager could not be asked for {name} ({}): check credentials, region and the permission secretsmanager:DescribeSecret",
                words(&error)
            ),
        }
    }

    /// Stores a secret: a new one, or a new value where that was agreed.
    pub(super) async fn write(
        &self,
        which: Which,
        value: &SecretString,
        replace: bool,
    ) -> Result<()> {
        let name = self.name(which);
        let value = value.expose_secret();
        if replace {
            let put = self.client.put_secret_value().secret_id(&name);
            let put = put.secret_string(value).send().await;
            return put.map(drop).map_err(|error| {
                let words = words(&error);
                anyhow!("{name} could not be given a new value ({words}): check the permission secretsmanager:PutSecretValue")
            });
        }
        let description = match which {
            Which::AppKey => "Private key of the GitHub App, PEM",
            Which::WebhookSecret => "Signs the GitHub App's webhooks",
        };
        let create = self.client.create_secret().name(&name);
        let create = create.description(description).secret_string(value);
        create.send().await.map(drop).map_err(|error| {
            let words = words(&error);
            anyhow!("{name} could not be stored ({words}): check the permission secretsmanager:CreateSecret")
        })
    }

    /// The value of a secret.
    pub(super) async fn read(&self, which: Which) -> Result<SecretString> {
        let name = self.name(which);
        let answer = self.client.get_secret_value().secret_id(&name).send().await;
        match answer {
            Ok(answer) => match answer.secret_string {
                Some(value) if !value.is_empty() => Ok(value.into()),
                _ => bail!("the secret {name} holds no text: run jit-runners setup first"),
            },
            Err(error) if error.code() == Some("ResourceNotFoundException") => bail!(
                "there is no secret {name} in this account and region: run jit-runners setup first, or check --fleet, --region and --profile"
            ),
            Err(error) => bail!(
                "the secret {name} could not be read ({}): check credentials and the permission secretsmanager:GetSecretValue",
                words(&error)
            ),
        }
    }
}

/// AWS's own words, without the request.
pub(super) fn words<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => DisplayErrorContext(error).to_string(),
    }
}
