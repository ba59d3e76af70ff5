//! Immutable shared text: state names, and JSON kept as the text it came as.
//!
//! An input travels from state to state and stands in several history events.
//! Kept as shared text, it costs one allocation however often it is shown, and
//! it makes an execution `Send`, which JSONata's own values are not.

use std::{borrow::Borrow, fmt, ops::Deref, sync::Arc};

use jsonata_core::value::JValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Shared text. Two clones are one allocation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Text(Arc<str>);

impl Text {
    /// The JSON text of `value`.
    pub(crate) fn json(value: &Value) -> Self {
        Text::from(value.to_string())
    }

    /// Whether both are one allocation.
    pub(crate) fn is(&self, other: &Text) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// This JSON text as a value. Text that is no JSON becomes a string, so
    /// that nothing a driver hands in can break an execution.
    pub(crate) fn to_value(&self) -> Value {
        serde_json::from_str(self).unwrap_or_else(|_| Value::String(self.to_string()))
    }

    /// This JSON text as a value of the JSONata engine.
    pub(crate) fn to_jvalue(&self) -> JValue {
        JValue::from_json_str(self).unwrap_or_else(|_| JValue::string(&**self))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text(text.into())
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Text::from)
    }
}
