//! What the project knows about jobs, labels, sizes, policy, names and step
//! payloads. Pure: nothing here reads a file, a clock, an environment or a
//! network, so every rule can be tested with values alone.
//!
//! Wire formats that other parts branch on are defined here once: the payloads
//! of the state machine's steps ([`steps`]), the trimmed webhook event
//! ([`event`]) and every name that occurs in the definition ([`names`]).

pub mod claim;
pub mod clock;
pub mod event;
pub mod fargate;
pub mod ids;
pub mod label;
pub mod names;
pub mod policy;
pub mod rate_limit;
pub mod reconcile;
pub mod rejection;
pub mod runner_name;
pub mod settings;
pub mod sizing;
pub mod steps;
pub mod text;
