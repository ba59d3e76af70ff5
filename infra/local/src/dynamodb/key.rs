//! The key of an item, as a table orders its items by it.
//!
//! Partitions come in the order of a hash, as on AWS, so that nobody comes to
//! rely on a scan being sorted; within a partition the sort key orders.

use sha2::{Digest as _, Sha256};

use super::number::Number;
use super::value::AttributeValue;

/// A value that can be a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyValue {
    S(String),
    N(Number),
    B(Vec<u8>),
}

/// Partition key and, if the table has one, sort key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    hash: [u8; 8],
    partition: KeyValue,
    sort: Option<KeyValue>,
}

impl Key {
    pub(crate) fn new(partition: KeyValue, sort: Option<KeyValue>) -> Self {
        Self {
            hash: hash(&partition),
            partition,
            sort,
        }
    }

    /// Which of `total` segments of a parallel scan the item is in.
    pub(crate) fn segment(&self, total: usize) -> usize {
        let hash = u64::from_be_bytes(self.hash);
        usize::try_from(hash % total.max(1) as u64).unwrap_or(0)
    }
}

impl KeyValue {
    /// The value as a key; none for a type that no key can have.
    pub(crate) fn from_value(value: &AttributeValue) -> Option<Self> {
        match value {
            AttributeValue::S(text) => Some(Self::S(text.clone())),
            AttributeValue::N(number) => Some(Self::N(*number)),
            AttributeValue::B(bytes) => Some(Self::B(bytes.clone())),
            _ => None,
        }
    }
}

fn hash(partition: &KeyValue) -> [u8; 8] {
    let digest = match partition {
        KeyValue::S(text) => Sha256::digest(text),
        KeyValue::N(number) => Sha256::digest(number.to_string()),
        KeyValue::B(bytes) => Sha256::digest(bytes),
    };
    let mut short = [0; 8];
    short.copy_from_slice(&digest[..8]);
    short
}
