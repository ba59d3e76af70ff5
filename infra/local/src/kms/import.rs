//! Imported key material: a wrapping key and a token are given out, the private
//! key comes back wrapped. RSA private keys must be wrapped as
//! RSA_AES_KEY_WRAP_SHA_256 (or SHA_1): an AES-256 key under RSA-OAEP, then the
//! PKCS#8 DER under AES key wrap with padding (RFC 5649), one after the other.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrapPadded};
use aws_lc_rs::rsa::{
    KeyPair, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    PrivateDecryptingKey,
};
use aws_lc_rs::signature::KeyPair as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::key::{Key, Origin, SPECS, State, internal, unsupported};
use super::{blob, encoded, optional, text};
use crate::clock::epoch_seconds;
use crate::server::error::AwsError;

/// How long token and wrapping key are good for.
const VALID: TimeDelta = TimeDelta::hours(24);
/// AES-256.
const AES_KEY_BYTES: usize = 32;

/// What one call of GetParametersForImport has given out.
pub(super) struct Import {
    pub(super) wrapping: PrivateDecryptingKey,
    pub(super) algorithm: &'static OaepAlgorithm,
    pub(super) valid_to: DateTime<Utc>,
}

impl Key {
    /// GetParametersForImport.
    pub(super) fn parameters_for_import(
        &mut self,
        input: &Value,
        now: DateTime<Utc>,
    ) -> Result<Value, AwsError> {
        self.must_be_external()?;
        let algorithm = match text(input, "WrappingAlgorithm")? {
            "RSA_AES_KEY_WRAP_SHA_256" => &OAEP_SHA256_MGF1SHA256,
            "RSA_AES_KEY_WRAP_SHA_1" => &OAEP_SHA1_MGF1SHA1,
            other => {
                return Err(unsupported(format!(
                    "WrappingAlgorithm {other} cannot wrap an RSA private key."
                )));
            }
        };
        let spec = text(input, "WrappingKeySpec")?;
        let known = SPECS.iter().find(|(name, ..)| *name == spec);
        let size = known
            .ok_or_else(|| unsupported(format!("WrappingKeySpec {spec} is not known here.")))?;
        let wrapping = PrivateDecryptingKey::generate(size.1).map_err(|_| internal())?;
        let public: PublicKeyX509Der = wrapping.public_key().as_der().map_err(|_| internal())?;
        let token = Uuid::new_v4().as_bytes().to_vec();
        let valid_to = now + VALID;
        let answer = json!({
            "KeyId": self.arn(),
            "ImportToken": encoded(&token),
            "PublicKey": encoded(public.as_ref()),
            "ParametersValidTo": epoch_seconds(valid_to),
        });
        self.imports.insert(
            token,
            Import {
                wrapping,
                algorithm,
                valid_to,
            },
        );
        Ok(answer)
    }

    /// ImportKeyMaterial.
    pub(super) fn import(&mut self, input: &Value, now: DateTime<Utc>) -> Result<Value, AwsError> {
        self.must_be_external()?;
        if optional(input, "ExpirationModel") != Some("KEY_MATERIAL_DOES_NOT_EXPIRE") {
            // Expiry is AWS's default and wants a date; it is not played here.
            return Err(AwsError::validation(
                "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES, which is not known here: use KEY_MATERIAL_DOES_NOT_EXPIRE",
            ));
        }
        let token = blob(input, "ImportToken")?;
        let import = self.imports.get(&token).ok_or_else(|| {
            AwsError::new(
                "InvalidImportTokenException",
                "The import token is not valid for this key.",
            )
        })?;
        if now > import.valid_to {
            let message = "The import token has expired.";
            return Err(AwsError::new("ExpiredImportTokenException", message));
        }
        let material = import.unwrap(&blob(input, "EncryptedKeyMaterial")?)?;
        let bits = SPECS.iter().find(|(name, ..)| *name == self.spec);
        let bytes = bits.map(|(.., bits)| bits / 8);
        let same = self
            .material
            .as_ref()
            .is_none_or(|kept| kept.public_key().as_ref() == material.public_key().as_ref());
        if Some(material.public_modulus_len()) != bytes || !same {
            return Err(AwsError::new(
                "IncorrectKeyMaterialException",
                "The key material is not of the key's spec, or not the same that was imported before.",
            ));
        }
        self.material = Some(material);
        if self.state == State::PendingImport {
            self.state = State::Enabled;
        }
        Ok(json!({"KeyId": self.arn()}))
    }

    fn must_be_external(&self) -> Result<(), AwsError> {
        if self.origin == Origin::External {
            return Ok(());
        }
        Err(unsupported(format!(
            "{} origin is AWS_KMS which is not valid for this operation.",
            self.arn()
        )))
    }
}

impl Import {
    /// The private key in a wrapped message.
    fn unwrap(&self, wrapped: &[u8]) -> Result<KeyPair, AwsError> {
        let pkcs8 = self.pkcs8(wrapped).ok_or_else(|| {
            AwsError::new(
                "InvalidCiphertextException",
                "The encrypted key material cannot be decrypted.",
            )
        })?;
        KeyPair::from_pkcs8(&pkcs8).map_err(|_| {
            AwsError::new(
                "IncorrectKeyMaterialException",
                "The key material is not an RSA private key in PKCS#8 form.",
            )
        })
    }

    fn pkcs8(&self, wrapped: &[u8]) -> Option<Vec<u8>> {
        let key = OaepPrivateDecryptingKey::new(self.wrapping.clone()).ok()?;
        let (aes, material) = wrapped.split_at_checked(key.key_size_bytes())?;
        let mut buffer = vec![0; key.min_output_size()];
        let aes = key.decrypt(self.algorithm, aes, &mut buffer, None).ok()?;
        if aes.len() != AES_KEY_BYTES {
            return None;
        }
        let kek = AesKek::new(&AES_256, aes).ok()?;
        let mut plain = vec![0; material.len()];
        let pkcs8 = kek.unwrap_with_padding(material, &mut plain).ok()?;
        Some(pkcs8.to_vec())
    }
}
