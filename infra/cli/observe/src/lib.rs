//! What people see of a fleet: its jobs, their executions, why they wait, and
//! what they cost.
//!
//! Everything is read through AWS's APIs alone, with the SDK's own clients, so
//! that the same reading serves AWS and the local place. The command line and
//! the console show it.

pub mod advice;
pub mod board;
pub mod cancel;
pub mod clients;
pub mod cost;
pub mod fleet;
pub mod graph;
pub mod history;
pub mod job;
pub mod limits;
pub mod names;
pub mod prices;
pub mod reconciled;
pub mod redrive;
pub mod released;
pub mod row;
pub mod waiting;
