//! One key: what CreateKey makes of it, and how DescribeKey shows it.

use std::collections::BTreeMap;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::import::Import;
use super::{encoded, optional, sign};
use crate::clock::epoch_seconds;
use crate::server::error::AwsError;
use crate::{ACCOUNT, REGION};

/// Where a key's material comes from.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Origin {
    AwsKms,
    External,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum State {
    Enabled,
    Disabled,
    PendingImport,
}

/// No Debug: it holds a private key.
pub(super) struct Key {
    pub(super) id: String,
    pub(super) spec: &'static str,
    pub(super) origin: Origin,
    pub(super) state: State,
    pub(super) description: String,
    pub(super) created: DateTime<Utc>,
    pub(super) material: Option<KeyPair>,
    /// What GetParametersForImport has given out, by import token.
    pub(super) imports: BTreeMap<Vec<u8>, Import>,
}

pub(super) const SPECS: [(&str, KeySize, usize); 3] = [
    ("RSA_2048", KeySize::Rsa2048, 2048),
    ("RSA_3072", KeySize::Rsa3072, 3072),
    ("RSA_4096", KeySize::Rsa4096, 4096),
];

impl Key {
    /// A key as CreateKey's input asks for it.
    pub(super) fn create(input: &Value, now: DateTime<Utc>) -> Result<Self, AwsError> {
        let spec = optional(input, "KeySpec")
            .or_else(|| optional(input, "CustomerMasterKeySpec"))
            .unwrap_or("SYMMETRIC_DEFAULT");
        let known = SPECS.iter().find(|(name, ..)| *name == spec);
        let usage = optional(input, "KeyUsage").unwrap_or("ENCRYPT_DECRYPT");
        let (Some(&(spec, size, _)), "SIGN_VERIFY") = (known, usage) else {
            return Err(unsupported(format!(
                "KeySpec {spec} with KeyUsage {usage}: only RSA keys for SIGN_VERIFY are known here."
            )));
        };
        let origin = match optional(input, "Origin").unwrap_or("AWS_KMS") {
            "AWS_KMS" => Origin::AwsKms,
            "EXTERNAL" => Origin::External,
            other => {
                return Err(unsupported(format!("Origin {other} is not known here.")));
            }
        };
        let material = match origin {
            Origin::AwsKms => Some(KeyPair::generate(size).map_err(|_| internal())?),
            Origin::External => None,
        };
        Ok(Self {
            id: Uuid::new_v4().to_string(),
            spec,
            origin,
            state: match origin {
                Origin::AwsKms => State::Enabled,
                Origin::External => State::PendingImport,
            },
            description: optional(input, "Description")
                .unwrap_or_default()
                .to_owned(),
            created: now,
            material,
            imports: BTreeMap::new(),
        })
    }

    pub(super) fn arn(&self) -> String {
        arn(&self.id)
    }

    /// `KeyMetadata`.
    pub(super) fn metadata(&self) -> Value {
        let mut metadata = json!({
            "AWSAccountId": ACCOUNT,
            "KeyId": self.id,
            "Arn": self.arn(),
            "CreationDate": epoch_seconds(self.created),
            "Enabled": self.state == State::Enabled,
            "Description": self.description,
            "KeyUsage": "SIGN_VERIFY",
            "KeyState": match self.state {
                State::Enabled => "Enabled",
                State::Disabled => "Disabled",
                State::PendingImport => "PendingImport",
            },
            "Origin": match self.origin {
                Origin::AwsKms => "AWS_KMS",
                Origin::External => "EXTERNAL",
            },
            "KeyManager": "CUSTOMER",
            "CustomerMasterKeySpec": self.spec,
            "KeySpec": self.spec,
            "SigningAlgorithms": sign::names(),
            "MultiRegion": false,
        });
        if self.origin == Origin::External && self.material.is_some() {
            metadata["ExpirationModel"] = json!("KEY_MATERIAL_DOES_NOT_EXPIRE");
        }
        metadata
    }

    /// GetPublicKey.
    pub(super) fn public_key(&self) -> Result<Value, AwsError> {
        let public: PublicKeyX509Der =
            AsDer::as_der(self.usable()?.public_key()).map_err(|_| internal())?;
        Ok(json!({
            "KeyId": self.arn(),
            "PublicKey": encoded(public.as_ref()),
            "CustomerMasterKeySpec": self.spec,
            "KeySpec": self.spec,
            "KeyUsage": "SIGN_VERIFY",
            "SigningAlgorithms": sign::names(),
        }))
    }

    /// EnableKey and DisableKey.
    pub(super) fn switch(&mut self, to: State) -> Result<Value, AwsError> {
        if self.state == State::PendingImport {
            return Err(self.wrong_state());
        }
        self.state = to;
        Ok(json!({}))
    }

    /// The material of an enabled key.
    pub(super) fn usable(&self) -> Result<&KeyPair, AwsError> {
        match (self.state, &self.material) {
            (State::Enabled, Some(material)) => Ok(material),
            (State::Disabled, _) => Err(AwsError::new(
                "DisabledException",
                format!("{} is disabled.", self.arn()),
            )),
            _ => Err(self.wrong_state()),
        }
    }

    fn wrong_state(&self) -> AwsError {
        let message = format!("{} is pending import.", self.arn());
        AwsError::new("KMSInvalidStateException", message)
    }
}

pub(super) fn arn(id: &str) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}")
}

pub(super) fn unsupported(message: impl Into<String>) -> AwsError {
    AwsError::new("UnsupportedOperationException", message)
}

pub(super) fn internal() -> AwsError {
    AwsError::new("KMSInternalException", "The request failed.").with_status(500)
}
