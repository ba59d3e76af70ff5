//! The runner program as a child in a process group of its own.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use secrecy::{ExposeSecret, SecretString};

use crate::settings::Settings;

/// Hands the JIT config to the listener, which takes it out of its own environment.
const JIT_CONFIG: &str = "ACTIONS_RUNNER_INPUT_JITCONFIG";
/// Makes the listener exit with 7 where GitHub refuses its version.
const TELL_DEPRECATED: &str = "ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE";

/// A running program and its pipes.
pub(crate) struct Child {
    pub(crate) pid: Pid,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
}

/// Starts the runner program.
pub(crate) fn spawn(settings: &Settings, jit_config: &SecretString) -> io::Result<Child> {
    let missing = || io::Error::other("the program's pipes or id are missing");
    let (program, arguments) = settings.program.split_first().ok_or_else(missing)?;
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(
            settings
                .environment
                .iter()
                .map(|(name, value)| (name, value)),
        )
        .env(JIT_CONFIG, jit_config.expose_secret())
        .env(TELL_DEPRECATED, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    // The standard library's `Child` does nothing when it is dropped: reaping
    // is ours alone, see `crate::reap`.
    Ok(Child {
        pid: Pid::from_raw(i32::try_from(child.id()).map_err(|_| missing())?),
        stdout: child.stdout.take().ok_or_else(missing)?.into(),
        stderr: child.stderr.take().ok_or_else(missing)?.into(),
    })
}

/// Sends a signal to the program and all that it started in its group. That
/// nobody is left to receive it is no error.
pub(crate) fn signal_group(leader: Pid, signal: Signal) {
    let _ = killpg(leader, signal);
}
