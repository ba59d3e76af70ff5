//! What was observed of each job, from every side that saw it.
//!
//! GitHub's job, runners and deliveries; the bus; the execution's own history;
//! the task and its log; the two tables. Nothing here is assumed: a fact that
//! was not seen is absent, and the check that needs it fails.

mod checks;
mod execution;
mod job;

pub use checks::{Check, checks};
pub use execution::{Execution, all as executions, read as execution};
pub use job::{JobEvidence, gather};
