//! `cargo xtask image`: the demo's runner image, without any registry.
//!
//! It is the real infra/image/Dockerfile with the real entrypoint, on a base
//! whose listener is the stand-in that plays the official runner against the
//! emulated GitHub. That base in turn stands on Debian, made by debootstrap
//! once and kept in target/image, or on any base that is named.

mod base;
mod context;
mod engine;

use crate::build;
use anyhow::Result;
use clap::Args;
pub(crate) use context::Context;
use engine::Engine;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The name of the demo's image.
pub(crate) const DEMO: &str = "jit-runners-demo";
/// The base of the demo's image: user and stand-in listener.
const DEMO_BASE: &str = "jit-runners-demo-base";

#[derive(Args)]
pub(crate) struct Image {
    /// A base with bash and ca-certificates instead of the one that debootstrap makes, as debian:bookworm-slim
    #[arg(long, value_name = "IMAGE")]
    base: Option<String>,
    /// The folder of the stand-in runner and the entrypoint, where they are built already
    #[arg(long, value_name = "FOLDER", env = "JIT_RUNNERS_BINARIES")]
    binaries: Option<PathBuf>,
    /// The entrypoint to put in, as target/package/entrypoint-x86_64; the debug build without it
    #[arg(long, value_name = "FILE")]
    entrypoint: Option<PathBuf>,
}

impl Image {
    /// Builds and tags the image; its name is the only line on standard output.
    #[expect(clippy::print_stdout, reason = "the result of the command")]
    pub(crate) fn run(self) -> Result<ExitCode> {
        let binaries = match self.binaries {
            Some(folder) => folder,
            None => build::binaries()?,
        };
        let entrypoint = self
            .entrypoint
            .unwrap_or_else(|| binaries.join("entrypoint"));
        println!("{}", demo(&binaries, &entrypoint, self.base.as_deref())?);
        Ok(ExitCode::SUCCESS)
    }
}

/// Builds the demo's image of `entrypoint` and the stand-in runner in `binaries`; answers its name.
pub(crate) fn demo(binaries: &Path, entrypoint: &Path, base: Option<&str>) -> Result<String> {
    let engine = Engine::find()?;
    let base = match base {
        Some(given) => given.to_owned(),
        None => base::debian(&engine)?,
    };
    let stand_in = binaries.join("stand-in-runner");
    let below = Context::new(
        "demo-base",
        "infra/image/demo",
        "stand-in-runner",
        &stand_in,
    )?;
    engine.build(below.path(), DEMO_BASE, &[("BASE", &base)])?;
    let image = Context::new("demo", "infra/image", "entrypoint", entrypoint)?;
    let base = engine.local_name(DEMO_BASE);
    engine.build(image.path(), DEMO, &[("BASE", &base)])?;
    Ok(engine.local_name(DEMO))
}
