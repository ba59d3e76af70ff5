//! Whatever labels, policies and deliveries say: no panic, and the promises
//! that others build on. `PROPERTY_CASES` says how many cases.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "never_panics/deliveries.rs"]
mod deliveries;
#[path = "never_panics/labels.rs"]
mod labels;
#[path = "never_panics/policies.rs"]
mod policies;

use proptest::prelude::*;

/// As many cases as `PROPERTY_CASES` says; nothing is written beside the sources.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPERTY_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(256),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
