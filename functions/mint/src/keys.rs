//! Hand-over keys: 256 random bits, since whoever knows a key may take its JIT
//! config. Where a whole system runs again from a seed, the caller brings the bits.

use std::fmt;
use std::sync::Arc;

/// Where the bits of a key come from. Cheap to clone.
#[derive(Clone)]
pub struct Keys(Arc<dyn Fn() -> [u8; 32] + Send + Sync>);

impl Keys {
    /// Keys made of the bits that `bits` gives, a new one each time.
    pub fn new(bits: impl Fn() -> [u8; 32] + Send + Sync + 'static) -> Self {
        Self(Arc::new(bits))
    }

    /// A new key, 64 hexadecimal digits.
    pub(crate) fn next(&self) -> String {
        hex::encode((self.0)())
    }
}

/// The operating system's randomness.
impl Default for Keys {
    fn default() -> Self {
        Self::new(rand::random)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn keys_are_64_hexadecimal_digits_and_differ() {
        let keys = Keys::default();
        let (a, b) = (keys.next(), keys.next());
        assert_eq!(a.len(), 64);
        assert!(a.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(a, b);
    }
}
