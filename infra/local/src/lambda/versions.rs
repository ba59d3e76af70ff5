//! Published versions and aliases of functions. A version is a snapshot of the
//! settings, with environments of its own; `$LATEST` is what CreateFunction left.
//!
//! Source: Lambda developer guide, "Manage Lambda function versions" and
//! "Create an alias for a Lambda function".

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::function::{Function, LATEST};
use super::{Lambda, arn, plain_name, qualifier};
use crate::server::error::AwsError;

/// What was published of one function. Numbers are never used again.
#[derive(Default)]
pub(super) struct Published {
    /// In the order of their numbers, from 1.
    pub(super) versions: Vec<Arc<Function>>,
    /// Versions by the alias's name.
    pub(super) aliases: BTreeMap<String, Alias>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Alias {
    version: String,
    description: String,
}

impl Lambda {
    /// Publishes `$LATEST`; a version with the same settings stays the latest.
    ///
    /// # Errors
    /// The function is unknown.
    pub fn publish_version(&self, name: &str) -> Result<String, AwsError> {
        Ok(self.publish(name)?.version.clone())
    }

    pub(super) fn publish(&self, name: &str) -> Result<Arc<Function>, AwsError> {
        let name = plain_name(name);
        let latest = self.function(name)?;
        let mut published = self.lock_published();
        let of = published.entry(name.to_owned()).or_default();
        let versions = &mut of.versions;
        if let Some(last) = versions.last()
            && last.settings == latest.settings
        {
            return Ok(Arc::clone(last));
        }
        let version = Arc::new(latest.snapshot((versions.len() + 1).to_string()));
        versions.push(Arc::clone(&version));
        self.keep_published(name, of);
        Ok(version)
    }

    /// Points an alias at a version, whether or not there was one of that name.
    ///
    /// # Errors
    /// The function or its version is unknown.
    pub fn put_alias(&self, name: &str, alias: &str, version: &str) -> Result<String, AwsError> {
        let input = json!({"Name": alias, "FunctionVersion": version});
        let made = match self.create_alias(name, &input) {
            Err(error) if error.code == "ResourceConflictException" => {
                self.update_alias(name, alias, &input)
            }
            made => made,
        }?;
        Ok(made["AliasArn"].as_str().unwrap_or_default().to_owned())
    }

    pub(super) fn create_alias(&self, name: &str, input: &Value) -> Result<Value, AwsError> {
        let alias = input["Name"].as_str().unwrap_or_default();
        let well_formed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let number = alias.chars().all(|c| c.is_ascii_digit());
        if number || !alias.chars().all(well_formed) || alias.len() > 128 {
            let message = format!("Value '{alias}' at 'name' failed to satisfy constraint.");
            return Err(invalid(message));
        }
        let name = plain_name(name);
        let version = self.version_in(name, input)?;
        let mut published = self.lock_published();
        let of = published.entry(name.to_owned()).or_default();
        let aliases = &mut of.aliases;
        if aliases.contains_key(alias) {
            let message = format!("Alias already exists: {}:{alias}", arn(name));
            return Err(AwsError::new("ResourceConflictException", message)
                .with_status(409)
                .with("Type", "User"));
        }
        let made = Alias {
            version,
            description: input["Description"].as_str().unwrap_or_default().to_owned(),
        };
        let described = made.describe(name, alias);
        aliases.insert(alias.to_owned(), made);
        self.keep_published(name, of);
        Ok(described)
    }

    pub(super) fn update_alias(
        &self,
        name: &str,
        alias: &str,
        input: &Value,
    ) -> Result<Value, AwsError> {
        let name = plain_name(name);
        let version = match input.get("FunctionVersion") {
            Some(_) => Some(self.version_in(name, input)?),
            None => None,
        };
        let mut published = self.lock_published();
        let unknown = || not_found("Cannot find alias arn", name, alias);
        let of = published.get_mut(name).ok_or_else(unknown)?;
        let found = of.aliases.get_mut(alias).ok_or_else(unknown)?;
        if let Some(version) = version {
            found.version = version;
        }
        if let Some(description) = input["Description"].as_str() {
            description.clone_into(&mut found.description);
        }
        let described = found.describe(name, alias);
        self.keep_published(name, of);
        Ok(described)
    }

