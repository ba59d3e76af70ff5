//! An execution's history: its events, and what they say read as visits of
//! states, with tries, redrives and ends.

mod build;
mod event;
mod redact;
mod timeline;

pub(crate) use event::time;
pub use event::{Details, Event};
pub use redact::{HIDDEN, without_keys};
pub use timeline::{Attempt, Enclosing, End, StateView, Timeline, Try, Visit};
