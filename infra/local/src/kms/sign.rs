//! Sign: over a message, or over a digest that the caller made of it.

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaEncoding,
};
use serde_json::{Value, json};

use super::key::{Key, internal};
use super::{blob, encoded, optional, text};
use crate::server::error::AwsError;

type Algorithm = (
    &'static str,
    &'static dyn RsaEncoding,
    &'static digest::Algorithm,
);

const ALGORITHMS: [Algorithm; 6] = [
    (
        "RSASSA_PKCS1_V1_5_SHA_256",
        &RSA_PKCS1_SHA256,
        &digest::SHA256,
    ),
    (
        "RSASSA_PKCS1_V1_5_SHA_384",
        &RSA_PKCS1_SHA384,
        &digest::SHA384,
    ),
    (
        "RSASSA_PKCS1_V1_5_SHA_512",
        &RSA_PKCS1_SHA512,
        &digest::SHA512,
    ),
    ("RSASSA_PSS_SHA_256", &RSA_PSS_SHA256, &digest::SHA256),
    ("RSASSA_PSS_SHA_384", &RSA_PSS_SHA384, &digest::SHA384),
    ("RSASSA_PSS_SHA_512", &RSA_PSS_SHA512, &digest::SHA512),
];
/// Longer messages must be hashed by the caller.
const LONGEST: usize = 4096;

pub(super) fn names() -> Vec<&'static str> {
    ALGORITHMS.iter().map(|(name, ..)| *name).collect()
}

impl Key {
    pub(super) fn sign(&self, input: &Value) -> Result<Value, AwsError> {
        let name = text(input, "SigningAlgorithm")?;
        let known = ALGORITHMS.iter().find(|(known, ..)| *known == name);
        let (_, encoding, hash) = known.ok_or_else(|| {
            AwsError::new(
                "InvalidKeyUsageException",
                format!(
                    "Algorithm {name} is incompatible with key spec {}.",
                    self.spec
                ),
            )
        })?;
        let message = blob(input, "Message")?;
        if message.is_empty() || message.len() > LONGEST {
            return Err(AwsError::validation(
                "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096",
            ));
        }
        let key = self.usable()?;
        let mut signature = vec![0; key.public_modulus_len()];
        match optional(input, "MessageType").unwrap_or("RAW") {
            "RAW" => key
                .sign(*encoding, &SystemRandom::new(), &message, &mut signature)
                .map_err(|_| internal())?,
            "DIGEST" => {
                let digest = Digest::import_less_safe(&message, hash).map_err(|_| {
                    AwsError::validation(format!("Digest is invalid length for algorithm {name}."))
                })?;
                key.sign_digest(*encoding, &digest, &mut signature)
                    .map_err(|_| internal())?;
            }
            other => {
                return Err(AwsError::validation(format!(
                    "1 validation error detected: Value '{other}' at 'messageType' failed to satisfy constraint: Member must satisfy enum value set: [RAW, DIGEST]"
                )));
            }
        }
        Ok(json!({
            "KeyId": self.arn(),
            "Signature": encoded(&signature),
            "SigningAlgorithm": name,
        }))
    }
}
