//! Lambda's `bootstrap`: serves the function that `_HANDLER` names.

#![allow(
    clippy::print_stderr,
    reason = "the one sentence for people before the loop exists"
)]

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = handler::environment();
    handler::init_telemetry(settings.optional("RUST_LOG").as_deref());
    let Err(error) = bootstrap::dispatch(&settings).await else {
        return ExitCode::SUCCESS;
    };
    eprintln!("{error}");
    ExitCode::FAILURE
}
