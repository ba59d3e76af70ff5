//! The command `jit-runners`; everything is in the library.

use clap::Parser as _;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    jit_runners::commands::Arguments::parse().run().await
}
