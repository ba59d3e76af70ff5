//! Whether the kernel killed something in a container for want of memory.
//!
//! Engines tell it in `State.OOMKilled`, some of them only for the first
//! process, some not at all. The kernel counts it in the container's own
//! control group, which goes away with the container: so it is looked at while
//! the container lives. Where the engine runs elsewhere there is nothing to see.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the kernel's count is looked at.
const PERIOD: Duration = Duration::from_millis(50);

/// The kernel's count for one container.
#[derive(Debug, Clone, Default)]
pub(super) struct Kills(Option<PathBuf>);

impl Kills {
    /// Of the container with this id, whose first process is `pid`.
    pub(super) fn of(pid: u32, id: &str) -> Self {
        let groups = std::fs::read_to_string(format!("/proc/{pid}/cgroup"));
        Self(groups.ok().and_then(|groups| file(&groups, id)))
    }

    /// Resolves once there is one; never, where nothing can be seen.
    pub(super) async fn seen(&self) {
        let Some(file) = &self.0 else {
            return std::future::pending().await;
        };
        loop {
            match std::fs::read_to_string(file) {
                Ok(events) if count(&events) > 0 => return,
                Ok(_) => tokio::time::sleep(PERIOD).await,
                // The container is gone, or its group never was to be seen.
                Err(_) => return std::future::pending().await,
            }
        }
    }
}

/// The file with the count, of a control group that is this container's.
fn file(groups: &str, id: &str) -> Option<PathBuf> {
    let root = Path::new("/sys/fs/cgroup");
    groups.lines().find_map(|line| {
        let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
        // A process of another machine may have the number of one of ours.
        let path = path.contains(id).then(|| path.trim_start_matches('/'))?;
        let file = match controllers {
            "memory" => root.join("memory").join(path).join("memory.oom_control"),
            "" => root.join(path).join("memory.events"),
            _ => return None,
        };
        file.exists().then_some(file)
    })
}

/// `oom_kill N`, in both versions of control groups.
fn count(events: &str) -> u64 {
    let kills = events
        .lines()
        .find_map(|line| line.strip_prefix("oom_kill "));
    kills
        .and_then(|kills| kills.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_in_both_versions() {
        let one = "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n";
        let two = "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\noom_group_kill 0\n";
        assert_eq!((count(one), count(two), count("")), (2, 1, 0));
    }

    #[test]
    fn a_group_of_something_else_is_not_looked_at() {
        assert_eq!(file("4:memory:/other\n0::/other\n", "abc"), None);
        assert_eq!(file("nonsense", "abc"), None);
    }
}
