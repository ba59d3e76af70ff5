//! `jit-runners demo`: the main job on this machine, with evidence.

use crate::demo::{self, Options};
use crate::faults::FaultsFlag;
use crate::launcher::{DEMO_IMAGE, Kind, LauncherFlags};
use anyhow::{Context as _, Result};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Run this workflow file instead of the article's
    #[arg(long, value_name = "FILE")]
    workflow: Option<PathBuf>,
    /// Print the result as JSON on standard output; progress goes to standard error
    #[arg(long)]
    json: bool,
    /// Leave the place running and say how to reach it
    #[arg(long)]
    keep: bool,
    /// Serve the console while the demo runs; with --keep it is served anyway
    #[arg(long)]
    console: bool,
    /// The place's loopback port; 0 takes a free one
    #[arg(long, default_value_t = 0, value_name = "N")]
    port: u16,
    /// Give up after so many seconds
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    timeout: u64,
    #[command(flatten)]
    launcher: LauncherFlags,
    /// With containers: the runner's image
    #[arg(long, value_name = "NAME", default_value = DEMO_IMAGE)]
    image: String,
    #[command(flatten)]
    faults: FaultsFlag,
}

impl Demo {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let faults = self.faults.read()?;
        let workflow = match self.workflow {
            None => demo::Workflow::article(),
            Some(path) => {
                let text = std::fs::read_to_string(&path).with_context(|| {
                    format!(
                        "the workflow file {} cannot be read: give the path of a file",
                        path.display()
                    )
                })?;
                demo::Workflow::other(&path, text)
            }
        };
        let image = (self.launcher.launcher == Kind::Container).then_some(self.image);
        demo::run(Options {
            launcher: self.launcher.make(image.as_deref()).await?,
            image,
            workflow,
            json: self.json,
            keep: self.keep,
            console: self.console,
            port: self.port,
            timeout: Duration::from_secs(self.timeout),
            faults,
        })
        .await
    }
}
