//! What the kernel says of a process: CPU and resident memory (Linux, `/proc`).
//!
//! CPU is the sum of `/proc/<pid>/task/*/schedstat`, in nanoseconds and of that
//! process alone. How it is shared between user and kernel is sampled by the
//! kernel (`utime`, `stime` of `/proc/<pid>/stat`), so that share is rough.

use anyhow::{Context as _, Result, anyhow};
use std::fs;

/// The CPU that a process has used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cpu {
    /// All of it, nanoseconds.
    pub nanoseconds: u64,
    /// Clock ticks in user mode.
    user: u64,
    /// Clock ticks in the kernel.
    system: u64,
}

impl Cpu {
    /// Until now.
    ///
    /// # Errors
    /// There is no such process.
    pub fn of(process: i32) -> Result<Self> {
        let mut nanoseconds = 0;
        for thread in fs::read_dir(format!("/proc/{process}/task"))? {
            nanoseconds += run_time(&thread?.path().join("schedstat").to_string_lossy())?;
        }
        let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
        // Behind the name, which may hold anything, come the fields from the third on.
        let (_, rest) = stat.rsplit_once(')').context("a stat line has a name")?;
        let field = |number: usize| -> Result<u64> {
            let text = rest.split_whitespace().nth(number - 3);
            Ok(text.context("a stat line has its fields")?.parse()?)
        };
        Ok(Self {
            nanoseconds,
            user: field(14)?,
            system: field(15)?,
        })
    }

    /// Milliseconds since `before`.
    pub fn milliseconds_since(&self, before: &Self) -> f64 {
        (self.nanoseconds.saturating_sub(before.nanoseconds)) as f64 / 1e6
    }

    /// The share of user mode since `before`, as the kernel sampled it.
    pub fn user_share_since(&self, before: &Self) -> f64 {
        let user = (self.user - before.user) as f64;
        let system = (self.system - before.system) as f64;
        user / (user + system).max(1.0)
    }
}

/// The first figure of a `schedstat`: time on a CPU, nanoseconds.
fn run_time(path: &str) -> Result<u64> {
    let text = fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?;
    let figure = text.split_whitespace().next();
    Ok(figure.context("a schedstat has figures")?.parse()?)
}

/// A process's resident memory, KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// All of it, `VmRSS`.
    pub resident: u64,
    /// Its own: not backed by the binary's file, which the page cache shares.
    pub anonymous: u64,
}

impl Memory {
    /// Right now.
    ///
    /// # Errors
    /// There is no such process.
    pub fn of(process: i32) -> Result<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let field = |name: &str| -> Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let figure =
                line.and_then(|rest| rest.trim_start_matches(':').split_whitespace().next());
            Ok(figure
                .with_context(|| format!("there is no {name}"))?
                .parse()?)
        };
        Ok(Self {
            resident: field("VmRSS")?,
            anonymous: field("RssAnon")?,
        })
    }
}

/// The one of these processes whose environment holds `_HANDLER=<handler>`.
///
/// # Errors
/// There is none.
pub fn of_handler(processes: &[i32], handler: &str) -> Result<i32> {
    let wanted = format!("_HANDLER={handler}");
    processes
        .iter()
        .copied()
        .find(|process| {
            fs::read(format!("/proc/{process}/environ")).is_ok_and(|bytes| {
                bytes
                    .split(|byte| *byte == 0)
                    .any(|one| one == wanted.as_bytes())
            })
        })
        .ok_or_else(|| anyhow!("no process serves {handler}"))
}
