//! Redriving executions: which ones can be, and doing it to many of them.
//!
//! A [`Plan`] is made from names or from a [`Filter`] and changes nothing; it
//! can be shown before [`run`] redrives what it lists. An execution that cannot
//! be redriven, or no longer, is told with the reason; the others go on.

mod plan;
mod run;

pub use plan::{Eligible, Filter, Plan, Refused, STATUSES};
pub use run::{FailedAgain, Options, Progress, Summary, run};
