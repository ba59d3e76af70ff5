//! Signatures by an RSA key that KMS holds and never gives out.
//!
//! Source: KMS API reference, Sign.

use aws_sdk_kms::Client;
use aws_sdk_kms::error::ProvideErrorMetadata;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};

use crate::config::Config;
use crate::error::{StoreError, failed};

/// A key by its id, ARN or alias. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SigningKey {
    client: Client,
    id: String,
}

impl SigningKey {
    /// Nothing is asked before the first signature.
    pub fn new(config: &Config, id: impl Into<String>) -> Self {
        Self {
            client: Client::new(config.sdk()),
            id: id.into(),
        }
    }

    /// The RSASSA-PKCS1-v1_5 signature with SHA-256 over `message`, at most 4096 bytes.
    pub async fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let answer = self
            .client
            .sign()
            .key_id(&self.id)
            .message(Blob::new(message))
            .message_type(MessageType::Raw)
            .signing_algorithm(SigningAlgorithmSpec::RsassaPkcs1V15Sha256)
            .send()
            .await
            .map_err(|error| failed!("Sign", error))?;
        match answer.signature {
            Some(signature) => Ok(signature.into_inner()),
            None => Err(StoreError::Unavailable {
                operation: "Sign",
                reason: "the answer holds no signature".to_owned(),
                effect: crate::error::Effect::Unknown,
            }),
        }
    }
}
