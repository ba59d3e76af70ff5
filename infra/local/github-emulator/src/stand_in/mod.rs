//! A program in the place of the official runner's `bin/Runner.Listener`.
//!
//! It takes a JIT configuration of the real format, registers, takes one job,
//! runs its `run:` steps in bash, reports and leaves, printing the official
//! listener's lines. A step's output goes to the job's log at GitHub only.

mod acting;
mod client;
mod config;
mod environment;
mod files;
mod job;
mod listener;
mod log;
mod process;
mod step;
mod stop;

pub use acting::{Scene, act};
pub use listener::{Options, run};

/// The version of the official runner that this one stands in for.
pub const VERSION: &str = "2.336.0";

/// Exit codes of the official listener.
pub mod exit_code {
    /// A job was run (or the program was asked to stop).
    pub const OK: u8 = 0;
    /// Nothing can help: registration gone, configuration unusable.
    pub const TERMINATED: u8 = 1;
    /// Another try may help: GitHub could not be reached.
    pub const RETRYABLE: u8 = 2;
    /// Another session of this runner is alive.
    pub const SESSION_CONFLICT: u8 = 5;
    /// The runner's version is no longer served; only where
    /// `ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE` is 1, else 1.
    pub const VERSION_DEPRECATED: u8 = 7;
}
