//! Reading a delivery: all of it is checked to be JSON, but only the fields
//! that [`super::trim`] looks at are kept. Nine tenths of a delivery are
//! addresses, whose copies would be most of the webhook's work.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Every key that the trimmed event is made of, at whatever depth.
const KEYS: [&str; 25] = [
    "action",
    "conclusion",
    "created_at",
    "full_name",
    "head_branch",
    "head_sha",
    "html_url",
    "id",
    "labels",
    "login",
    "name",
    "organization",
    "owner",
    "private",
    "repository",
    "run_attempt",
    "run_id",
    "runner_group_id",
    "runner_id",
    "runner_name",
    "sender",
    "status",
    "visibility",
    "workflow_job",
    "workflow_name",
];

/// A delivery's body, without the fields that nobody looks at.
pub fn read(body: &[u8]) -> Result<Value, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let payload = Kept.deserialize(&mut json)?;
    json.end()?;
    Ok(payload)
}

/// A value, its objects reduced to [`KEYS`].
struct Kept;

impl<'de> DeserializeSeed<'de> for Kept {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Kept {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Kept)? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(key) = object.next_key_seed(Key)? {
            match key {
                Some(key) => {
                    kept.insert(key.to_owned(), object.next_value_seed(Kept)?);
                }
                None => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(kept.into())
    }
}

/// One of [`KEYS`], or none.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<&'static str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(KEYS.into_iter().find(|known| *known == key))
    }
}
