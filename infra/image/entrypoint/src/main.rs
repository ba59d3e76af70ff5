//! The container's first process: environment in, exit code out.

use std::process::ExitCode;

use aws::config::Config;
use aws::handover::Handover;
use domain::clock::Clock;
use entrypoint::{Deps, End, Log, Memory, Reap, Settings, Signals, Stream, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    harden();
    let end = live().await.unwrap_or_else(|sentence| {
        let end = End::SettingsInvalid(sentence);
        write(Stream::Out, &end.closing_line().to_string());
        end
    });
    ExitCode::from(u8::try_from(end.exit_code()).unwrap_or(u8::MAX))
}

async fn live() -> Result<End, String> {
    let settings = Settings::from_variables(std::env::vars_os()).map_err(|e| e.to_string())?;
    let signals = Signals::of_process()
        .map_err(|e| format!("the signal handlers cannot be installed ({e})."))?;
    let deps = Deps {
        handover: Handover::new(&Config::from_env().await, &settings.handover_table),
        clock: Clock::system(),
        log: Log::new(write),
        signals,
        reap: Reap::All,
        memory: Memory::of_container(),
    };
    Ok(run(settings, deps).await)
}

/// Keeps the job's processes from reading our environment under /proc, and
/// makes its orphans ours even where we are not the first process. Both are
/// best effort: where the kernel refuses, the runner works all the same.
fn harden() {
    #[cfg(target_os = "linux")]
    {
        let _ = nix::sys::prctl::set_dumpable(false);
        let _ = nix::sys::prctl::set_child_subreaper(true);
    }
}

/// The container's log. A closed pipe is nobody's fault, and no reason to stop.
fn write(stream: Stream, line: &str) {
    use std::io::Write;
    let _ = match stream {
        Stream::Out => writeln!(std::io::stdout().lock(), "{line}"),
        Stream::Err => writeln!(std::io::stderr().lock(), "{line}"),
    };
}
