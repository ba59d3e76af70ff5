//! Collecting children that have ended.
//!
//! As the first process of a container we inherit every orphan of the job and
//! must collect them all, so the runner program is not a tokio `Child`: tokio
//! and a `waitpid(-1)` would take each other's results. Here one loop, woken by
//! SIGCHLD, calls `waitpid` for all and sorts out the one that matters.

use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// Which children to collect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reap {
    /// All: this process exists for one runner, and adopts its orphans.
    All,
    /// The runner program only: other children belong to somebody else.
    Own,
}

/// Stands for a status that was lost.
const STATUS_LOST: i32 = 255;

/// How the runner program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Exited(i32),
    Signalled(i32),
}

impl Reap {
    /// Collects whatever has ended; the runner program's status, if it is among them.
    pub(crate) fn collect(self, program: Pid) -> Option<Status> {
        let whom = match self {
            Self::All => None,
            Self::Own => Some(program),
        };
        let mut end = None;
        loop {
            match waitpid(whom, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) if pid == program => {
                    end = Some(Status::Exited(code));
                }
                Ok(WaitStatus::Signaled(pid, signal, _)) if pid == program => {
                    end = Some(Status::Signalled(signal as i32));
                }
                Ok(WaitStatus::StillAlive) => return end,
                // An orphan: collected, and of no interest.
                Ok(_) | Err(Errno::EINTR) => {}
                // No children are left. Had somebody else taken the program's
                // status, it could never be known: better an odd code than to wait for ever.
                Err(_) => return Some(end.unwrap_or(Status::Exited(STATUS_LOST))),
            }
        }
    }
}
