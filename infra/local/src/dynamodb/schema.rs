//! A table's key schema: read from CreateTable, held against keys and items.

use serde_json::{Value, json};

use super::input;
use super::key::{Key, KeyValue};
use super::value::{AttributeValue, Attributes};
use crate::server::error::AwsError;

/// A key attribute: its name and its type (`S`, `N` or `B`).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeyAttribute {
    pub(crate) name: String,
    kind: String,
}

/// The attributes that make an item's key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Schema {
    pub(crate) partition: KeyAttribute,
    pub(crate) sort: Option<KeyAttribute>,
}

impl Schema {
    /// Reads `KeySchema` and `AttributeDefinitions`.
    pub(crate) fn read(input: &Value) -> Result<Self, AwsError> {
        let elements = list(input, "KeySchema")?;
        let definitions = definitions(input)?;
        if elements.is_empty() || elements.len() > 2 {
            return Err(input::constraint(
                "KeySchema",
                &format!("'{}'", input["KeySchema"]),
                "Member must have length less than or equal to 2 and greater than or equal to 1",
            ));
        }
        let invalid = |message: String| {
            AwsError::validation(format!(
                "One or more parameter values were invalid: {message}"
            ))
        };
        let role = |at: usize| {
            elements
                .get(at)
                .and_then(|element| element["KeyType"].as_str())
        };
        if role(0) != Some("HASH") {
            return Err(AwsError::validation(
                "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
            ));
        }
        if elements.len() == 2 && role(1) != Some("RANGE") {
            return Err(AwsError::validation(
                "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
            ));
        }
        let names: Vec<&str> = elements
            .iter()
            .map(|element| element["AttributeName"].as_str().unwrap_or_default())
            .collect();
        let defined: Vec<&str> = definitions.iter().map(|(name, _)| name.as_str()).collect();
        if names.iter().any(|name| !defined.contains(name)) {
            return Err(invalid(format!(
                "Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], AttributeDefinitions: [{}]",
                names.join(", "),
                defined.join(", "),
            )));
        }
        if names.len() == 2 && names[0] == names[1] {
            return Err(invalid(
                "Both the Hash Key and the Range Key element in the KeySchema have the same name"
                    .to_owned(),
            ));
        }
        if names.len() != definitions.len() {
            return Err(invalid(
                "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions".to_owned(),
            ));
        }
        let attribute = |name: &&str| KeyAttribute {
            name: (*name).to_owned(),
            kind: definitions
                .iter()
                .find(|(defined, _)| defined == name)
                .map(|(_, kind)| kind.clone())
                .unwrap_or_default(),
        };
        Ok(Self {
            partition: attribute(&names[0]),
            sort: names.get(1).map(attribute),
        })
    }

    /// The key of an item that is to be stored.
    pub(crate) fn key_of_item(&self, item: &Attributes) -> Result<Key, AwsError> {
        let invalid = |message: String| {
            AwsError::validation(format!(
                "One or more parameter values were invalid: {message}"
            ))
        };
        let read = |attribute: &KeyAttribute| {
            let name = &attribute.name;
            let value = item
                .get(name)
                .ok_or_else(|| invalid(format!("Missing the key {name} in the item")))?;
            if value.type_name() != attribute.kind {
                return Err(invalid(format!(
                    "Type mismatch for key {name} expected: {} actual: {}",
                    attribute.kind,
                    value.type_name(),
                )));
            }
            key_value(name, value)
        };
        let sort = self.sort.as_ref().map(read).transpose()?;
        Ok(Key::new(read(&self.partition)?, sort))
    }

    /// The key given by a `Key` or `ExclusiveStartKey` member.
    pub(crate) fn key(&self, key: &Attributes) -> Result<Key, AwsError> {
        let wrong = || AwsError::validation("The provided key element does not match the schema");
        if key.len() != 1 + usize::from(self.sort.is_some()) {
            return Err(wrong());
        }
        let read = |attribute: &KeyAttribute| match key.get(&attribute.name) {
            Some(value) if value.type_name() == attribute.kind => key_value(&attribute.name, value),
            _ => Err(wrong()),
        };
        let sort = self.sort.as_ref().map(read).transpose()?;
        Ok(Key::new(read(&self.partition)?, sort))
    }

    /// Whether an attribute is part of the key.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.attributes().any(|attribute| attribute.name == name)
    }

    /// The key attributes alone, as `LastEvaluatedKey` gives them.
    pub(crate) fn key_attributes(&self, item: &Attributes) -> Attributes {
        self.attributes()
            .filter_map(|attribute| item.get_key_value(&attribute.name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// `KeySchema` and `AttributeDefinitions` as DescribeTable gives them.
    pub(crate) fn to_wire(&self) -> (Value, Value) {
        let schema = self
            .attributes()
            .zip(["HASH", "RANGE"])
            .map(|(attribute, role)| json!({ "AttributeName": attribute.name, "KeyType": role }));
        let definitions = self.attributes().map(
            |attribute| json!({ "AttributeName": attribute.name, "AttributeType": attribute.kind }),
        );
        (schema.collect(), definitions.collect())
    }

    fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.partition).chain(&self.sort)
    }
}

impl KeyAttribute {
    /// Whether a value could be this attribute's.
    pub(crate) fn fits(&self, value: &AttributeValue) -> bool {
        value.type_name() == self.kind
    }
}

fn key_value(name: &str, value: &AttributeValue) -> Result<KeyValue, AwsError> {
    let empty = match value {
        AttributeValue::S(text) if text.is_empty() => Some("string"),
        AttributeValue::B(bytes) if bytes.is_empty() => Some("binary"),
        _ => None,
    };
    match (empty, KeyValue::from_value(value)) {
        (None, Some(key)) => Ok(key),
        (empty, _) => Err(AwsError::validation(format!(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty {} value. Key: {name}",
            empty.unwrap_or("string"),
        ))),
    }
}

/// (name, type) of each of `AttributeDefinitions`.
fn definitions(input: &Value) -> Result<Vec<(String, String)>, AwsError> {
    list(input, "AttributeDefinitions")?
        .iter()
        .map(|definition| {
            let name = input::required(definition, "AttributeName")?;
            let kind = input::one_of(definition, "AttributeType", &["B", "N", "S"])?;
            Ok((
                name.as_str().unwrap_or_default().to_owned(),
                kind.to_owned(),
            ))
        })
        .collect()
}

fn list<'i>(input: &'i Value, name: &str) -> Result<&'i Vec<Value>, AwsError> {
    let value = input::required(input, name)?;
    value
        .as_array()
        .ok_or_else(|| super::value::wrong_class(value, "List"))
}
