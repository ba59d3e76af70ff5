//! The command `jit-runners`.
//!
//! `up` starts the local place; `demo` runs the main job on it and shows what
//! was observed. The parts are a library, so that tests deploy the same fleet
//! and gather the same evidence.

pub mod commands;
mod cost;
pub mod demo;
pub mod doctor;
pub mod evidence;
pub mod faults;
mod find;
pub mod fleet;
mod history;
mod jobs;
pub mod key_wrapping;
pub mod launcher;
mod logs;
mod output;
pub mod page;
mod progress;
mod redrive;
pub mod setup;
mod show;
mod signals;
pub mod smoke;
mod span;
pub mod stage;
mod table;
pub mod target;

pub use observe::{clients, names, prices};
