//! How the container's life ended, as an exit code and as a closing line.

use std::fmt;

use aws::handover::TakeError;
use domain::names::exit_code;

/// The end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The runner program exited by itself, or after a signal that was forwarded.
    Exited(i32),
    /// A signal ended the runner program, or this process before it had started one.
    Signalled(i32),
    /// The settings are unusable; the sentence says which.
    SettingsInvalid(String),
    /// The hand-over item is gone, spent or expired.
    HandoverGone,
    /// The hand-over table could not be asked: nothing was taken.
    HandoverUnreachable,
    /// The runner program could not be started; the sentence says why.
    NotStarted(String),
    /// No job started within so many seconds.
    Idle(u64),
    /// The total limit of so many seconds was reached.
    TimeOver(u64),
    /// GitHub refuses the runner's version.
    RunnerVersionRefused,
    /// The runner program ended, and the kernel had killed so many processes for
    /// want of memory.
    OutOfMemory(u64),
}

impl End {
    /// What a runner program's own exit code means.
    pub fn of_exit(code: i32) -> Self {
        match code {
            exit_code::LISTENER_VERSION_DEPRECATED => Self::RunnerVersionRefused,
            other => Self::Exited(other),
        }
    }

    /// The same end, where the kernel killed so many processes meanwhile. An end
    /// that has a reason of its own keeps it.
    pub(crate) fn with_kills(self, kills: u64) -> Self {
        match self {
            Self::Exited(_) | Self::Signalled(_) if kills > 0 => Self::OutOfMemory(kills),
            other => other,
        }
    }

    /// The process's exit code, 0 to 255.
    pub fn exit_code(&self) -> i32 {
        match self {
            Self::Exited(code) => *code,
            Self::Signalled(signal) => 128 + signal,
            Self::SettingsInvalid(_) => exit_code::SETTINGS_INVALID,
            Self::HandoverGone => exit_code::HANDOVER_GONE,
            Self::HandoverUnreachable => exit_code::HANDOVER_UNREACHABLE,
            Self::NotStarted(_) => exit_code::PROGRAM_NOT_STARTED,
            Self::Idle(_) => exit_code::IDLE,
            Self::TimeOver(_) => exit_code::TIME_OVER,
            Self::RunnerVersionRefused => exit_code::RUNNER_VERSION_REFUSED,
            Self::OutOfMemory(_) => exit_code::OUT_OF_MEMORY,
        }
    }

    /// The last line of the container's log.
    pub fn closing_line(&self) -> impl fmt::Display + '_ {
        ClosingLine(self)
    }
}

/// Why there is no JIT config.
impl From<&TakeError> for End {
    fn from(error: &TakeError) -> Self {
        match error {
            TakeError::Gone | TakeError::Expired | TakeError::LostAnswer(_) => Self::HandoverGone,
            TakeError::Unreachable(_) => Self::HandoverUnreachable,
        }
    }
}

/// See [`End::closing_line`].
struct ClosingLine<'a>(&'a End);

impl fmt::Display for ClosingLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.0.exit_code();
        match self.0 {
            // The line that the official runner's own scripts print, and that people look for.
            End::Exited(exit_code::LISTENER_OK) => f.write_str(
                "Runner listener exit with 0 return code, stop the service, no retry needed.",
            ),
            End::Exited(_) => write!(
                f,
                "jit-runners: runner listener exit with {code} return code."
            ),
            End::Signalled(signal) => {
                write!(
                    f,
                    "jit-runners: ended by signal {signal}; exit code {code}."
                )
            }
            End::SettingsInvalid(sentence) => {
                write!(f, "jit-runners: {sentence} Exit code {code}.")
            }
            End::HandoverGone => write!(
                f,
                "jit-runners: no runner was started, since its JIT config is spent; exit code {code}."
            ),
            End::HandoverUnreachable => write!(
                f,
                "jit-runners: no runner was started, and its JIT config was not taken; exit code {code}."
            ),
            End::NotStarted(why) => write!(f, "jit-runners: {why} Exit code {code}."),
            End::Idle(seconds) => write!(
                f,
                "jit-runners: no job started within {seconds} s, runner ended; exit code {code}."
            ),
            End::TimeOver(seconds) => write!(
                f,
                "jit-runners: the total limit of {seconds} s is over, runner ended; exit code {code}."
            ),
            End::RunnerVersionRefused => write!(
                f,
                "jit-runners: GitHub refuses this runner's version, rebuild the image; exit code {code}."
            ),
            End::OutOfMemory(kills) => write!(
                f,
                "jit-runners: out of memory, the kernel killed processes ({kills}): give the job a larger size; exit code {code}."
            ),
        }
    }
}
