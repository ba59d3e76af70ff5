//! Whether the kernel killed something in this container for want of memory.
//!
//! It kills the largest process, which is the job's and not this one: the
//! runner lives on, reports a failed job, and ends well, so that nobody learns
//! why. The kernel counts its kills in the container's control group.

use std::path::{Path, PathBuf};

/// Where a container finds its own group, in both versions of control groups.
const FILES: [&str; 2] = [
    "/sys/fs/cgroup/memory.events",
    "/sys/fs/cgroup/memory/memory.oom_control",
];

/// The kernel's count, and how high it was in the beginning.
#[derive(Debug, Clone)]
pub struct Memory {
    file: Option<PathBuf>,
    before: u64,
}

impl Memory {
    /// The container's whose first process this is. Any other process may share
    /// its group with strangers: then nothing is ever counted.
    #[must_use]
    pub fn of_container() -> Self {
        let first = std::process::id() == 1;
        let file = FILES.iter().map(Path::new).find(|file| file.exists());
        Self::counted_in(file.filter(|_| first).map(Path::to_owned))
    }

    /// Counted in a file of the kernel's form.
    #[must_use]
    pub fn counted_in(file: Option<PathBuf>) -> Self {
        let mut memory = Self { file, before: 0 };
        memory.before = memory.count();
        memory
    }

    /// How many processes were killed since.
    pub(crate) fn kills(&self) -> u64 {
        self.count().saturating_sub(self.before)
    }

    fn count(&self) -> u64 {
        let events = self
            .file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok());
        events.as_deref().and_then(kills).unwrap_or(0)
    }
}

fn kills(events: &str) -> Option<u64> {
    let kills = events
        .lines()
        .find_map(|line| line.strip_prefix("oom_kill "));
    kills?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_in_both_versions() {
        assert_eq!(
            kills("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
            Some(2)
        );
        assert_eq!(
            kills("max 9\noom 1\noom_kill 1\noom_group_kill 0\n"),
            Some(1)
        );
        assert_eq!(kills("low 0\n"), None);
    }

    #[test]
    fn without_a_group_of_its_own_nothing_is_counted() {
        // This test is no container's first process.
        assert_eq!(Memory::of_container().kills(), 0);
    }
}
