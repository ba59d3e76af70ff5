//! Processes that left their task's process group (`setsid`, a daemon) and
//! would outlive it.
//!
//! They are found through `/proc`: by the task's marker in their environment,
//! or by a working folder inside the task's. A process that wipes its
//! environment *and* leaves the folder is not found: only a container can hold
//! that one. Where there is no `/proc`, nothing is found.

use std::fs;
use std::path::Path;

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use super::environment::{PLACE_MARKER, TASK_MARKER};

/// A process may fork between being seen and being killed; so many rounds
/// catch all but a fork bomb.
const ROUNDS: usize = 20;

/// Kills every process of a task that is left; returns how many there were.
pub(super) fn kill_all(task_id: &str, work_folder: &Path) -> usize {
    kill(&format!("{TASK_MARKER}={task_id}"), work_folder)
}

/// Kills every process that is left of a place that was killed, functions and tasks
/// alike; returns how many there were. `folder`: the place's own.
pub(crate) fn kill_of_place(place: &str, folder: &Path) -> usize {
    let work_folders = folder.join("tasks");
    // Links in the path are none in `/proc`.
    let work_folders = fs::canonicalize(&work_folders).unwrap_or(work_folders);
    let killed = kill(&format!("{PLACE_MARKER}={place}"), &work_folders);
    let _ = fs::remove_dir_all(&work_folders);
    killed
}

fn kill(marker: &str, work_folder: &Path) -> usize {
    let mut killed = 0;
    for _ in 0..ROUNDS {
        let found = find(marker, work_folder);
        if found.is_empty() {
            break;
        }
        killed += found.len();
        for pid in found {
            // It may have ended by itself since.
            let _ = signal::kill(pid, Signal::SIGKILL);
        }
    }
    killed
}

fn find(marker: &str, work_folder: &Path) -> Vec<Pid> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path();
            // A zombie has no environment and no folder: it is never found.
            let marked = fs::read(folder.join("environ")).is_ok_and(|environment| {
                environment
                    .split(|byte| *byte == 0)
                    .any(|variable| variable == marker.as_bytes())
            });
            let inside =
                || fs::read_link(folder.join("cwd")).is_ok_and(|cwd| cwd.starts_with(work_folder));
            (marked || inside()).then_some(Pid::from_raw(pid))
        })
        .collect()
}
