//! How many bytes an item takes, by DynamoDB's published rules: names and
//! strings in UTF-8, numbers half a byte per digit and one more, three bytes
//! for a map or list and one for each of its elements.

use super::value::{AttributeValue, Attributes};

/// An item may take 400 KB, its attributes' names included.
pub(crate) const MAX_ITEM_BYTES: usize = 400 * 1024;

/// Bytes of a whole item.
pub(crate) fn item_size(item: &Attributes) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + value_size(value))
        .sum()
}

fn value_size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.stored_size(),
        AttributeValue::B(bytes) => bytes.len(),
        AttributeValue::Bool(_) | AttributeValue::Null => 1,
        AttributeValue::M(map) => 3 + map.len() + item_size(map),
        AttributeValue::L(list) => 3 + list.len() + list.iter().map(value_size).sum::<usize>(),
        AttributeValue::Ss(set) => set.iter().map(String::len).sum(),
        AttributeValue::Ns(set) => set.iter().map(|number| number.stored_size()).sum(),
        AttributeValue::Bs(set) => set.iter().map(Vec::len).sum(),
    }
}
