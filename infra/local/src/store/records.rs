//! What a log held when the place started: the last value of every key.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::folder::DataError;
use super::frame::Record;

/// What stands between the parts of a key. No name of AWS's has it.
const BETWEEN: u8 = 0;

/// Values by key, in the keys' order.
#[derive(Debug, Default)]
pub(crate) struct Records {
    live: BTreeMap<Bytes, Bytes>,
    /// Bytes of keys and values that are live.
    size: u64,
}

/// A key's parts behind its kind, and its value.
pub(crate) type Entry<T> = (Vec<String>, T);

impl Records {
    pub(super) fn apply(&mut self, record: Record) {
        let of = |key: &Bytes, value: &Bytes| (key.len() + value.len()) as u64;
        let key = record.key.clone();
        let before = match record.value {
            Some(value) => {
                self.size += of(&key, &value);
                self.live.insert(record.key, value)
            }
            None => self.live.remove(&record.key),
        };
        if let Some(before) = before {
            self.size -= of(&key, &before);
        }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Takes all values of a kind, in their keys' order.
    ///
    /// # Errors
    /// A value that no version of this program has written.
    pub(crate) fn take<T: DeserializeOwned>(
        &mut self,
        kind: &'static str,
    ) -> Result<Vec<Entry<T>>, DataError> {
        let from = key(&[kind, ""]);
        let mut until = from.clone();
        if let Some(last) = until.last_mut() {
            *last += 1;
        }
        let mut taken = self.live.split_off(&Bytes::from(from));
        let mut behind = taken.split_off(&Bytes::from(until));
        self.live.append(&mut behind);
        let read = |(key, value): (Bytes, Bytes)| {
            let parts = key.split(|byte| *byte == BETWEEN).skip(1);
            let parts = parts.map(|part| String::from_utf8_lossy(part).into_owned());
            let value = serde_json::from_slice(&value);
            let value = value.map_err(|error| DataError::record(kind, &error))?;
            Ok((parts.collect(), value))
        };
        taken.into_iter().map(read).collect()
    }
}

/// A key of its parts, the first of which is its kind.
pub(super) fn key(parts: &[&str]) -> Vec<u8> {
    parts.join("\0").into_bytes()
}

/// A number as a part of a key: numbers in their order are texts in their order.
pub(crate) fn number(number: u64) -> String {
    format!("{number:016x}")
}

/// The number in a part of a key.
pub(crate) fn read_number(part: Option<&String>) -> u64 {
    part.and_then(|part| u64::from_str_radix(part, 16).ok())
        .unwrap_or_default()
}
