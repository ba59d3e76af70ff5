#![doc = include_str!("../README.md")]

mod chance;
mod fault;
mod file;
mod plan;
mod subject;

pub use fault::{Fault, name, names};
pub use file::FaultsFile;
pub use plan::{Faults, Occurrence};
