//! AWS's side: one small client a capability, each behind a Cargo feature, so
//! that a program links only the SDKs that it calls.
//!
//! [`config::Config`] says how to reach AWS (or an endpoint that speaks like
//! it) and is shared by all clients. Everything that fails is a
//! [`StoreError`], except where a caller must branch on what happened.

#[cfg(any(
    feature = "claims",
    feature = "limits",
    feature = "repositories",
    feature = "upkeep"
))]
mod conditional;
pub mod config;
pub mod error;

#[cfg(feature = "claims")]
pub mod claims;
#[cfg(feature = "dead-letters")]
pub mod dead_letters;
#[cfg(feature = "events")]
pub mod events;
#[cfg(feature = "executions")]
pub mod executions;
#[cfg(feature = "handover")]
pub mod handover;
#[cfg(feature = "limits")]
pub mod limits;
#[cfg(feature = "repositories")]
pub mod repositories;
#[cfg(feature = "secrets")]
pub mod secrets;
#[cfg(feature = "signing")]
pub mod signing;
#[cfg(feature = "tasks")]
pub mod tasks;
#[cfg(feature = "upkeep")]
pub mod upkeep;

pub use config::Config;
pub use error::StoreError;
