//! The emulator against GitHub's own description of itself: every operation with
//! every status that it can answer, and every webhook.
//!
//! Answers are held to the OpenAPI description (npm `@octokit/openapi`), webhooks to
//! it and to npm `@octokit/webhooks-schemas`. `cargo xtask test` installs them;
//! where they are absent the tests still ask everything, say that nothing was
//! held to the description, and check the rest.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod answers;
mod cases;
mod everywhere;
mod github;
mod headers;
mod stage;
#[path = "../stories/support.rs"]
mod support;
mod unlisted;
mod webhooks;
