//! `jit-runners up`: the local place alone, until Ctrl-C or SIGTERM.

use crate::faults::FaultsFlag;
use crate::launcher::LauncherFlags;
use crate::output;
use crate::page;
use crate::signals::Signals;
use anyhow::Result;
use clap::Args;
use local::{Data, Place, Settings};
use std::path::PathBuf;
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
    /// Keep the place's state in this folder and go on from it; in memory where not given
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// With --data: answer only when the change is on the disk, for power cuts too
    #[arg(long, requires = "data")]
    fsync: bool,
    #[command(flatten)]
    faults: FaultsFlag,
}

impl Up {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let faults = self.faults.read()?.without_github()?;
        let mut signals = Signals::listen()?;
        let data = self.data.map(|folder| Data {
            folder,
            fsync: self.fsync,
        });
        let place = Place::start(Settings {
            port: self.port,
            data,
            launcher: self.launcher.make(self.image.as_deref()).await?,
            ..Settings::default()
        })
        .await?;
        faults.apply_to_place(&place);
        let console = page::mount(&place).await;
        output::result(&how_to_reach(&place));
        signals.asked_to_end().await;
        output::result(&faults.report(&place, None));
        output::result("Stopping.\n");
        console.shutdown().await;
        place.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// How to use a place that runs, and its console.
pub(crate) fn how_to_reach(place: &Place) -> String {
    format!(
        "The local place is ready at {endpoint}

Its console shows jobs, executions and their graphs: {console}

Use it with the aws command or any AWS SDK:

  export AWS_ENDPOINT_URL={endpoint} AWS_REGION={region} AWS_DEFAULT_REGION={region}
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws stepfunctions list-state-machines
  aws ecs list-clusters
  aws dynamodb list-tables

Ctrl-C stops it and everything it started.
",
        endpoint = place.endpoint(),
        console = page::address(place),
        region = local::REGION
    )
}
