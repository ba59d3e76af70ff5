//! A message's own attributes: checked, digested and chosen.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::error::invalid;
use crate::server::error::AwsError;

/// Attributes as they travel: by name, `DataType` with `StringValue` or `BinaryValue`.
pub(super) type Attributes = BTreeMap<String, Value>;

/// Most attributes of a message.
const MOST: usize = 10;

/// The attributes that a SendMessage carries.
pub(super) fn read(input: &Value) -> Result<Attributes, AwsError> {
    let given = input.get("MessageAttributes").and_then(Value::as_object);
    let attributes: Attributes = given
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if attributes.len() > MOST {
        let count = attributes.len();
        return Err(invalid(format!(
            "Number of message attributes [{count}] exceeds the allowed maximum [{MOST}]."
        )));
    }
    for (name, value) in &attributes {
        check(name, value)?;
    }
    Ok(attributes)
}

fn check(name: &str, value: &Value) -> Result<(), AwsError> {
    let kind = value
        .get("DataType")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let main = kind.split('.').next().unwrap_or(kind);
    let field = match main {
        "String" | "Number" => "StringValue",
        "Binary" => "BinaryValue",
        _ => {
            return Err(invalid(format!(
                "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String."
            )));
        }
    };
    let content = value.get(field).and_then(Value::as_str);
    if content.is_none_or(str::is_empty) {
        return Err(invalid(format!(
            "The message attribute '{name}' must contain a non-empty message attribute value for message attribute type '{main}'."
        )));
    }
    Ok(())
}

/// Attributes that are all texts.
pub(super) fn texts(plain: &BTreeMap<String, String>) -> Attributes {
    plain
        .iter()
        .map(|(name, value)| {
            (
                name.clone(),
                json!({"DataType": "String", "StringValue": value}),
            )
        })
        .collect()
}

/// The texts among the attributes.
pub(super) fn plain(attributes: &Attributes) -> BTreeMap<String, String> {
    attributes
        .iter()
        .filter_map(|(name, value)| {
            let text = value.get("StringValue")?.as_str()?;
            Some((name.clone(), text.to_owned()))
        })
        .collect()
}

/// The attributes whose names a receiver asked for: `All` or `.*`, a name, `prefix.*`.
pub(super) fn chosen(attributes: &Attributes, asked: &[&str]) -> Attributes {
    let wanted = |name: &str| {
        asked.iter().any(|asked| {
            *asked == "All"
                || *asked == ".*"
                || *asked == name
                || asked
                    .strip_suffix(".*")
                    .is_some_and(|prefix| name.starts_with(prefix))
        })
    };
    attributes
        .iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// `MD5OfMessageBody`.
pub(super) fn digest_of_body(body: &str) -> String {
    hex(&Md5::digest(body))
}

/// `MD5OfMessageAttributes`: name, type and value of each, by name, with their lengths
/// before them; nothing where there are no attributes.
pub(super) fn digest(attributes: &Attributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut hash = Md5::new();
    let mut part = |bytes: &[u8], transport: Option<u8>| {
        if let Some(transport) = transport {
            hash.update([transport]);
        }
        hash.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(bytes);
    };
    for (name, value) in attributes {
        let text = |field: &str| value.get(field).and_then(Value::as_str);
        part(name.as_bytes(), None);
        part(text("DataType").unwrap_or_default().as_bytes(), None);
        match text("BinaryValue") {
            Some(binary) => part(&STANDARD.decode(binary).unwrap_or_default(), Some(2)),
            None => part(text("StringValue").unwrap_or_default().as_bytes(), Some(1)),
        }
    }
    Some(hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
