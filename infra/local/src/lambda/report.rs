//! The lines that Lambda itself writes into a function's log.

use std::time::Duration;

/// `START`, `END` and `REPORT` around one event.
pub(crate) struct Report<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) memory_mb: u32,
    pub(crate) duration: Duration,
    /// How long the environment took to ask for its first event, told once.
    pub(crate) init: Option<Duration>,
    pub(crate) process_id: i32,
}

impl Report<'_> {
    pub(crate) fn start(request_id: &str, version: &str) -> String {
        format!("START RequestId: {request_id} Version: {version}")
    }

    pub(crate) fn end(&self) -> String {
        format!("END RequestId: {}", self.request_id)
    }

    pub(crate) fn report(&self) -> String {
        let milliseconds = self.duration.as_secs_f64() * 1000.0;
        let mut line = format!(
            "REPORT RequestId: {}\tDuration: {milliseconds:.2} ms\tBilled Duration: {} ms\tMemory Size: {} MB",
            self.request_id,
            milliseconds.ceil(),
            self.memory_mb,
        );
        if let Some(used) = peak_memory_mb(self.process_id) {
            line.push_str(&format!("\tMax Memory Used: {used} MB"));
        }
        if let Some(init) = self.init {
            line.push_str(&format!(
                "\tInit Duration: {:.2} ms",
                init.as_secs_f64() * 1000.0
            ));
        }
        line
    }
}

/// The peak of the process's resident memory, where the system tells it (Linux).
fn peak_memory_mb(process_id: i32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib.div_ceil(1024))
}
