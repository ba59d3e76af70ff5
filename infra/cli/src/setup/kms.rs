//! The App's key in KMS instead of Secrets Manager: imported into a signing key
//! that never gives it out again.
//!
//! Source: KMS developer guide, "Importing key material for AWS KMS keys".

use super::store::words;
use crate::key_wrapping;
use crate::names::Names;
use anyhow::{Context as _, Result, anyhow, bail};
use aws_config::SdkConfig;
use aws_sdk_kms::Client;
use aws_sdk_kms::error::ProvideErrorMetadata as _;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    AlgorithmSpec, ExpirationModelType, KeySpec, KeyUsageType, OriginType, WrappingKeySpec,
};
use domain::clock::Clock;
use github::{AppKey, Signer};
use secrecy::SecretString;

/// The fleet's signing key, by its alias.
pub(super) struct Kms {
    client: Client,
    config: aws::Config,
    alias: String,
}

impl Kms {
    pub(super) fn new(config: &SdkConfig, names: &Names) -> Self {
        Self {
            client: Client::new(config),
            config: aws::Config::from(config.clone()),
            alias: format!("alias/{}", names.app_key_secret()),
        }
    }

    pub(super) fn name(&self) -> String {
        format!("the KMS key {}", self.alias)
    }

    /// The ARN of the key behind the alias, if there is one.
    pub(super) async fn find(&self) -> Result<Option<String>> {
        let answer = self.client.describe_key().key_id(&self.alias).send().await;
        match answer {
            Ok(answer) => Ok(answer.key_metadata.and_then(|key| key.arn)),
            Err(error) if error.code() == Some("NotFoundException") => Ok(None),
            Err(error) => bail!(
                "KMS could not be asked for {} ({}): check credentials, region and the permission kms:DescribeKey",
                self.alias,
                words(&error)
            ),
        }
    }

    /// Imports the key into a new KMS key and names that by the alias; its ARN.
    /// The key that had the alias before is kept.
    pub(super) async fn import(&self, pem: &SecretString, replace: bool) -> Result<String> {
        let refused = |call: &'static str, words: String| {
            anyhow!("{call} failed ({words}): check the permission kms:{call}")
        };
        let create = self.client.create_key().key_spec(KeySpec::Rsa2048);
        let create = create
            .key_usage(KeyUsageType::SignVerify)
            .origin(OriginType::External)
            .description("Signs as the GitHub App of jit-runners");
        let key = create.send().await;
        let key = key.map_err(|error| refused("CreateKey", words(&error)))?;
        let arn = key
            .key_metadata
            .and_then(|key| key.arn)
            .context("KMS made a key without an ARN")?;
        let imported = async {
            let ask = self.client.get_parameters_for_import().key_id(&arn);
            let ask = ask
                .wrapping_algorithm(AlgorithmSpec::RsaAesKeyWrapSha256)
                .wrapping_key_spec(WrappingKeySpec::Rsa4096);
            let parameters = ask.send().await;
            let parameters =
                parameters.map_err(|error| refused("GetParametersForImport", words(&error)))?;
            let public = parameters.public_key.context("KMS gave no wrapping key")?;
            let token = parameters
                .import_token
                .context("KMS gave no import token")?;
            let material = key_wrapping::wrap(pem, public.as_ref())?;
            let import = self.client.import_key_material().key_id(&arn);
            let import = import
                .import_token(token)
                .encrypted_key_material(Blob::new(material))
                .expiration_model(ExpirationModelType::KeyMaterialDoesNotExpire)
                .send()
                .await;
            import.map_err(|error| refused("ImportKeyMaterial", words(&error)))?;
            if replace {
                let update = self.client.update_alias().alias_name(&self.alias);
                let update = update.target_key_id(&arn).send().await;
                return update
                    .map(drop)
                    .map_err(|error| refused("UpdateAlias", words(&error)));
            }
            let name = self.client.create_alias().alias_name(&self.alias);
            let name = name.target_key_id(&arn).send().await;
            name.map(drop)
                .map_err(|error| refused("CreateAlias", words(&error)))
        };
        imported.await.with_context(|| {
            format!(
                "a KMS key was made that nothing uses, `aws kms schedule-key-deletion --key-id {arn}` removes it"
            )
        })?;
        Ok(arn)
    }

    /// Signs with the KMS key of this ARN.
    pub(super) fn signer(&self, arn: &str) -> Signer {
        app_key::signer(&AppKey::Kms(arn.to_owned()), &self.config, Clock::system())
    }
}
