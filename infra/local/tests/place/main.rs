//! The embedded place as its clients meet it: over HTTP, in AWS's wire protocols.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

mod callbacks;
mod dead_letters;
mod descriptions;
mod durable;
mod errors;
mod executions;
mod faults;
mod function_urls;
mod functions;
mod history;
mod log_patterns;
mod logs;
mod malformed;
mod mishaps;
mod mounts;
mod never_panics;
mod pattern_refusals;
mod patterns;
mod queues;
mod recorded;
#[path = "../../../../statemachine/asl/tests/support/recording.rs"]
mod recording;
mod redrive;
mod retention;
mod rules;
mod schedules;
mod secrets;
mod services;
mod tasks;
mod transformers;
mod virtual_time;
mod world;
