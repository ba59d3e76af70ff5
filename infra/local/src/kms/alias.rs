//! Aliases: names of keys that can be moved to another key.

use serde_json::{Value, json};

use super::{Kept, not_found, optional, text};
use crate::server::error::AwsError;
use crate::{ACCOUNT, REGION};

/// The alias in a key's name, itself or as an ARN.
pub(super) fn name_in(name: &str) -> Option<&str> {
    if name.starts_with("alias/") {
        return Some(name);
    }
    let here = format!("arn:aws:kms:{REGION}:{ACCOUNT}:");
    name.strip_prefix(&here)
        .filter(|rest| rest.starts_with("alias/"))
}

pub(super) fn arn(alias: &str) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:{alias}")
}

impl Kept {
    pub(super) fn create_alias(&mut self, input: &Value) -> Result<Value, AwsError> {
        let (name, key) = self.alias_and_target(input)?;
        if self.aliases.contains_key(&name) {
            let message = format!("An alias with the name {} already exists", arn(&name));
            return Err(AwsError::new("AlreadyExistsException", message));
        }
        self.aliases.insert(name, key);
        Ok(json!({}))
    }

    pub(super) fn update_alias(&mut self, input: &Value) -> Result<Value, AwsError> {
        // Of two refusals AWS knows only this one here: a malformed alias is not found.
        let given = text(input, "AliasName")?;
        if !self.aliases.contains_key(given) {
            return Err(unknown(given));
        }
        let (name, key) = self.alias_and_target(input)?;
        match self.aliases.get_mut(&name) {
            Some(target) => *target = key,
            None => return Err(unknown(&name)),
        }
        Ok(json!({}))
    }

    pub(super) fn delete_alias(&mut self, input: &Value) -> Result<Value, AwsError> {
        let name = text(input, "AliasName")?;
        match self.aliases.remove(name) {
            Some(_) => Ok(json!({})),
            None => Err(unknown(name)),
        }
    }

    pub(super) fn list_aliases(&mut self, input: &Value) -> Result<Value, AwsError> {
        let wanted = match optional(input, "KeyId") {
            Some(_) => Some(self.find(input)?.id.clone()),
            None => None,
        };
        let aliases: Vec<Value> = self
            .aliases
            .iter()
            .filter(|(_, key)| wanted.as_ref().is_none_or(|wanted| wanted == *key))
            .map(
                |(name, key)| json!({"AliasName": name, "AliasArn": arn(name), "TargetKeyId": key}),
            )
            .collect();
        Ok(json!({"Aliases": aliases, "Truncated": false}))
    }

    fn alias_and_target(&mut self, input: &Value) -> Result<(String, String), AwsError> {
        let name = text(input, "AliasName")?;
        let rest = name.strip_prefix("alias/").unwrap_or_default();
        let well_formed = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
        if rest.is_empty() || rest.starts_with("aws/") || !rest.chars().all(well_formed) {
            return Err(AwsError::new(
                "InvalidAliasNameException",
                "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html",
            ));
        }
        let target = json!({"KeyId": text(input, "TargetKeyId")?});
        Ok((name.to_owned(), self.find(&target)?.id.clone()))
    }
}

fn unknown(alias: &str) -> AwsError {
    not_found(format!("Alias {} is not found.", arn(alias)))
}
