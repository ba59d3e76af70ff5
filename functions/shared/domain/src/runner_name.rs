//! A runner's name at GitHub: `<prefix>-<job id>-<run_attempt>-<seq>`.
//!
//! `seq` comes from the claim and is never reset, so a name is used once. The
//! prefix is what a clean-up recognises our runners by.

use crate::ids::JobId;

/// GitHub's limit on a runner's name, characters.
pub const MAX_LEN: usize = 64;

/// The prefix where the settings name none.
pub const DEFAULT_PREFIX: &str = "jit";

/// The name of the `seq`-th runner for an attempt at a job. A prefix that is
/// too long for [`MAX_LEN`] is cut, never the numbers that make it unique.
pub fn runner_name(prefix: &str, job: JobId, run_attempt: u64, seq: u64) -> String {
    let tail = format!("-{job}-{run_attempt}-{seq}");
    let room = MAX_LEN.saturating_sub(tail.len());
    let prefix: String = prefix.chars().take(room).collect();
    format!("{prefix}{tail}")
}

/// The job and attempt that a name of ours was made for; `None` for others.
pub fn parse(prefix: &str, name: &str) -> Option<(JobId, u64, u64)> {
    let tail = name.strip_prefix(prefix)?.strip_prefix('-')?;
    let mut parts = tail.splitn(3, '-').map(|part| part.parse::<u64>().ok());
    match (parts.next()?, parts.next()?, parts.next()?) {
        (Some(job), Some(attempt), Some(seq)) => Some((JobId(job), attempt, seq)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_numbers_still_fit() {
        let name = runner_name(&"p".repeat(80), JobId(u64::MAX), u64::MAX, u64::MAX);
        assert_eq!(name.len(), MAX_LEN);
        assert!(name.ends_with(&format!("-{0}-{0}-{0}", u64::MAX)), "{name}");
    }

    #[test]
    fn a_foreign_name_is_not_ours() {
        for name in [
            "jit",
            "jit-1",
            "jit-1-2",
            "other-1-2-3",
            "jit-a-2-3",
            "jit-1-2-3-4",
        ] {
            assert_eq!(parse("jit", name), None, "{name}");
        }
    }

    #[test]
    fn a_name_of_ours_tells_its_job() {
        let name = runner_name("jit", JobId(42), 1, 3);
        assert_eq!(name, "jit-42-1-3");
        assert_eq!(parse("jit", &name), Some((JobId(42), 1, 3)));
    }
}
