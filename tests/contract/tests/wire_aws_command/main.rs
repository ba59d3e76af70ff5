//! The `aws` command against the local place: installed by others, unmodified,
//! with nothing but the environment that `jit-runners up` prints.
//!
//! Where there is no `aws`, each test says so and checks nothing, except under
//! `JIT_RUNNERS_TEST_ALL`. The command starts slowly, so each call is one that
//! no other test makes.

#![allow(clippy::unwrap_used, reason = "helpers may do what tests may")]

mod command;
mod executions;
mod functions;
mod keys;
mod queues;
mod schedules;
mod tables;
mod tasks;
