//! KMS as far as signing with an RSA key needs it, in memory: keys whose material
//! is made here or imported, aliases, and signatures. A private key is never
//! given out, by no call and in no log.
//!
//! Source: KMS API reference, and its developer guide on imported key material.

mod alias;
mod import;
mod kept;
mod key;
mod sign;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::server::error::AwsError;
use crate::store::Shelf;
use key::{Key, State};

/// All keys of the place.
pub struct Kms {
    clock: Clock,
    pub(crate) shelf: Shelf,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// By id.
    keys: BTreeMap<String, Key>,
    /// Key ids by alias, `alias/` included.
    aliases: BTreeMap<String, String>,
}

impl Kms {
    /// No keys yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            shelf: Shelf::default(),
            kept: Mutex::default(),
        }
    }

    /// Answers one call of `TrentService.*`.
    ///
    /// # Errors
    /// AWS's own, e.g. `NotFoundException`, `DisabledException`.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every service's call has this shape"
    )]
    pub fn call(&self, operation: &str, input: Value) -> Result<Value, AwsError> {
        let mut kept = self.lock();
        let answer = self.answer(&mut kept, operation, &input)?;
        self.keep(&mut kept, operation, &input, &answer);
        Ok(answer)
    }

    fn answer(&self, kept: &mut Kept, operation: &str, input: &Value) -> Result<Value, AwsError> {
        let now = self.clock.now();
        match operation {
            "CreateKey" => {
                let key = Key::create(input, now)?;
                let metadata = key.metadata();
                kept.keys.insert(key.id.clone(), key);
                Ok(json!({ "KeyMetadata": metadata }))
            }
            "DescribeKey" => Ok(json!({"KeyMetadata": kept.find(input)?.metadata()})),
            "DisableKey" => kept.find(input)?.switch(State::Disabled),
            "EnableKey" => kept.find(input)?.switch(State::Enabled),
            "GetPublicKey" => kept.find(input)?.public_key(),
            "GetParametersForImport" => kept.find(input)?.parameters_for_import(input, now),
            "ImportKeyMaterial" => kept.find(input)?.import(input, now),
            "Sign" => kept.find(input)?.sign(input),
            "CreateAlias" => kept.create_alias(input),
            "UpdateAlias" => kept.update_alias(input),
            "DeleteAlias" => kept.delete_alias(input),
            "ListAliases" => kept.list_aliases(input),
            other => Err(AwsError::unknown_operation(other)),
        }
    }

    /// Nothing is left half done under the lock, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// The key that `KeyId` names: by id, ARN, alias or the alias's ARN.
    fn find(&mut self, input: &Value) -> Result<&mut Key, AwsError> {
        let name = text(input, "KeyId")?;
        let id = match alias::name_in(name) {
            Some(alias) => match self.aliases.get(alias) {
                Some(id) => id.as_str(),
                None => {
                    let arn = alias::arn(alias);
                    return Err(not_found(format!("Alias {arn} is not found.")));
                }
            },
            None => name.rsplit('/').next().unwrap_or(name),
        };
        let arn = key::arn(id);
        if name.starts_with("arn:") && alias::name_in(name).is_none() && name != arn {
            return Err(not_found(format!("Invalid arn {name}")));
        }
        self.keys
            .get_mut(id)
            .ok_or_else(|| not_found(format!("Key '{arn}' does not exist")))
    }
}

fn not_found(message: String) -> AwsError {
    AwsError::new("NotFoundException", message)
}

fn text<'a>(input: &'a Value, name: &str) -> Result<&'a str, AwsError> {
    optional(input, name).ok_or_else(|| {
        let member = format!("{}{}", name[..1].to_ascii_lowercase(), &name[1..]);
        AwsError::validation(format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

fn optional<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}

/// A blob, which travels as base64.
fn blob(input: &Value, name: &str) -> Result<Vec<u8>, AwsError> {
    STANDARD.decode(text(input, name)?).map_err(|_| {
        AwsError::new(
            "SerializationException",
            format!("{name} is not valid base64."),
        )
    })
}

fn encoded(bytes: &[u8]) -> Value {
    Value::from(STANDARD.encode(bytes))
}
