//! The container's first process, run for real: its library in this process,
//! small shell scripts as runner program, a hand-over table over HTTP.

mod container;
mod handover;
mod memory;
mod program;
mod supervision;
mod support;
