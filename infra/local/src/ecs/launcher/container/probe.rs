//! What an engine needs on this machine, found out by starting a container.
//!
//! Some machines let nobody raise limits, so that the engine's own defaults for
//! open files and processes are refused; on some only runc works. Each variant
//! is tried with real limits, and the first that starts a container is kept.

use super::arguments::{LIMITS_OF_A_PROBE, NETWORK};
use super::engine::{Engine, complaint};

/// Defaults that are below every hard limit.
const LOW_LIMITS: &[&str] = &["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"];
const RUNC: &[&str] = &["--runtime=runc"];

/// The exit code of an engine whose container got as far as its command, which
/// the image does not have.
const COMMAND_NOT_FOUND: i32 = 127;

/// The additional arguments that work, or what the engine said to the first try.
pub(super) async fn run(engine: &Engine, image: &str) -> Result<Vec<String>, String> {
    let variants: [Vec<&str>; 4] = [
        Vec::new(),
        LOW_LIMITS.to_vec(),
        RUNC.to_vec(),
        [RUNC, LOW_LIMITS].concat(),
    ];
    let mut first = None;
    for variant in variants {
        match starts(engine, image, &variant).await {
            Ok(()) => {
                tracing::debug!(engine = engine.program(), ?variant, "containers start");
                return Ok(variant.into_iter().map(str::to_owned).collect());
            }
            Err(why) => first = Some(first.unwrap_or(why)),
        }
    }
    Err(first.unwrap_or_default())
}

async fn starts(engine: &Engine, image: &str, variant: &[&str]) -> Result<(), String> {
    let mut arguments = vec!["run", "--rm", "--pull=never", NETWORK];
    arguments.extend(LIMITS_OF_A_PROBE);
    arguments.extend(variant);
    arguments.extend(["--entrypoint=/bin/true", image]);
    let output = engine.output(&arguments).await?;
    match output.status.code() {
        Some(0 | COMMAND_NOT_FOUND) => Ok(()),
        _ => Err(complaint(&output.stderr)),
    }
}
