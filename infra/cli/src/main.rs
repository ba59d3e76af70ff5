//! The command `jit-runners`; everything is in the library.

use jit_runners::commands::Arguments;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::read() {
        Ok(arguments) => arguments.run().await,
        Err(code) => code,
    }
}
