//! What was observed of each job, from every side that saw it.
//!
//! GitHub's job, runners and deliveries; the bus; the execution's own history;
//! the task and its log; the two tables. Nothing here is assumed: a fact that
//! was not seen is absent, and the check that needs it fails.

mod checks;
mod execution;
mod job;
pub(crate) mod report;

pub(crate) use checks::each;
pub use checks::{Check, View, checks};
pub(crate) use execution::arns_since;
pub use execution::{Execution, RunResult, all as executions, read as execution};
pub use job::{JobEvidence, gather};
pub(crate) use job::{SeenJob, put_together};
