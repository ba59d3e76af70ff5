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
    created: DateTime<Utc>,
    changed: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Content {
    version: String,
    field: Field,
    value: String,
}

/// The member that a value came in; binary is base64 on the wire, kept as given.
#[derive(Clone, Copy, Serialize, Deserialize)]
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
                json!({"SecretList": self.lock().values().map(Secret::describe).collect::<Vec<_>>()}),
            ),
            other => Err(AwsError::unknown_operation(other)),
        }
    }

    fn create(&self, input: &Value) -> Result<Value, AwsError> {
        let name = text(input, "Name").filter(|name| !name.is_empty());
        let name =
            name.ok_or_else(|| AwsError::new("InvalidParameterException", "Name is missing."))?;
        let mut secrets = self.lock();
        if secrets.contains_key(name) {
            let message = format!("The operation failed because the secret {name} already exists.");
            return Err(AwsError::new("ResourceExistsException", message));
        }
        let mut secret = Secret::new(name, self.clock.now());
        secret.value = Content::given(input);
        let version = secret.value.as_ref().map(|content| content.version.clone());
        let answer = json!({"ARN": secret.arn, "Name": name, "VersionId": version});
        self.keep(&secret);
        secrets.insert(name.to_owned(), secret);
        Ok(answer)
    }

    fn put_value(&self, input: &Value) -> Result<Value, AwsError> {
        let content = Content::given(input).ok_or_else(|| {
            AwsError::new(
                "InvalidRequestException",
                "You must provide either SecretString or SecretBinary.",
            )
        })?;
        let now = self.clock.now();
        let mut secrets = self.lock();
        let secret = find(&mut secrets, input)?;
        let version = content.version.clone();
        secret.value = Some(content);
        secret.changed = now;
        self.keep(secret);
        Ok(
            json!({"ARN": secret.arn, "Name": secret.name, "VersionId": version, "VersionStages": ["AWSCURRENT"]}),
        )
    }

    fn get_value(&self, input: &Value) -> Result<Value, AwsError> {
        let mut secrets = self.lock();
        let secret = find(&mut secrets, input)?;
        let Some(content) = &secret.value else {
            let message = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
            return Err(AwsError::new("ResourceNotFoundException", message));
        };
        let mut answer = json!({
            "ARN": secret.arn,
            "Name": secret.name,
            "VersionId": content.version,
            "VersionStages": ["AWSCURRENT"],
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
            created: now,
            changed: now,
        }
    }

    fn describe(&self) -> Value {
        let versions: BTreeMap<&str, [&str; 1]> = self
            .value
            .iter()
            .map(|content| (content.version.as_str(), ["AWSCURRENT"]))
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

    fn given(input: &Value) -> Option<Self> {
        let field = [Field::SecretString, Field::SecretBinary]
            .into_iter()
            .find(|field| text(input, field.name()).is_some())?;
        Some(Self::new(field, text(input, field.name())?))
    }
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
