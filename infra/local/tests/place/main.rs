//! The embedded place as its clients meet it: over HTTP, in AWS's wire protocols.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

mod descriptions;
mod errors;
mod executions;
mod faults;
mod function_urls;
mod functions;
mod history;
mod log_patterns;
mod logs;
mod mounts;
mod patterns;
mod redrive;
mod rules;
mod secrets;
mod services;
mod tasks;
mod world;
