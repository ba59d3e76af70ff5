//! What the benches and the program `footprint` measure with.
//!
//! Two kinds of figures: the handles in this process without any network
//! ([`in_process`], criterion), and the shipped `bootstrap` as a process between
//! the local place and GitHub's emulator ([`first_poll`], [`warm`], [`path`]).
//! CPU is read from the kernel's own account of the measured process
//! ([`process`]), so other load on the machine blurs it little. [`volume`] reads a
//! place that holds thousands of executions, [`console`] shows them in a browser; [`place`] drives
//! one over the wire.

pub mod artifact;
pub mod console;
mod events;
pub mod first_poll;
pub mod in_process;
pub mod path;
pub mod payload;
pub mod place;
pub mod process;
pub mod programs;
pub mod spread;
pub mod volume;
pub mod warm;
