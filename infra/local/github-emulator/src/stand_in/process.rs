//! One script in bash, in a process group of its own: started, read, ended.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use super::log::Log;
use super::stop::{Stop, Stopper};

/// A script gets SIGINT, then SIGTERM, then SIGKILL, with these pauses, as
/// with the real runner (7.5 s and 2.5 s there; we leave sooner).
const GRACE: Duration = Duration::from_millis(1500);
/// How long output is awaited from what a script left running.
const AFTERMATH: Duration = Duration::from_secs(2);

/// How long a step may take once the runner was told to leave.
const PARTING: Duration = Duration::from_secs(3);

/// How a script ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, with this exit code.
    Exit(i32),
    /// Stopped for this reason.
    Stopped(Stop),
}

/// Runs `command`; its output goes to `log`, line by line. `known` is the reason
/// to stop that was known when it was decided to run this nevertheless; `groups`
/// gets the script's process group.
pub(super) async fn run(
    command: &mut Command,
    log: &Log,
    stopper: &Stopper,
    known: Option<Stop>,
    limit: Option<Duration>,
    groups: &mut Vec<Pid>,
) -> std::io::Result<End> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    groups.extend(
        child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .map(Pid::from_raw),
    );
    let readers = [
        child.stdout.take().map(|output| copy(output, log.clone())),
        child.stderr.take().map(|output| copy(output, log.clone())),
    ];
    // What still runs after a cancellation (`if: always()`) is not stopped by
    // it, but must not keep a machine from going down either.
    let limit = match known {
        Some(Stop::Shutdown) => Some(limit.unwrap_or(PARTING).min(PARTING)),
        _ => limit,
    };
    let stopped = async {
        match known {
            None => stopper.stopped().await,
            Some(_) => std::future::pending().await,
        }
    };
    let over = async {
        match limit {
            Some(limit) => tokio::time::sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    let end = tokio::select! {
        status = child.wait() => End::Exit(code(status?)),
        reason = stopped => End::Stopped(reason),
        () = over => End::Stopped(Stop::Timeout),
    };
    if let End::Stopped(_) = end {
        stop(&mut child).await;
    }
    for mut reader in readers.into_iter().flatten() {
        if tokio::time::timeout(AFTERMATH, &mut reader).await.is_err() {
            reader.abort();
        }
    }
    Ok(end)
}

/// Ends what scripts of these process groups left running.
pub(super) fn end_orphans(groups: &[Pid]) {
    for group in groups {
        // Most have nobody left.
        let _ = killpg(*group, Signal::SIGKILL);
    }
}

fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

async fn stop(child: &mut Child) {
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .map(Pid::from_raw);
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGKILL] {
        if let Some(group) = group {
            // It may have ended meanwhile.
            let _ = killpg(group, signal);
        }
        if tokio::time::timeout(GRACE, child.wait()).await.is_ok() {
            break;
        }
    }
    if let Some(group) = group {
        let _ = killpg(group, Signal::SIGKILL);
    }
}

fn copy(output: impl AsyncRead + Unpin + Send + 'static, log: Log) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut reader = BufReader::new(output);
        let mut line = Vec::new();
        while reader
            .read_until(b'\n', &mut line)
            .await
            .is_ok_and(|count| count > 0)
        {
            log.write(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
            line.clear();
        }
    })
}

/// A shell for `script`, as GitHub starts it.
pub(super) fn shell(name: Option<&str>, script: &Path) -> Command {
    let (program, arguments): (&str, &[&str]) = match name {
        Some("bash") => ("bash", &["--noprofile", "--norc", "-e", "-o", "pipefail"]),
        Some("sh") => ("sh", &["-e"]),
        _ => ("bash", &["-e"]),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(script);
    // A job must not find its runner's registration.
    command.env_remove("ACTIONS_RUNNER_INPUT_JITCONFIG");
    command
}

/// The line that GitHub shows for a shell.
pub(super) fn shown(name: Option<&str>) -> &'static str {
    match name {
        Some("bash") => "/usr/bin/bash --noprofile --norc -e -o pipefail {0}",
        Some("sh") => "/usr/bin/sh -e {0}",
        _ => "/usr/bin/bash -e {0}",
    }
}
