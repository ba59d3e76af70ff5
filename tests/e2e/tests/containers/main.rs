//! The main job with real containers: limits that bite, an entrypoint that is
//! the first process, and nothing left, not even by a place that was killed.
//!
//! Needs podman or docker and the image that `cargo xtask image` makes; skips
//! with a word where there is none, except under `JIT_RUNNERS_TEST_ALL`.

mod jobs;
mod orphans;
mod tasks;
