//! Take before stop: how a runner that is not needed any more is removed
//! without ever ending a job at work.
//!
//! Whoever wins the delete on the hand-over item owns the start of the
//! container: won, it can no longer start and its task may be stopped. Lost,
//! the registration must be deleted first, which GitHub refuses while a job
//! runs. [`take`] does the first two and answers [`Taking`], which alone can
//! stop tasks. Everything may be repeated: it is done once.

mod attempt;
mod clients;
mod error;
mod take;

pub use attempt::{AttemptTasks, tasks_of_attempt};
pub use clients::{ClientSettings, Clients};
pub use error::RemovalError;
pub use take::{Registration, Runner, Taking, take};
