//! The calls that make, list and end queues.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Sqs;
use super::error::{invalid, no_queue, required};
use super::queue::read_setting;
use crate::server::error::AwsError;

/// Attributes that the place takes and has no use for.
const IGNORED: [&str; 6] = [
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
];

impl Sqs {
    pub(super) fn create_queue(&self, input: &Value) -> Result<Value, AwsError> {
        let name = required(input, "QueueName")?;
        check_name(name)?;
        let mut given = BTreeMap::new();
        let attributes = input.get("Attributes").and_then(Value::as_object);
        for (attribute, value) in attributes.into_iter().flatten() {
            if !IGNORED.contains(&attribute.as_str()) {
                let value = value.as_str().unwrap_or_default();
                given.insert(attribute.clone(), read_setting(attribute, value)?);
            }
        }
        let now = self.clock.now();
        let mut queues = self.lock();
        let queue = queues
            .entry(name.to_owned())
            .or_insert_with(|| self.new_queue(name, given.clone(), now));
        // The same queue again is no error; one that differs is.
        let differs = given
            .iter()
            .find(|(attribute, value)| queue.setting(attribute) != **value);
        if let Some((attribute, _)) = differs {
            return Err(AwsError::new(
                "QueueNameExists",
                format!(
                    "A queue already exists with the same name and a different value for attribute {attribute}"
                ),
            ));
        }
        drop(queues);
        Ok(json!({"QueueUrl": self.url(name)}))
    }

    pub(super) fn get_queue_url(&self, input: &Value) -> Result<Value, AwsError> {
        let name = required(input, "QueueName")?;
        if !self.lock().contains_key(name) {
            return Err(no_queue());
        }
        Ok(json!({"QueueUrl": self.url(name)}))
    }

    pub(super) fn get_queue_attributes(&self, input: &Value) -> Result<Value, AwsError> {
        let now = self.clock.now();
        let asked: Vec<&str> = texts(input, "AttributeNames");
        self.with_queue(input, |queue| {
            queue.forget_old(now);
            let all = queue.attributes(now);
            let unknown = |name: &&&str| {
                **name != "All" && !IGNORED.contains(*name) && !all.contains_key(**name)
            };
            if let Some(name) = asked.iter().find(unknown) {
                let message = format!("Unknown Attribute {name}.");
                return Err(AwsError::new("InvalidAttributeName", message));
            }
            let shown: BTreeMap<&str, String> = all
                .into_iter()
                .filter(|(name, _)| asked.contains(&"All") || asked.contains(name))
                .collect();
            // AWS leaves the whole field out.
            if shown.is_empty() {
                return Ok(json!({}));
            }
            Ok(json!({"Attributes": shown}))
        })
    }

    pub(super) fn list_queues(&self, input: &Value) -> Result<Value, AwsError> {
        let prefix = input.get("QueueNamePrefix").and_then(Value::as_str);
        let queues = self.lock();
        let urls: Vec<String> = queues
            .keys()
            .filter(|name| name.starts_with(prefix.unwrap_or_default()))
            .map(|name| self.url(name))
            .collect();
        if urls.is_empty() {
            return Ok(json!({}));
        }
        Ok(json!({"QueueUrls": urls}))
    }

    pub(super) fn purge_queue(&self, input: &Value) -> Result<Value, AwsError> {
        self.with_queue(input, |queue| {
            queue.retain(|_| false);
            Ok(json!({}))
        })
    }

    pub(super) fn delete_queue(&self, input: &Value) -> Result<Value, AwsError> {
        let name = self.with_queue(input, |queue| Ok(queue.name.clone()))?;
        let mut queues = self.lock();
        if let Some(mut queue) = queues.remove(&name) {
            queue.forget();
        }
        Ok(json!({}))
    }
}

/// 1 to 80 letters, digits, `-` and `_`; no FIFO queue.
pub(super) fn check_name(name: &str) -> Result<(), AwsError> {
    if name.ends_with(".fifo") {
        let message = "The place has standard queues only: choose a name without .fifo.";
        return Err(invalid(message.to_owned()));
    }
    let allowed = |one: char| one.is_ascii_alphanumeric() || one == '-' || one == '_';
    if name.is_empty() || name.len() > 80 || !name.chars().all(allowed) {
        let message =
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        return Err(invalid(message.to_owned()));
    }
    Ok(())
}

/// A list of texts; empty where it is not given.
pub(super) fn texts<'a>(input: &'a Value, name: &str) -> Vec<&'a str> {
    let given = input.get(name).and_then(Value::as_array);
    given
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
