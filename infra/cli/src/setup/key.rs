//! Where the App's private key is kept: a secret that functions read, or a KMS
//! key that signs for them.

use super::kms::Kms;
use super::store::{Store, Which};
use anyhow::{Context as _, Result};
use github::Signer;
use secrecy::SecretString;

/// One of the two places.
pub(super) enum Keeper<'a> {
    Secret(&'a Store),
    Kms(&'a Kms),
}

impl Keeper<'_> {
    /// What the place is called.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Secret(store) => store.name(Which::AppKey),
            Self::Kms(kms) => kms.name(),
        }
    }

    /// Whether there is a key already.
    pub(super) async fn exists(&self) -> Result<bool> {
        match self {
            Self::Secret(store) => store.exists(Which::AppKey).await,
            Self::Kms(kms) => Ok(kms.find().await?.is_some()),
        }
    }

    /// Keeps a key; answers the KMS key's ARN, where it is one.
    pub(super) async fn keep(&self, pem: &SecretString, replace: bool) -> Result<Option<String>> {
        match self {
            Self::Secret(store) => store
                .write(Which::AppKey, pem, replace)
                .await
                .map(|()| None),
            Self::Kms(kms) => kms.import(pem, replace).await.map(Some),
        }
    }

    /// Signs with the key that is kept; and the KMS key's ARN, where it is one.
    pub(super) async fn signer(&self) -> Result<(Signer, Option<String>)> {
        match self {
            Self::Secret(store) => Ok((Signer::pem(store.read(Which::AppKey).await?), None)),
            Self::Kms(kms) => {
                let arn = kms.find().await?;
                let arn = arn.with_context(|| {
                    format!(
                        "there is no {} in this account and region: run jit-runners setup first, or check --fleet, --region and --profile",
                        kms.name().trim_start_matches("the ")
                    )
                })?;
                Ok((kms.signer(&arn), Some(arn)))
            }
        }
    }
}
