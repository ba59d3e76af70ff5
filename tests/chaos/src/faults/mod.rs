//! Who decides that something goes wrong now: the dice, or an order.
//!
//! Each place where a fault can strike asks with the fault's kind and the name of
//! what would be struck. Orders come first; a run without dice has only them.

mod kind;

pub use kind::Kind;

use crate::dice::Dice;
use crate::trace::Trace;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The faults of a run. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Faults {
    dice: Dice,
    trace: Trace,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// What the dice may choose.
    random: BTreeSet<Kind>,
    orders: Vec<Order>,
    struck: BTreeMap<Kind, u64>,
}

#[derive(Debug)]
struct Order {
    kind: Kind,
    what: String,
    times: u32,
}

impl Faults {
    /// None yet.
    pub fn new(seed: u64, trace: Trace) -> Self {
        Self {
            dice: Dice::new(seed, "faults"),
            trace,
            state: Arc::default(),
        }
    }

    /// Lets the dice choose among these from now on.
    pub fn roll(&self, kinds: impl IntoIterator<Item = Kind>) {
        self.lock().random = kinds.into_iter().collect();
    }

    /// No more faults by the dice.
    pub fn calm(&self) {
        self.lock().random.clear();
    }

    /// Whether the dice may choose anything.
    pub fn rolls(&self) -> bool {
        !self.lock().random.is_empty()
    }

    /// Strikes the next `times` chances whose name contains `what`.
    pub fn order(&self, kind: Kind, what: &str, times: u32) {
        let what = what.to_owned();
        self.lock().orders.push(Order { kind, what, times });
    }

    /// Orders that nothing has met yet.
    pub fn pending(&self) -> Vec<String> {
        let state = self.lock();
        let open = state.orders.iter().filter(|order| order.times > 0);
        open.map(|order| format!("{} at {}", order.kind, order.what))
            .collect()
    }

    /// Whether it strikes here; it is noted then.
    pub fn strikes(&self, kind: Kind, what: &str, job: u64) -> bool {
        let strikes = self.chosen(kind, what);
        if strikes {
            self.note(kind, what, job);
        }
        strikes
    }

    /// Whether it shall strike; whoever asks sees to that, and notes it.
    pub fn chosen(&self, kind: Kind, what: &str) -> bool {
        let mut state = self.lock();
        let order = state
            .orders
            .iter_mut()
            .find(|order| order.times > 0 && order.kind == kind && what.contains(&order.what));
        match order {
            Some(order) => {
                order.times -= 1;
                true
            }
            None => state.random.contains(&kind) && self.dice.chance(kind.chance()),
        }
    }

    /// Notes a fault that was done elsewhere.
    pub fn note(&self, kind: Kind, what: &str, job: u64) {
        *self.lock().struck.entry(kind).or_default() += 1;
        self.trace.note("fault", job, format!("{kind}: {what}"));
    }

    /// How often each kind has struck.
    pub fn struck(&self) -> BTreeMap<Kind, u64> {
        self.lock().struck.clone()
    }

    /// The dice of faults.
    pub fn dice(&self) -> &Dice {
        &self.dice
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
