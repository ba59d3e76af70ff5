//! Runners as they are seen from outside.

use crate::ids::{JobId, RunnerId};
use crate::world::{RunnerRecord, Scope};

/// A registered runner, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// Its id.
    pub id: RunnerId,
    /// Its name.
    pub name: String,
    /// Its labels, lower case.
    pub labels: Vec<String>,
    /// The id of its group.
    pub group_id: u64,
    /// The repository that it is bound to, if it is not the organisation's.
    pub repository: Option<String>,
    /// Whether it has a session and can be heard.
    pub online: bool,
    /// The job that it has, or was offered.
    pub job: Option<JobId>,
}

impl From<&RunnerRecord> for Runner {
    fn from(record: &RunnerRecord) -> Self {
        Self {
            id: record.id,
            name: record.name.clone(),
            labels: record.labels.clone(),
            group_id: record.group_id,
            repository: match &record.scope {
                Scope::Organization => None,
                Scope::Repository(name) => Some(name.clone()),
            },
            online: record.is_online(),
            job: record.job,
        }
    }
}

/// What is left at GitHub and should not be, once all jobs are over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftovers {
    /// Runners that are still registered.
    pub runners: Vec<Runner>,
    /// How many of them have a session.
    pub open_sessions: usize,
}

impl Leftovers {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.runners.is_empty() && self.open_sessions == 0
    }
}
