//! Secrets Manager: CreateSecret, PutSecretValue, GetSecretValue, DescribeSecret,
//! in memory.
//!
//! Only GetSecretValue gives a value; a secret is found by its name or ARN.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::{Clock, epoch_seconds};
use crate::server::error::AwsError;
use crate::store::{DataError, Records, Shelf};
use crate::{ACCOUNT, REGION};

const SECRET: &str = "secrets.secret";

/// All secrets of the place.
pub struct Secrets {
    clock: Clock,
    pub(crate) shelf: Shelf,
    secrets: Mutex<BTreeMap<String, Secret>>,
}

/// No Debug: it holds a value.
#[derive(Serialize, Deserialize)]
struct Secret {
    arn: String,
    name: String,
    value: Option<Content>,
    /// The version before, `AWSPREVIOUS`.
    previous: Option<Content>,
    created: DateTime<Utc>,
    changed: DateTime<Utc>,
}

#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    version: String,
    field: Field,
    value: String,
}

/// The member that a value came in; binary is base64 on the wire, kept as given.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Field {
    SecretString,
    SecretBinary,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::SecretString => "SecretString",
            Self::SecretBinary => "SecretBinary",
        }
    }
}

impl Secrets {
    /// No secrets yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            shelf: Shelf::default(),
            secrets: Mutex::default(),
        }
    }

    /// Fills the service with what it kept.
    pub(crate) fn restore(&self, records: &mut Records) -> Result<(), DataError> {
        let kept = records.take::<Secret>(SECRET)?.into_iter();
        *self.lock() = kept
            .map(|(_, secret)| (secret.name.clone(), secret))
            .collect();
        Ok(())
    }

    fn keep(&self, secret: &Secret) {
        self.shelf.put(&[SECRET, &secret.name], secret);
    }

    /// Creates a secret, or gives it a new value; answers its ARN.
    pub fn put(&self, name: &str, value: &str) -> String {
        let now = self.clock.now();
        let mut secrets = self.lock();
        let secret = secrets
            .entry(name.to_owned())
            .or_insert_with(|| Secret::new(name, now));
        secret.previous = secret.value.take();
        secret.value = Some(Content::new(Field::SecretString, value));
        secret.changed = now;
        self.keep(secret);
        secret.arn.clone()
    }

    /// Answers one call of `secretsmanager.*`.
    ///
    /// # Errors
    /// AWS's own, e.g. `ResourceNotFoundException`.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every service's call has this shape"
    )]
    pub fn call(&self, operation: &str, input: Value) -> Result<Value, AwsError> {
        match operation {
            "CreateSecret" => self.create(&input),
            "PutSecretValue" => self.put_value(&input),
            "GetSecretValue" => self.get_value(&input),
            "DescribeSecret" => self.describe(&input),
            "ListSecrets" => Ok(
                json!({"SecretList": self.lock().values().map(Secret::list_item).collect::<Vec<_>>()}),
            ),
            other => Err(AwsError::unknown_operation(other)),
        }
    }

    fn create(&self, input: &Value) -> Result<Value, AwsError> {
        let name = text(input, "Name").filter(|name| !name.is_empty());
        let name =
            name.ok_or_else(|| AwsError::new("InvalidParameterException", "Name is missing."))?;
        check_name(name)?;
        let content = Content::given(input)?;
        let mut secrets = self.lock();
        if let Some(there) = secrets.get(name) {
            if content.is_some() && there.value == content {
                // The same request again.
                return Ok(there.created(name));
            }
            let message = format!("The operation failed because the secret {name} already exists.");
            return Err(AwsError::new("ResourceExistsException", message));
        }
        let mut secret = Secret::new(name, self.clock.now());
        secret.value = content;
        let answer = secret.created(name);
        self.keep(&secret);
        secrets.insert(name.to_owned(), secret);
        Ok(answer)
    }

    fn put_value(&self, input: &Value) -> Result<Value, AwsError> {
        let content = Content::given(input)?.ok_or_else(|| {
            AwsError::new(
                "InvalidRequestException",
                "You must provide either SecretString or SecretBinary.",
            )
        })?;
        let now = self.clock.now();
        let mut secrets = self.lock();
        let secret = find(&mut secrets, input)?;
        let version = content.version.clone();
        if let Some(before) = secret.version(&version) {
            if *before != content {
                let message = format!(
                    "You can't change the value of the version {version}: it exists already."
                );
                return Err(AwsError::new("ResourceExistsException", message));
            }
        } else {
            secret.previous = secret.value.take();
            secret.value = Some(content);
            secret.changed = now;
            self.keep(secret);
        }
        Ok(
            json!({"ARN": secret.arn, "Name": secret.name, "VersionId": version, "VersionStages": ["AWSCURRENT"]}),
        )
    }

    fn get_value(&self, input: &Value) -> Result<Value, AwsError> {
        let mut secrets = self.lock();
        let secret = find(&mut secrets, input)?;
        let (content, stage) = secret.asked(input)?;
        let mut answer = json!({
            "ARN": secret.arn,
            "Name": secret.name,
            "VersionId": content.version,
            "VersionStages": [stage],
            "CreatedDate": epoch_seconds(secret.changed),
        });
        answer[content.field.name()] = Value::from(content.value.clone());
        Ok(answer)
    }

    fn describe(&self, input: &Value) -> Result<Value, AwsError> {
        find(&mut self.lock(), input).map(|secret| secret.describe())
    }

    /// Whole secrets are stored under the lock, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secret {
    fn new(name: &str, now: DateTime<Utc>) -> Self {
        // AWS ends a secret's ARN with six random characters.
        let suffix: String = Uuid::new_v4()
            .simple()
            .to_string()
            .chars()
            .take(6)
            .collect();
        let arn = format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-{suffix}");
        Self {
            arn,
            name: name.to_owned(),
            value: None,
            previous: None,
            created: now,
            changed: now,
        }
    }

    /// CreateSecret's answer.
    fn created(&self, name: &str) -> Value {
        let mut answer = json!({"ARN": self.arn, "Name": name});
        if let Some(content) = &self.value {
            answer["VersionId"] = content.version.clone().into();
        }
        answer
    }

    /// The versions that have a stage, the current one first.
    fn staged(&self) -> impl Iterator<Item = (&Content, &'static str)> {
        let current = self.value.iter().map(|content| (content, "AWSCURRENT"));
        current.chain(self.previous.iter().map(|content| (content, "AWSPREVIOUS")))
    }

    fn version(&self, id: &str) -> Option<&Content> {
        let mut versions = self.staged().map(|(content, _)| content);
        versions.find(|content| content.version == id)
    }

    /// The version that GetSecretValue asks for: by id, by stage, by both, or the current one.
    fn asked(&self, input: &Value) -> Result<(&Content, &'static str), AwsError> {
        let not_found = |what: String| {
            let message =
                format!("Secrets Manager can't find the specified secret value for {what}");
            AwsError::new("ResourceNotFoundException", message)
        };
        let stage = text(input, "VersionStage");
        let Some(id) = text(input, "VersionId") else {
            let stage = stage.unwrap_or("AWSCURRENT");
            let found = self.staged().find(|(_, staged)| *staged == stage);
            return found.ok_or_else(|| not_found(format!("staging label: {stage}")));
        };
        let found = self.staged().find(|(content, _)| content.version == id);
        let found = found.ok_or_else(|| not_found(format!("VersionId: {id}")))?;
        if stage.is_some_and(|stage| stage != found.1) {
            let message =
                "You provided a VersionStage that is not associated to the provided VersionId.";
            return Err(AwsError::new("InvalidRequestException", message));
        }
        Ok(found)
    }

    /// An item of ListSecrets, which has another name for the versions.
    fn list_item(&self) -> Value {
        let mut item = self.describe();
        item["SecretVersionsToStages"] = item["VersionIdsToStages"].take();
        if let Some(item) = item.as_object_mut() {
            item.remove("VersionIdsToStages");
        }
        item
    }

    fn describe(&self) -> Value {
        let versions: BTreeMap<&str, [&str; 1]> = self
            .staged()
            .map(|(content, stage)| (content.version.as_str(), [stage]))
            .collect();
        json!({
            "ARN": self.arn,
            "Name": self.name,
            "CreatedDate": epoch_seconds(self.created),
            "LastChangedDate": epoch_seconds(self.changed),
            "VersionIdsToStages": versions,
        })
    }
}

