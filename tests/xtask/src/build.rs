//! The binaries that the demo and the tests start as processes.
//!
//! They are built together with the whole workspace's features, so that a
//! later `cargo test --workspace` compiles no dependency a second time.

use crate::run::{cargo, root, run};
use anyhow::Result;
use std::path::PathBuf;

/// Builds every binary of the workspace; answers the folder they are in.
pub(crate) fn binaries() -> Result<PathBuf> {
    run(cargo(&[
        "build",
        "--workspace",
        "--exclude",
        "benches",
        "--bins",
    ]))?;
    Ok(target().join("debug"))
}

/// Cargo's target folder, as Cargo finds it.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
