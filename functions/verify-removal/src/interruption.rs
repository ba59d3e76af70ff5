//! Whether a task's host, and not its job, made the end.

use domain::names::exit_code;

use crate::end::TaskEnd;

/// What took a running job down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// Spot capacity was taken back.
    Spot,
    /// The host failed.
    HostLost,
    /// The kernel killed the container.
    OutOfMemory,
    /// The task ended with the job still running, and nothing says why.
    TaskLost,
}

/// 128 + SIGKILL: out of memory, or taken down without notice.
const KILLED: i32 = 137;

impl Interruption {
    /// What the task's end says; `None` where its job ended it.
    pub(crate) fn of(task: &TaskEnd) -> Option<Self> {
        if task.exit_code == Some(exit_code::TIME_OVER) {
            return None;
        }
        if is_spot_stop(task) {
            return Some(Self::Spot);
        }
        if task.stop_code == "InfrastructureHealth" {
            return Some(Self::HostLost);
        }
        (is_out_of_memory(task) || task.exit_code == Some(KILLED)).then_some(Self::OutOfMemory)
    }

    /// The word in the logs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::HostLost => "host_lost",
            Self::OutOfMemory => "out_of_memory",
            Self::TaskLost => "task_lost",
        }
    }

    /// The sentence for people.
    pub(crate) fn sentence(self, task: Option<&TaskEnd>) -> String {
        let sentence = match self {
            Self::Spot => "Spot capacity was taken back while the job ran.",
            Self::HostLost => "The task's host was lost while the job ran.",
            Self::OutOfMemory => return out_of_memory(task),
            Self::TaskLost => {
                "The task ended and took the running job with it; GitHub will fail the job."
            }
        };
        sentence.to_owned()
    }
}

/// Whether AWS took the capacity back.
pub(crate) fn is_spot_stop(task: &TaskEnd) -> bool {
    matches!(
        task.stop_code.as_str(),
        "SpotInterruption" | "TerminationNotice"
    )
}

/// Names the size, and the label that asks for twice the memory. Labels are
/// rounded up to what Fargate has, so that this one is always valid.
fn out_of_memory(task: Option<&TaskEnd>) -> String {
    let certain = task.is_some_and(is_out_of_memory);
    let what = if certain {
        "The job ran out of memory and was killed"
    } else {
        "The container was killed while the job ran, most likely out of memory"
    };
    let usage = task.map(|task| &task.usage);
    let Some(usage) = usage.filter(|usage| usage.cpu > 0 && usage.memory_mib > 0) else {
        return format!("{what}: ask for more memory by its label.");
    };
    let (cpu, memory) = (usage.cpu, usage.memory_mib);
    let twice = memory.saturating_mul(2);
    format!(
        "{what}; its size was {memory} MiB: ask for more memory by its label, e.g. vcpu-{cpu}-mem-{twice}."
    )
}

fn is_out_of_memory(task: &TaskEnd) -> bool {
    if task.exit_code == Some(exit_code::OUT_OF_MEMORY) {
        return true;
    }
    task.container_reason.contains("OutOfMemory") || task.stopped_reason.contains("OutOfMemory")
}
