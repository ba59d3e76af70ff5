//! What of Lambda is kept: functions that are programs, their versions and aliases, and
//! asynchronous events that have not been dealt with.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::function::{Function, LATEST};
use super::later::Event;
use super::versions::{Alias, Published};
use super::{FunctionSettings, Lambda, Program};
use crate::store::{DataError, Records, Store};

const FUNCTION: &str = "lambda.function";
const PUBLISHED: &str = "lambda.published";
const EVENT: &str = "lambda.event";

#[derive(Serialize, Deserialize)]
struct KeptFunction {
    version: String,
    created: DateTime<Utc>,
    name: String,
    handler: String,
    program: PathBuf,
    environment: BTreeMap<String, String>,
    memory_mb: u32,
    timeout: Duration,
    concurrency: usize,
    queue: Duration,
}

#[derive(Serialize, Deserialize)]
struct KeptPublished {
    versions: Vec<KeptFunction>,
    aliases: BTreeMap<String, Alias>,
}

#[derive(Serialize, Deserialize)]
struct KeptEvent {
    function: String,
    /// Base64.
    payload: String,
    failures: usize,
}

impl Lambda {
    /// Keeps a function; a closure of this process cannot be.
    pub(super) fn keep_function(&self, function: &Function) {
        if !self.shelf.is_kept() {
            return;
        }
        if let Some(kept) = KeptFunction::of(function) {
            self.shelf.put(&[FUNCTION, &function.settings.name], &kept);
        }
    }

    pub(super) fn keep_published(&self, name: &str, published: &Published) {
        if !self.shelf.is_kept() {
            return;
        }
        let versions = published.versions.iter();
        let kept = KeptPublished {
            versions: versions.filter_map(|one| KeptFunction::of(one)).collect(),
            aliases: published.aliases.clone(),
        };
        self.shelf.put(&[PUBLISHED, name], &kept);
    }

    pub(super) fn keep_event(&self, id: &str, event: &Event) {
        if !self.shelf.is_kept() {
            return;
        }
        let kept = KeptEvent {
            function: event.function.clone(),
            payload: STANDARD.encode(&event.payload),
            failures: event.failures,
        };
        self.shelf.put(&[EVENT, id], &kept);
    }

    pub(super) fn forget_event(&self, id: &str) {
        self.shelf.remove(&[EVENT, id]);
    }

    /// Fills the service with what it kept; answers the events that have not been dealt
    /// with, for [`Lambda::resume`].
    pub(crate) fn restore(
        &self,
        store: &Store,
        records: &mut Records,
    ) -> Result<Vec<(String, Event)>, DataError> {
        // A second call would name the same place.
        let _ = self.place.set(store.place().to_owned());
        let functions = records.take::<KeptFunction>(FUNCTION)?;
        let functions = functions.into_iter().map(|(_, kept)| kept.function());
        let named = functions.map(|one| (one.settings.name.clone(), Arc::new(one)));
        *self
            .functions
            .write()
            .unwrap_or_else(PoisonError::into_inner) = named.collect();
        let mut all = self.lock_published();
        for (parts, kept) in records.take::<KeptPublished>(PUBLISHED)? {
            let versions = kept.versions.into_iter().map(KeptFunction::function);
            let published = Published {
                versions: versions.map(Arc::new).collect(),
                aliases: kept.aliases,
            };
            all.insert(parts.into_iter().next().unwrap_or_default(), published);
        }
        let events = records.take::<KeptEvent>(EVENT)?;
        let events = events.into_iter().map(|(parts, kept)| {
            let payload = STANDARD.decode(&kept.payload);
            let event = Event {
                function: kept.function,
                payload: Bytes::from(payload.unwrap_or_default()),
                failures: kept.failures,
            };
            (parts.into_iter().next().unwrap_or_default(), event)
        });
        Ok(events.collect())
    }
}

impl KeptFunction {
    fn of(function: &Function) -> Option<Self> {
        let settings = &function.settings;
        Some(Self {
            version: function.version.clone(),
            created: function.created,
            name: settings.name.clone(),
            handler: settings.handler.clone(),
            program: settings.command.file()?.to_owned(),
            environment: settings.environment.clone(),
            memory_mb: settings.memory_mb,
            timeout: settings.timeout,
            concurrency: settings.concurrency,
            queue: settings.queue,
        })
    }

    fn function(self) -> Function {
        debug_assert!(self.version == LATEST || self.version.parse::<u64>().is_ok());
        let settings = FunctionSettings {
            name: self.name,
            handler: self.handler,
            command: Program::File(self.program),
            environment: self.environment,
            memory_mb: self.memory_mb,
            timeout: self.timeout,
            concurrency: self.concurrency,
            queue: self.queue,
        };
        Function::kept(settings, self.version, self.created)
    }
}
