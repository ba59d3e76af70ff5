//! Where the place's ids come from: the system's randomness, or a seed.
//!
//! An id decides an order (names are sorted, jitter is seeded by an execution's
//! name), so a place that shall do the same thing twice needs the same ids.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use uuid::Uuid;

/// Makes ids. Cheap to clone; clones of a seeded one draw from the same sequence.
#[derive(Clone, Default)]
pub struct Ids(Option<Arc<Mutex<StdRng>>>);

impl Ids {
    /// From the system's randomness.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// The same seed, the same ids in the same order.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// The next id, of UUID version 4.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let Some(random) = &self.0 else {
            return Uuid::new_v4();
        };
        let bytes: [u8; 16] = random
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .random();
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids")
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn a_seed_gives_the_same_ids_again_and_another_gives_others() {
        let three = |ids: Ids| [ids.uuid(), ids.uuid(), ids.uuid()];
        assert_eq!(three(Ids::seeded(1)), three(Ids::seeded(1)));
        assert_ne!(three(Ids::seeded(1)), three(Ids::seeded(2)));
        assert_ne!(three(Ids::system()), three(Ids::system()));
    }
}
