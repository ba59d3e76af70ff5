//! The AWS SDKs for Rust against the local place: unmodified, with nothing but
//! an endpoint. What the SDKs cannot parse, or parse into the wrong error,
//! fails here.

#![allow(clippy::unwrap_used, reason = "helpers may do what tests may")]

mod events;
mod executions;
mod keys;
mod logs;
mod queues;
mod refusals;
mod releases;
mod schedules;
mod secrets;
mod tables;
mod tasks;
mod unknown;
mod world;
