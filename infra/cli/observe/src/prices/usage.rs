//! What one served job uses beside its task, on the happy path.
//!
//! States are those of the definition (a test walks it). Requests, writes and
//! events are counted from the functions' code, each rounded up. Durations and
//! log sizes are allowances: the CPU time that was measured
//! (docs/performance.md) is a hundredth of them, the rest is waiting for GitHub
//! and AWS, which was not measured there.

/// The states that an execution enters when all goes well.
pub const HAPPY_PATH: [&str; 11] = [
    "Size",
    "Sized",
    "Claim",
    "Claimed",
    "Mint",
    "Minted",
    "RunRunner",
    "VerifyRemoval",
    "Route",
    "Release",
    "Done",
];

/// Transitions that AWS bills for them: into each, and to the end.
pub const TRANSITIONS: u32 = 12;

/// A function's calls for one job: how often, MiB, milliseconds each.
#[derive(Debug, Clone, Copy)]
pub struct Calls {
    /// Its handler setting.
    pub handler: &'static str,
    /// How often it is called.
    pub times: u32,
    /// Its memory in the stack.
    pub memory_mib: u32,
    /// Billed for each call.
    pub milliseconds: u32,
}

/// GitHub announces each job three times: queued, in progress, completed.
pub const CALLS: [Calls; 4] = [
    Calls {
        handler: "webhook",
        times: 3,
        memory_mib: 256,
        milliseconds: 50,
    },
    Calls {
        handler: "size",
        times: 1,
        memory_mib: 128,
        milliseconds: 10,
    },
    Calls {
        handler: "mint",
        times: 1,
        memory_mib: 256,
        milliseconds: 1000,
    },
    Calls {
        handler: "verify-removal",
        times: 1,
        memory_mib: 256,
        milliseconds: 1000,
    },
];

/// Write units: the claim's few updates, and the hand-over item (a JIT
/// configuration of 5 kB) put once and deleted once, one unit a kB.
pub const WRITE_UNITS: u32 = 20;
/// Read units.
pub const READ_UNITS: u32 = 4;
/// Events on the bus.
pub const EVENTS: u32 = 3;
/// Lines of functions, task and state machine, in bytes.
pub const LOG_BYTES: u32 = 30_000;
