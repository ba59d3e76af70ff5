//! Ids that follow from what they name, so that a run with the same calls in the
//! same order has the same ids.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// The id of the `number`-th thing of that kind and owner: like a random UUID (version
/// 4), and the same every time.
pub(crate) fn id(kind: &str, owner: &str, number: u64) -> Uuid {
    let mut hash = Sha256::new();
    for part in [kind, owner] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(number.to_be_bytes());
    let hash: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}
