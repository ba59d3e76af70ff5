//! The flags that choose how the local place runs tasks: as processes of this
//! machine, or as containers with their sizes as limits.

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use local::MakeLauncher;
use local::ecs::launcher::{ContainerLauncher, Engine, EngineChoice};

/// What `cargo xtask image` makes.
pub const DEMO_IMAGE: &str = "jit-runners-demo";

/// How tasks are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Processes of this machine: nothing to install, no limits
    Process,
    /// Containers of podman or docker, with the task's CPU and memory as limits
    Container,
}

/// The flags, for every command that starts a place.
#[derive(Debug, Args)]
pub(crate) struct LauncherFlags {
    /// How tasks run
    #[arg(long, value_enum, default_value_t = Kind::Process)]
    pub(crate) launcher: Kind,
}

impl LauncherFlags {
    /// The launcher for the place's settings. Where `image` is given, a
    /// container of it must start; containers that a killed place left are
    /// removed.
    ///
    /// # Errors
    /// No engine works, or none has the image: the sentence says what to do.
    pub(crate) async fn make(&self, image: Option<&str>) -> Result<Option<MakeLauncher>> {
        match self.launcher {
            Kind::Process => Ok(None),
            Kind::Container => containers(image).await.map(Some),
        }
    }
}

/// A launcher of containers, by the engine that this machine has.
///
/// # Errors
/// No engine works, or none has the image.
pub async fn containers(image: Option<&str>) -> Result<MakeLauncher> {
    let found = Engine::find(&EngineChoice::from_environment(), image).await;
    let engine = match image {
        Some(DEMO_IMAGE) => found.context("the demo's image is made by `cargo xtask image`")?,
        _ => found?,
    };
    match engine.remove_orphans().await {
        Ok(0) => {}
        Ok(removed) => {
            eprintln!("Removed {removed} containers of a place that had been killed.");
        }
        // They harm nobody, and the next start looks again.
        Err(why) => eprintln!("Containers of earlier places could not be looked for: {why}."),
    }
    Ok(ContainerLauncher::maker(engine))
}
