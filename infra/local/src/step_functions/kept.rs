//! What of Step Functions is kept: machines at each revision, their versions and
//! aliases, activities, and how each execution began. What then happened to an
//! execution is kept event by event (`replay`).

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Definition, ExecutionInfo};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::aliases::{Alias, Origin};
use super::machines::Machine;
use super::record::Begin;
use super::versions::{Version, Versions};
use super::{State, StepFunctions};
use crate::store::{DataError, Records, number, read_number};

const MACHINE: &str = "states.machine";
const REVISION: &str = "states.revision";
const VERSIONS: &str = "states.versions";
const ALIAS: &str = "states.alias";
const ACTIVITY: &str = "states.activity";
const EXECUTION: &str = "states.execution";

/// A machine at one revision. Executions need theirs after it was replaced.
#[derive(Serialize, Deserialize)]
struct KeptMachine {
    arn: String,
    name: String,
    role_arn: String,
    text: String,
    created: DateTime<Utc>,
    updated: DateTime<Utc>,
}

/// The versions of a machine: (ARN, revision, time), the oldest first.
#[derive(Serialize, Deserialize)]
struct KeptVersions {
    kept: Vec<(String, String, DateTime<Utc>)>,
    last: u64,
}

#[derive(Serialize, Deserialize)]
struct KeptActivity {
    name: String,
    created: DateTime<Utc>,
}

/// How an execution began.
#[derive(Serialize, Deserialize)]
struct KeptExecution {
    info: ExecutionInfo,
    input: serde_json::Value,
    seed: u64,
    revision: String,
    version: Option<String>,
    alias: Option<String>,
}

impl StepFunctions {
    pub(super) fn keep_machine(&self, machine: &Machine) {
        if !self.shelf().is_kept() {
            return;
        }
        let kept = KeptMachine {
            arn: machine.arn.clone(),
            name: machine.name.clone(),
            role_arn: machine.role_arn.clone(),
            text: machine.text.clone(),
            created: machine.created,
            updated: machine.updated,
        };
        self.shelf().put(&[REVISION, &machine.revision], &kept);
        self.shelf()
            .put(&[MACHINE, &machine.arn], &machine.revision);
    }

    pub(super) fn forget_machine(&self, arn: &str) {
        self.shelf().remove(&[MACHINE, arn]);
        self.shelf().remove(&[VERSIONS, arn]);
    }

    pub(super) fn keep_versions(&self, state: &State, machine: &str) {
        let Some(versions) = state.versions.get(machine) else {
            return;
        };
        let kept = versions.kept.iter().map(|version| {
            let revision = version.machine.revision.clone();
            (version.arn.to_string(), revision, version.created)
        });
        let kept = KeptVersions {
            kept: kept.collect(),
            last: versions.last,
        };
        self.shelf().put(&[VERSIONS, machine], &kept);
    }

    pub(super) fn keep_alias(&self, alias: &Alias) {
        self.shelf().put(&[ALIAS, &alias.arn], alias);
    }

    pub(super) fn forget_alias(&self, arn: &str) {
        self.shelf().remove(&[ALIAS, arn]);
    }

    pub(super) fn keep_activity(&self, arn: &str, name: &str, created: DateTime<Utc>) {
        let name = name.to_owned();
        let kept = KeptActivity { name, created };
        self.shelf().put(&[ACTIVITY, arn], &kept);
    }

    pub(super) fn forget_activity(&self, arn: &str) {
        self.shelf().remove(&[ACTIVITY, arn]);
    }

    pub(super) fn keep_execution(&self, begin: &Begin, origin: &Origin) {
        if !self.shelf().is_kept() {
            return;
        }
        let kept = KeptExecution {
            info: begin.info.clone(),
            input: begin.input.clone(),
            seed: begin.seed,
            revision: origin.machine.revision.clone(),
            version: origin.version.as_deref().map(str::to_owned),
            alias: origin.alias.as_deref().map(str::to_owned),
        };
        self.shelf().put(&[EXECUTION, &number(begin.number)], &kept);
    }

    /// Once an hour, forgets executions that ended long ago, as AWS does.
    pub(super) fn forget_old(&self) {
        let Some(before) = self.retention.due(self.clock.now()) else {
            return;
        };
        let old = self.lock().take_ended_before(before);
        for record in old {
            let _whole = self.shelf().whole();
            record.forget();
            self.shelf().remove(&[EXECUTION, &number(record.number())]);
        }
    }

    /// Fills the service with what it kept. Nothing moves before
    /// [`StepFunctions::resume`].
    pub(crate) fn restore(&self, records: &mut Records) -> Result<(), DataError> {
        let mut revisions = BTreeMap::new();
        for (parts, kept) in records.take::<KeptMachine>(REVISION)? {
            let revision = parts.into_iter().next().unwrap_or_default();
            let machine = Arc::new(kept.machine(&revision)?);
            revisions.insert(revision, machine);
        }
        let revision = |name: &str| {
            let found = revisions.get(name).cloned();
            found.ok_or_else(|| DataError::record(EXECUTION, &format!("no revision {name}")))
        };
        let mut state = self.lock();
        for (parts, name) in records.take::<String>(MACHINE)? {
            let arn = parts.into_iter().next().unwrap_or_default();
            state.machines.insert(arn, revision(&name)?);
        }
        for (parts, kept) in records.take::<KeptVersions>(VERSIONS)? {
            let mut versions = Versions {
                kept: Vec::new(),
                last: kept.last,
            };
            for (arn, name, created) in kept.kept {
                versions.kept.push(Version {
                    arn: arn.as_str().into(),
                    machine: revision(&name)?,
                    created,
                });
            }
            let arn = parts.into_iter().next().unwrap_or_default();
            state.versions.insert(arn, versions);
        }
        for (parts, alias) in records.take::<Alias>(ALIAS)? {
            let arn = parts.into_iter().next().unwrap_or_default();
            state.aliases.insert(arn, alias);
        }
        for (parts, kept) in records.take::<KeptActivity>(ACTIVITY)? {
            let arn = parts.into_iter().next().unwrap_or_default();
            let KeptActivity { name, created } = kept;
            self.context.activities.restore(arn, name, created);
        }
        let mut journals = self.journals(records)?;
        for (parts, kept) in records.take::<KeptExecution>(EXECUTION)? {
            let number = read_number(parts.first());
            state.made = state.made.max(number + 1);
            let origin = Origin {
                machine: revision(&kept.revision)?,
                version: kept.version.as_deref().map(Into::into),
                alias: kept.alias.as_deref().map(Into::into),
            };
            let begin = Begin {
                number,
                info: kept.info,
                input: kept.input,
                seed: kept.seed,
            };
            let journal = journals.remove(&number).unwrap_or_default();
            let record = self.replay(origin, begin, journal);
            state.add(&record);
        }
        Ok(())
    }
}

impl KeptMachine {
    fn machine(self, revision: &str) -> Result<Machine, DataError> {
        let definition = Definition::parse(&self.text).map_err(|problems| {
            let problem = problems.first().map(|problem| problem.message.clone());
            DataError::record(&self.arn, &problem.unwrap_or_default())
        })?;
        Ok(Machine {
            arn: self.arn,
            name: self.name,
            role_arn: self.role_arn,
            definition,
            text: self.text,
            revision: revision.to_owned(),
            created: self.created,
            updated: self.updated,
        })
    }
}

/// Shared text, as a text.
pub(super) mod shared {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(
        text: &Arc<str>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<str>, D::Error> {
        String::deserialize(deserializer).map(Into::into)
    }
}
