//! The process groups of one task, and signals to them.
//!
//! A first process that has ended is looked at before it is reaped, its group
//! is killed and struck off the list, and only then is it reaped: a signal can
//! never reach a stranger that was given the same number.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// The groups that are alive, by their first process.
#[derive(Debug, Default)]
pub(super) struct Groups(Mutex<Vec<Pid>>);

impl Groups {
    pub(super) fn add(&self, group: Pid) {
        self.lock().push(group);
    }

    /// SIGTERM to one group's first process.
    pub(super) fn terminate(&self, group: Pid) {
        if self.lock().contains(&group) {
            let _ = kill(group, Signal::SIGTERM);
        }
    }

    /// SIGTERM to the first process of every group.
    pub(super) fn terminate_all(&self) {
        for group in self.lock().iter() {
            let _ = kill(*group, Signal::SIGTERM);
        }
    }

    /// SIGKILL to one whole group.
    pub(super) fn kill(&self, group: Pid) {
        if self.lock().contains(&group) {
            let _ = killpg(group, Signal::SIGKILL);
        }
    }

    /// SIGKILL to every group.
    pub(super) fn kill_all(&self) {
        for group in self.lock().iter() {
            let _ = killpg(*group, Signal::SIGKILL);
        }
    }

    /// Blocks until the first process ends, ends its group, and reaps it.
    /// Returns its exit code as a container's.
    pub(super) fn wait(&self, mut child: Child, group: Pid) -> i32 {
        #[cfg(target_os = "linux")]
        {
            use nix::errno::Errno;
            use nix::sys::wait::{Id, WaitPidFlag, waitid};
            let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
            while waitid(Id::Pid(group), flags) == Err(Errno::EINTR) {}
            self.kill(group);
            self.remove(group);
        }
        let status = child.wait();
        // Elsewhere a look without reaping is not to be had.
        #[cfg(not(target_os = "linux"))]
        {
            self.kill(group);
            self.remove(group);
        }
        status.map_or(255, exit_code)
    }

    fn remove(&self, group: Pid) {
        self.lock().retain(|other| *other != group);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Pid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A container's exit code: 128 + the signal's number if there was one.
fn exit_code(status: ExitStatus) -> i32 {
    match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 255,
    }
}
