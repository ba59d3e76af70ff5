//! `jit-runners setup` as people meet it: the real binary, GitHub's emulator,
//! the place, and a browser, over HTTP and for real.

#![allow(clippy::unwrap_used, reason = "helpers may do what tests may")]

mod browser;
mod page;
#[path = "../usage/program.rs"]
#[allow(dead_code, reason = "shared, each test file uses its part")]
mod program;
mod stories;
mod story;
mod trouble;
