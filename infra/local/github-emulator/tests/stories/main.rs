//! Stories about the emulated GitHub, told over HTTP and with real processes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod app_settings;
mod conditional;
mod faults;
mod limits;
mod manifest_flow;
mod matching;
mod mishaps;
mod pages;
mod refused_runners;
mod registering;
mod runs;
mod signing_in;
mod steps;
mod support;
mod webhooks;
mod whole_runs;
mod workflow_files;
