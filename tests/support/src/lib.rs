//! The world that end-to-end tests live in.
//!
//! A test reads as a story: given a [`World`], when something is committed or
//! delivered, then jobs are served and [`World::nothing_is_left`]. Everything
//! runs for real: emulators over HTTP, the function binary, the container's
//! first process, the stand-in runner.

mod binaries;
pub mod containers;
pub mod crowd;
mod leftovers;
pub mod reconcile;
mod webhook;
pub mod workflows;
mod world;

pub use binaries::binaries;
pub use webhook::Delivered;
pub use world::World;