    pub(super) fn get_alias(&self, name: &str, alias: &str) -> Result<Value, AwsError> {
        let name = plain_name(name);
        let published = self.lock_published();
        let found = published.get(name).and_then(|of| of.aliases.get(alias));
        found
            .map(|found| found.describe(name, alias))
            .ok_or_else(|| not_found("Cannot find alias arn", name, alias))
    }

    pub(super) fn delete_alias(&self, name: &str, alias: &str) -> Result<(), AwsError> {
        let name = plain_name(name);
        self.function(name)?;
        if let Some(published) = self.lock_published().get_mut(name) {
            published.aliases.remove(alias);
            self.keep_published(name, published);
        }
        // An alias that is not there counts as deleted, as on AWS.
        Ok(())
    }

    pub(super) fn list_aliases(&self, name: &str) -> Result<Value, AwsError> {
        let name = plain_name(name);
        self.function(name)?;
        let published = self.lock_published();
        let aliases = published.get(name).map(|of| &of.aliases);
        let described = aliases.into_iter().flatten();
        let described = described.map(|(alias, found)| found.describe(name, alias));
        Ok(json!({"Aliases": described.collect::<Vec<_>>()}))
    }

    pub(super) fn list_versions(&self, name: &str) -> Result<Value, AwsError> {
        let name = plain_name(name);
        let latest = self.function(name)?;
        let published = self.lock_published();
        let versions = published.get(name).map(|of| &of.versions);
        let all = std::iter::once(&latest).chain(versions.into_iter().flatten());
        Ok(json!({"Versions": all.map(|function| function.describe()).collect::<Vec<_>>()}))
    }

    /// All published versions of a function that is named without one.
    pub(super) fn versions_of(&self, name: &str) -> Vec<Arc<Function>> {
        let published = self.lock_published();
        let of = published.get(name);
        of.map(|of| of.versions.clone()).unwrap_or_default()
    }

    /// The published function of a qualifier: a number or an alias.
    pub(super) fn qualified(&self, name: &str, given: &str) -> Result<Arc<Function>, AwsError> {
        let unknown = || not_found("Function not found", name, given);
        let published = self.lock_published();
        let of = published.get(name).ok_or_else(unknown)?;
        let number = of.aliases.get(given).map_or(given, |alias| &alias.version);
        if number == LATEST {
            drop(published);
            return self.function(name);
        }
        let found = of.versions.iter().find(|one| one.version == number);
        found.cloned().ok_or_else(unknown)
    }

    /// `FunctionVersion`, which must exist.
    fn version_in(&self, name: &str, input: &Value) -> Result<String, AwsError> {
        let version = input["FunctionVersion"].as_str().unwrap_or_default();
        if version.is_empty() || qualifier(version).is_some() {
            return Err(invalid("FunctionVersion is missing.".to_owned()));
        }
        if version != LATEST {
            self.qualified(name, version)?;
        }
        self.function(name)?;
        Ok(version.to_owned())
    }

    pub(super) fn lock_published(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Published>> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Alias {
    fn describe(&self, function: &str, alias: &str) -> Value {
        json!({
            "AliasArn": format!("{}:{alias}", arn(function)),
            "Name": alias,
            "FunctionVersion": self.version,
            "Description": self.description,
        })
    }
}

fn invalid(message: String) -> AwsError {
    AwsError::new("InvalidParameterValueException", message).with("Type", "User")
}

fn not_found(what: &str, name: &str, qualifier: &str) -> AwsError {
    let message = format!("{what}: {}:{qualifier}", arn(name));
    AwsError::new("ResourceNotFoundException", message)
        .with_status(404)
        .with("Type", "User")
}
