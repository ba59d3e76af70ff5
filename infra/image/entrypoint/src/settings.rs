//! The container's settings, from its environment.
//!
//! | variable | default | meaning |
//! | --- | --- | --- |
//! | `HANDOVER_TABLE`, `HANDOVER_KEY` | | where the JIT config lies |
//! | `RUNNER_NAME`, `JOB_ID` | | for the log |
//! | `IDLE_LIMIT_SECONDS` | 600 | how long the runner may wait for a job |
//! | `TOTAL_LIMIT_SECONDS` | 23400 | the container's whole life |
//! | `RUNNER_PROGRAM` | `/home/runner/bin/Runner.Listener run` | JSON array, or words |
//! | `RUNNER_STOP_SECONDS` | 30 | from SIGTERM to SIGKILL |

use std::ffi::OsString;
use std::time::Duration;

use domain::policy::DEFAULT_LIMITS;
use domain::settings::SettingsInvalid;

use crate::environment::scrub;
use crate::program;

/// The official runner, in the official image.
const DEFAULT_PROGRAM: &str = "/home/runner/bin/Runner.Listener run";
const DEFAULT_STOP_SECONDS: u64 = 30;

/// What one container's life is given.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The hand-over table's name.
    pub handover_table: String,
    /// The item's key.
    pub handover_key: String,
    /// The runner's name, for the log.
    pub runner_name: String,
    /// The job's id, for the log.
    pub job_id: String,
    /// How long the runner may wait for a job.
    pub idle: Duration,
    /// The container's whole life.
    pub total: Duration,
    /// From SIGTERM to SIGKILL.
    pub stop: Duration,
    /// The runner program and its arguments.
    pub program: Vec<String>,
    /// The runner program's environment, scrubbed.
    pub environment: Vec<(OsString, OsString)>,
}

impl Settings {
    /// Reads the settings; what is left of the variables goes to the runner program.
    ///
    /// # Errors
    /// A sentence that names every variable that is missing or unusable.
    pub fn from_variables(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, SettingsInvalid> {
        let variables: Vec<_> = variables.into_iter().collect();
        let readable = variables
            .iter()
            .filter_map(|(name, value)| Some((name.to_str()?, value.to_str()?)));
        let mut reader = domain::settings::Settings::new(readable);
        let mut seconds = |key: &str, default: u64| {
            let seconds: u64 = reader.parsed_or(key, default, "a number of seconds");
            if seconds == 0 {
                reader.problem(format_args!("{key} is 0 but must be at least 1"));
            }
            Duration::from_secs(seconds)
        };
        let idle = seconds("IDLE_LIMIT_SECONDS", DEFAULT_LIMITS.idle_seconds);
        let total = seconds("TOTAL_LIMIT_SECONDS", DEFAULT_LIMITS.total_seconds);
        let stop = seconds("RUNNER_STOP_SECONDS", DEFAULT_STOP_SECONDS);
        let program = program::parse(&reader.or("RUNNER_PROGRAM", DEFAULT_PROGRAM));
        if let Err(expected) = &program {
            reader.problem(format_args!("RUNNER_PROGRAM must be {expected}"));
        }
        let settings = Self {
            handover_table: reader.required("HANDOVER_TABLE"),
            handover_key: reader.required("HANDOVER_KEY"),
            runner_name: reader.required("RUNNER_NAME"),
            job_id: reader.required("JOB_ID"),
            idle,
            total,
            stop,
            program: program.unwrap_or_default(),
            environment: scrub(variables.iter().cloned()),
        };
        reader.finish()?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, SettingsInvalid> {
        Settings::from_variables(pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())))
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let error = read(&[
            ("HANDOVER_TABLE", ""),
            ("RUNNER_NAME", "jit-1-1-1"),
            ("IDLE_LIMIT_SECONDS", "soon"),
            ("TOTAL_LIMIT_SECONDS", "0"),
            ("RUNNER_PROGRAM", "[1]"),
        ])
        .unwrap_err()
        .to_string();
        for name in [
            "HANDOVER_TABLE is not set",
            "HANDOVER_KEY is not set",
            "JOB_ID is not set",
            "IDLE_LIMIT_SECONDS is \"soon\"",
            "TOTAL_LIMIT_SECONDS is 0",
            "RUNNER_PROGRAM must be",
        ] {
            assert!(error.contains(name), "{name} is missing in: {error}");
        }
    }

    #[test]
    fn defaults_fill_in_the_rest() {
        let settings = read(&[
            ("HANDOVER_TABLE", "handover"),
            ("HANDOVER_KEY", "k"),
            ("RUNNER_NAME", "jit-1-1-1"),
            ("JOB_ID", "1"),
            ("PATH", "/bin"),
        ])
        .unwrap();
        assert_eq!(settings.idle, Duration::from_secs(600));
        assert_eq!(settings.total, Duration::from_secs(23_400));
        assert_eq!(settings.stop, Duration::from_secs(30));
        assert_eq!(
            settings.program,
            ["/home/runner/bin/Runner.Listener", "run"]
        );
        assert!(
            settings
                .environment
                .iter()
                .all(|(name, _)| name != "HANDOVER_KEY")
        );
        assert!(settings.environment.iter().any(|(name, _)| name == "PATH"));
    }
}
