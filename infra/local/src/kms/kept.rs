//! What of KMS is kept: keys with their private material, and aliases. The store's
//! files are their owner's alone; docs/security.md says what that means.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{
    EncryptionAlgorithmId, KeyPair, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256,
    PrivateDecryptingKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::import::Import;
use super::key::{Key, Origin, SPECS, State};
use super::{Kept, Kms, optional};
use crate::store::{DataError, Records};

const KEY: &str = "kms.key";
const ALIAS: &str = "kms.alias";

/// No Debug: it holds a private key.
#[derive(Serialize, Deserialize)]
struct KeptKey {
    id: String,
    spec: String,
    origin: Origin,
    state: State,
    description: String,
    created: DateTime<Utc>,
    /// PKCS#8, base64.
    material: Option<String>,
    imports: Vec<KeptImport>,
}

/// What GetParametersForImport has given out; texts are base64.
#[derive(Serialize, Deserialize)]
struct KeptImport {
    token: String,
    wrapping: String,
    sha256: bool,
    valid_to: DateTime<Utc>,
}

impl Kms {
    /// Keeps what a call has changed.
    pub(super) fn keep(&self, kept: &mut Kept, operation: &str, input: &Value, answer: &Value) {
        if !self.shelf.is_kept() {
            return;
        }
        match operation {
            "CreateKey" => {
                let id = answer.pointer("/KeyMetadata/KeyId").and_then(Value::as_str);
                if let Some(key) = id.and_then(|id| kept.keys.get(id)) {
                    self.shelf.put(&[KEY, &key.id], &KeptKey::of(key));
                }
            }
            "DisableKey" | "EnableKey" | "GetParametersForImport" | "ImportKeyMaterial" => {
                if let Ok(key) = kept.find(input) {
                    self.shelf.put(&[KEY, &key.id], &KeptKey::of(key));
                }
            }
            "CreateAlias" | "UpdateAlias" | "DeleteAlias" => {
                let Some(name) = optional(input, "AliasName") else {
                    return;
                };
                match kept.aliases.get(name) {
                    Some(key) => self.shelf.put(&[ALIAS, name], key),
                    None => self.shelf.remove(&[ALIAS, name]),
                }
            }
            _ => {}
        }
    }

    /// Fills the service with what it kept.
    pub(crate) fn restore(&self, records: &mut Records) -> Result<(), DataError> {
        let mut all = self.lock();
        for (_, kept) in records.take::<KeptKey>(KEY)? {
            let id = kept.id.clone();
            let key = kept.key();
            let key = key.ok_or_else(|| DataError::record(KEY, &"no private key"))?;
            all.keys.insert(id, key);
        }
        for (parts, key) in records.take::<String>(ALIAS)? {
            let name = parts.into_iter().next().unwrap_or_default();
            all.aliases.insert(name, key);
        }
        Ok(())
    }
}

impl KeptKey {
    fn of(key: &Key) -> Self {
        let imports = key.imports.iter().filter_map(|(token, import)| {
            Some(KeptImport {
                token: STANDARD.encode(token),
                wrapping: text(&import.wrapping)?,
                sha256: import.algorithm.id() == EncryptionAlgorithmId::OaepSha256Mgf1sha256,
                valid_to: import.valid_to,
            })
        });
        Self {
            id: key.id.clone(),
            spec: key.spec.to_owned(),
            origin: key.origin,
            state: key.state,
            description: key.description.clone(),
            created: key.created,
            material: key.material.as_ref().and_then(text),
            imports: imports.collect(),
        }
    }

    fn key(self) -> Option<Key> {
        let spec = SPECS.iter().find(|(name, ..)| *name == self.spec)?.0;
        let material = match &self.material {
            Some(material) => Some(KeyPair::from_pkcs8(&STANDARD.decode(material).ok()?).ok()?),
            None => None,
        };
        let imports = self.imports.into_iter().map(KeptImport::import);
        Some(Key {
            id: self.id,
            spec,
            origin: self.origin,
            state: self.state,
            description: self.description,
            created: self.created,
            material,
            imports: imports.collect::<Option<_>>()?,
        })
    }
}

impl KeptImport {
    fn import(self) -> Option<(Vec<u8>, Import)> {
        let wrapping = STANDARD.decode(self.wrapping).ok()?;
        let import = Import {
            wrapping: PrivateDecryptingKey::from_pkcs8(&wrapping).ok()?,
            algorithm: match self.sha256 {
                true => &OAEP_SHA256_MGF1SHA256,
                false => &OAEP_SHA1_MGF1SHA1,
            },
            valid_to: self.valid_to,
        };
        Some((STANDARD.decode(self.token).ok()?, import))
    }
}

/// A private key as base64 of its PKCS#8.
fn text(key: &impl AsDer<Pkcs8V1Der<'static>>) -> Option<String> {
    let der = key.as_der().ok()?;
    Some(STANDARD.encode(der.as_ref()))
}
