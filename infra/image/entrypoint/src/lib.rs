//! The first process of the runner container. It takes the runner's JIT config
//! out of the hand-over table (once, atomically), gives it to the runner
//! program and to nobody else, and supervises that program: passes its output
//! on, forwards signals, reaps, and ends it at the idle limit (no job came) or
//! the total limit. Its exit code says how it went, see [`domain::names::exit_code`].
//!
//! `main` only collects the environment; [`run`] is the whole life, and tests
//! call it in their own process.

mod child;
mod end;
mod environment;
mod memory;
mod output;
mod program;
mod reap;
mod settings;
mod signals;
mod supervise;

use aws::handover::Handover;
use domain::clock::Clock;
use secrecy::SecretString;
use tokio::time::Instant;

pub use end::End;
pub use environment::{ALLOWED_AWS, scrub};
pub use memory::Memory;
pub use output::{Log, Stream};
pub use reap::Reap;
pub use settings::Settings;
pub use signals::{Forwarded, Signals};

/// What a container's life needs besides its settings.
#[derive(Debug)]
pub struct Deps {
    /// The hand-over table.
    pub handover: Handover,
    /// "Now", for the item's expiry.
    pub clock: Clock,
    /// Where lines go: the container's log.
    pub log: Log,
    /// Signals to this process.
    pub signals: Signals,
    /// Which children to collect.
    pub reap: Reap,
    /// The container's memory.
    pub memory: Memory,
}

/// From taking the JIT config to the runner program's end. Needs a tokio
/// runtime with I/O and time.
pub async fn run(settings: Settings, mut deps: Deps) -> End {
    let born = Instant::now();
    deps.log.line(format_args!(
        "jit-runners: runner {} for job {}",
        settings.runner_name, settings.job_id
    ));
    let end = match take(&settings, &mut deps).await {
        Ok(jit_config) => supervise::supervise(settings, &jit_config, &mut deps, born)
            .await
            .with_kills(deps.memory.kills()),
        Err(end) => end,
    };
    deps.log.line(format_args!("{}", end.closing_line()));
    end
}

/// The JIT config. A signal that comes first ends the container: nothing has
/// been started, and the machine mints anew.
async fn take(settings: &Settings, deps: &mut Deps) -> Result<SecretString, End> {
    let taken = tokio::select! {
        taken = deps.handover.take(&settings.handover_key, deps.clock.now()) => taken,
        signal = deps.signals.next() => return Err(End::Signalled(signal.number())),
    };
    taken.map_err(|error| {
        deps.log.line(format_args!("jit-runners: {error}"));
        End::from(&error)
    })
}
