//! Randomness from a seed, one sequence a purpose: what is drawn for the faults
//! does not move what is drawn for the jobs.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A sequence. Clones draw from the same one.
#[derive(Debug, Clone)]
pub struct Dice(Arc<Mutex<StdRng>>);

impl Dice {
    /// The sequence of a seed for one purpose.
    pub fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a: any fixed mixture does.
        let mixed = purpose
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed ^ mixed))))
    }

    /// True with this probability.
    pub fn chance(&self, probability: f64) -> bool {
        self.lock().random_bool(probability.clamp(0.0, 1.0))
    }

    /// A whole number, both ends included.
    pub fn between(&self, least: u64, most: u64) -> u64 {
        self.lock().random_range(least..=most)
    }

    /// One of them.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        let at = self.lock().random_range(0..from.len());
        &from[at]
    }

    /// Milliseconds, both ends included.
    pub fn millis(&self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.between(least, most))
    }

    /// 256 bits.
    pub fn bits(&self) -> [u8; 32] {
        self.lock().random()
    }

    fn lock(&self) -> MutexGuard<'_, StdRng> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
