//! The exit codes of the container. The listener's own codes are passed on;
//! those from 80 on are the entrypoint's. 128 + n stands for signal n.

/// The listener (`bin/Runner.Listener run`) ended well.
pub const LISTENER_OK: i32 = 0;
/// The listener's "terminated error".
pub const LISTENER_TERMINATED: i32 = 1;
/// The listener's "retryable error".
pub const LISTENER_RETRYABLE: i32 = 2;
/// The listener met a conflicting session.
pub const LISTENER_SESSION_CONFLICT: i32 = 5;
/// The listener's version is no longer accepted by GitHub. The entrypoint turns it into [`RUNNER_VERSION_REFUSED`].
pub const LISTENER_VERSION_DEPRECATED: i32 = 7;

/// The entrypoint's settings are missing or invalid; nothing was taken.
pub const SETTINGS_INVALID: i32 = 80;
/// The hand-over item is gone, spent or expired; the machine mints anew.
pub const HANDOVER_GONE: i32 = 81;
/// No job started within the idle limit.
pub const IDLE: i32 = 82;
/// The total limit was reached; a running job was ended.
pub const TIME_OVER: i32 = 83;
/// GitHub refuses the runner's version: the image must be rebuilt.
pub const RUNNER_VERSION_REFUSED: i32 = 84;
/// The runner program could not be started.
pub const PROGRAM_NOT_STARTED: i32 = 85;
/// The hand-over table could not be asked: nothing was taken.
pub const HANDOVER_UNREACHABLE: i32 = 86;
/// The kernel killed a process of the job: the task's memory was used up.
pub const OUT_OF_MEMORY: i32 = 87;

/// The entrypoint's own codes, with the names used in the documentation.
pub const ALL: &[(&str, i32)] = &[
    ("settings_invalid", SETTINGS_INVALID),
    ("handover_gone", HANDOVER_GONE),
    ("idle", IDLE),
    ("time_over", TIME_OVER),
    ("runner_version_refused", RUNNER_VERSION_REFUSED),
    ("program_not_started", PROGRAM_NOT_STARTED),
    ("handover_unreachable", HANDOVER_UNREACHABLE),
    ("out_of_memory", OUT_OF_MEMORY),
];
