//! The register of self-hosted runners: entry by JIT configuration, removal.

use chrono::{DateTime, Utc};

use super::{RunnerRecord, World};
use crate::ids::RunnerId;

/// Where a runner is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    Organization,
    /// The repository's name.
    Repository(String),
}

/// The body of `generate-jitconfig`.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) name: String,
    pub(crate) group_id: u64,
    pub(crate) labels: Vec<String>,
    pub(crate) work_folder: String,
    pub(crate) scope: Scope,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum RegistrationError {
    /// 422, with one sentence per problem.
    #[error("Validation Failed")]
    Invalid(Vec<String>),
    /// 404.
    #[error("Not Found")]
    UnknownGroup,
    /// 409.
    #[error("Already exists - A runner with the name {0} already exists.")]
    NameTaken(String),
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum RemovalError {
    /// 404.
    #[error("Not Found")]
    Unknown,
    /// 422.
    #[error("Runner \"{0}\" is currently running a job and cannot be deleted.")]
    Busy(String),
}

impl World {
    /// Makes an offline runner record and its JIT configuration.
    pub(crate) fn register(
        &mut self,
        wanted: Registration,
        now: DateTime<Utc>,
    ) -> Result<(RunnerId, String), RegistrationError> {
        let problems = problems(&wanted);
        if !problems.is_empty() {
            return Err(RegistrationError::Invalid(problems));
        }
        if !self.groups.contains_key(&wanted.group_id) {
            return Err(RegistrationError::UnknownGroup);
        }
        let same_name = |runner: &RunnerRecord| {
            runner.scope == wanted.scope && runner.name.eq_ignore_ascii_case(&wanted.name)
        };
        if self.runners.values().any(same_name) {
            return Err(RegistrationError::NameTaken(wanted.name));
        }
        let mut labels: Vec<String> = Vec::new();
        for label in wanted.labels.iter().map(|label| label.to_lowercase()) {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        let record = RunnerRecord {
            id: RunnerId(self.next_id("runner")),
            name: wanted.name,
            labels,
            group_id: wanted.group_id,
            scope: wanted.scope,
            client_id: self.random_uuid(),
            secret: self.random_bytes(256),
            session: None,
            polls: 0,
            watches: 0,
            listening_since: None,
            last_seen: now,
            job: None,
        };
        let encoded = self.encode_jit_config(&record, &wanted.work_folder);
        let id = record.id;
        self.runners.insert(id, record);
        Ok((id, encoded))
    }

    /// Removes a runner, unless a job has it. Its session ends with it.
    pub(crate) fn remove_runner(
        &mut self,
        scope: &Scope,
        id: RunnerId,
    ) -> Result<(), RemovalError> {
        let runner = self.runner_in(scope, id).ok_or(RemovalError::Unknown)?;
        if runner.job.is_some() {
            return Err(RemovalError::Busy(runner.name.clone()));
        }
        self.runners.remove(&id);
        Ok(())
    }

    pub(crate) fn runner_in(&self, scope: &Scope, id: RunnerId) -> Option<&RunnerRecord> {
        self.runners
            .get(&id)
            .filter(|runner| runner.scope == *scope)
    }
}

impl RunnerRecord {
    /// Whether it listens, or works on a job and can be heard.
    pub(crate) fn is_online(&self) -> bool {
        self.session.is_some() && (self.polls + self.watches > 0 || self.job.is_some())
    }
}

fn problems(wanted: &Registration) -> Vec<String> {
    let mut problems = Vec::new();
    let name = wanted.name.chars().count();
    if name == 0 || name > 64 {
        problems.push("name must have between 1 and 64 characters.".to_owned());
    }
    if wanted.labels.is_empty() || wanted.labels.len() > 100 {
        problems.push("labels must have between 1 and 100 items.".to_owned());
    }
    if wanted
        .labels
        .iter()
        .any(|label| label.trim().is_empty() || label.chars().count() > 256)
    {
        problems.push("each label must have between 1 and 256 characters.".to_owned());
    }
    problems
}
