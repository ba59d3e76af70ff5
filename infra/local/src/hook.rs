//! Where a service asks whether what it does shall go wrong.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use faults::Faults;

use crate::AwsFault;

/// A service's end of the place's faults. A service that stands alone has none.
#[derive(Debug, Default)]
pub(crate) struct Hook {
    faults: OnceLock<Arc<Faults<AwsFault>>>,
    numbers: AtomicU64,
}

impl Hook {
    /// Lets the place's faults strike here.
    pub(crate) fn connect(&self, faults: &Arc<Faults<AwsFault>>) {
        // A second call would bring the same faults.
        let _ = self.faults.set(Arc::clone(faults));
    }

    /// What goes wrong with this occurrence, of what can.
    pub(crate) fn strike(
        &self,
        subject: &[&str],
        can: impl Fn(&AwsFault) -> bool,
    ) -> Option<AwsFault> {
        self.faults.get()?.strike(subject, can)
    }

    /// Whether anything would go wrong, without counting the occurrence.
    pub(crate) fn would_strike(&self, subject: &[&str], can: impl Fn(&AwsFault) -> bool) -> bool {
        self.faults
            .get()
            .is_some_and(|faults| faults.would_strike(subject, can))
    }

    /// Whether there is any fault of these kinds.
    pub(crate) fn any(&self, is: impl Fn(&AwsFault) -> bool) -> bool {
        self.faults.get().is_some_and(|faults| faults.any(is))
    }

    /// A number that no other mishap of this service has.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }
}
