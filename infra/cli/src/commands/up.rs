//! `jit-runners up`: the local place alone, until Ctrl-C or SIGTERM.

use crate::launcher::LauncherFlags;
use crate::output;
use crate::signals::Signals;
use anyhow::Result;
use clap::Args;
use local::{Place, Settings};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Up {
    /// The loopback port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 4566, value_name = "N")]
    port: u16,
    #[command(flatten)]
    launcher: LauncherFlags,
    /// With containers: start only where a container of this image starts
    #[arg(long, value_name = "NAME")]
    image: Option<String>,
}

impl Up {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let mut signals = Signals::listen()?;
        let place = Place::start(Settings {
            port: self.port,
            launcher: self.launcher.make(self.image.as_deref()).await?,
            ..Settings::default()
        })
        .await?;
        output::result(&how_to_reach(&place.endpoint()));
        signals.asked_to_end().await;
        output::result("Stopping.\n");
        place.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// How to use a place at `endpoint` without a console.
pub(crate) fn how_to_reach(endpoint: &str) -> String {
    format!(
        "The local place is ready at {endpoint}

Use it with the aws command or any AWS SDK:

  export AWS_ENDPOINT_URL={endpoint} AWS_REGION={region} AWS_DEFAULT_REGION={region}
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws stepfunctions list-state-machines
  aws ecs list-clusters
  aws dynamodb list-tables

Ctrl-C stops it and everything it started.
",
        region = local::REGION
    )
}
