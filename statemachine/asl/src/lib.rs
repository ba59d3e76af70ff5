//! An interpreter of the Amazon States Language in JSONata mode.
//!
//! It does no I/O, reads no clock and starts no task: [`Execution::on`] takes
//! an event and the time, and returns what its driver has to do next. Between
//! two events the whole execution can be stored and read back with serde.
//!
//! `states/` holds one file for each state type of the specification,
//! `definition/` reads and checks a definition, `jsonata/` evaluates its
//! expressions, `engine/` moves an execution along, and `history` is what
//! `GetExecutionHistory` shows of it.
//!
//! Sources: <https://states-language.net>, the Step Functions developer guide,
//! and executions recorded on AWS.

mod definition;
mod engine;
mod event;
mod execution;
mod history;
mod jsonata;
mod states;
mod text;

pub use definition::{Definition, Problem};
pub use event::{Command, Event, TaskId, TimerId};
pub use execution::{Execution, ExecutionInfo, Status};
pub use history::{HistoryEvent, Kind};
pub use states::is_activity;
