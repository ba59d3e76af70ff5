//! The version that every payload carries: the number 1.
//!
//! Fields may be added within a version; a new version means that old readers
//! would misunderstand the payload, so they refuse it.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The one version that this code reads and writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Version;

impl Version {
    /// Its number on the wire.
    pub const NUMBER: u64 = 1;
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(Self::NUMBER)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            Self::NUMBER => Ok(Self),
            other => Err(D::Error::custom(format_args!(
                "version {other} is not known: this code reads version {}",
                Self::NUMBER
            ))),
        }
    }
}