impl Content {
    fn new(field: Field, value: &str) -> Self {
        Self {
            version: Uuid::new_v4().to_string(),
            field,
            value: value.to_owned(),
        }
    }

    /// The value of a request, its version named by the request's token.
    fn given(input: &Value) -> Result<Option<Self>, AwsError> {
        let (string, binary) = (text(input, "SecretString"), text(input, "SecretBinary"));
        let content = match (string, binary) {
            (Some(_), Some(_)) => {
                return Err(AwsError::new(
                    "InvalidParameterException",
                    "You can't specify both a binary secret value and a string secret value in the same secret.",
                ));
            }
            (Some(string), None) => Self::new(Field::SecretString, string),
            (None, Some(binary)) => Self::new(Field::SecretBinary, binary),
            (None, None) => return Ok(None),
        };
        let token = text(input, "ClientRequestToken").map(str::to_owned);
        let version = token.unwrap_or_else(|| content.version.clone());
        Ok(Some(Self { version, ..content }))
    }
}

/// A name of the characters that AWS allows.
fn check_name(name: &str) -> Result<(), AwsError> {
    let allowed = |one: char| one.is_ascii_alphanumeric() || "-/_+=.@!".contains(one);
    if name.chars().all(allowed) {
        return Ok(());
    }
    let message = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
    Err(AwsError::validation(message))
}

fn find<'a>(
    secrets: &'a mut BTreeMap<String, Secret>,
    input: &Value,
) -> Result<&'a mut Secret, AwsError> {
    let id = text(input, "SecretId").unwrap_or_default();
    // An ARN without its random suffix is accepted too, as on AWS.
    let found = secrets.values_mut().find(|secret| {
        secret.name == id
            || secret.arn == id
            || secret
                .arn
                .rsplit_once('-')
                .is_some_and(|(partial, _)| partial == id)
    });
    found.ok_or_else(|| {
        AwsError::new(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        )
    })
}

fn text<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}
