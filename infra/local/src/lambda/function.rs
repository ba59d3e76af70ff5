//! A function's settings and its pool of environments.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::environment::Environment;
use super::program::Program;
use crate::clock::Clock;
use crate::server::error::AwsError;
use crate::{ACCOUNT, REGION};

/// What a function is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSettings {
    /// Its name.
    pub name: String,
    /// `_HANDLER`.
    pub handler: String,
    /// A program that speaks the Lambda Runtime API, or a closure.
    pub command: Program,
    /// Its environment, besides what Lambda sets.
    pub environment: BTreeMap<String, String>,
    /// Memory in MB; told to the function, not enforced.
    pub memory_mb: u32,
    /// How long one event may take.
    pub timeout: Duration,
    /// How many environments may live at a time.
    pub concurrency: usize,
    /// How long an event waits for a free environment before the caller is throttled.
    pub queue: Duration,
}

impl FunctionSettings {
    /// A function of 128 MB, 30 s, 10 environments, an empty environment.
    pub fn new(
        name: impl Into<String>,
        handler: impl Into<String>,
        command: impl Into<Program>,
    ) -> Self {
        Self {
            name: name.into(),
            handler: handler.into(),
            command: command.into(),
            environment: BTreeMap::new(),
            memory_mb: 128,
            timeout: Duration::from_secs(30),
            concurrency: 10,
            queue: Duration::from_secs(10),
        }
    }
}

/// Counts of a function's environments.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// Started since the function was created.
    pub total: usize,
    /// Waiting for an event now.
    pub idle: usize,
}

/// The version that is not published.
pub(crate) const LATEST: &str = "$LATEST";

/// One version of a function and its warm environments.
pub(crate) struct Function {
    pub(crate) settings: FunctionSettings,
    /// `$LATEST`, or a number.
    pub(crate) version: String,
    pub(crate) slots: Arc<Semaphore>,
    pub(super) created: DateTime<Utc>,
    idle: Mutex<Vec<Arc<Environment>>>,
    total: AtomicUsize,
}

impl Function {
    pub(crate) fn new(mut settings: FunctionSettings, clock: &Clock) -> Result<Self, AwsError> {
        let invalid = |message: String| AwsError::new("InvalidParameterValueException", message);
        let named = !settings.name.is_empty()
            && settings.name.len() <= 64
            && settings
                .name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !named {
            let name = &settings.name;
            return Err(invalid(format!(
                "Function name {name:?}: 1 to 64 letters, digits, - and _ are allowed."
            )));
        }
        if settings.concurrency == 0 {
            return Err(invalid(
                "A function needs a concurrency of at least 1.".to_owned(),
            ));
        }
        if let Program::File(file) = &mut settings.command {
            *file = std::fs::canonicalize(&*file).map_err(|error| {
                let (name, command) = (&settings.name, file.display());
                invalid(format!(
                    "The program {command} of function {name} cannot be used ({error}): build it first."
                ))
            })?;
        }
        Ok(Self::kept(settings, LATEST.to_owned(), clock.now()))
    }

    /// A function that was checked before.
    pub(super) fn kept(
        settings: FunctionSettings,
        version: String,
        created: DateTime<Utc>,
    ) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(settings.concurrency)),
            settings,
            version,
            created,
            idle: Mutex::default(),
            total: AtomicUsize::new(0),
        }
    }

    /// The same settings as a numbered version.
    pub(crate) fn snapshot(&self, version: String) -> Self {
        Self::kept(self.settings.clone(), version, self.created)
    }

    /// Its ARN; a version's ends with its number.
    pub(crate) fn arn(&self) -> String {
        let arn = super::arn(&self.settings.name);
        if self.version == LATEST {
            return arn;
        }
        format!("{arn}:{}", self.version)
    }

    /// A warm environment, the one used last first.
    pub(crate) fn take_idle(&self) -> Option<Arc<Environment>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| idle.pop()).find(|environment| environment.alive())
    }

    pub(crate) fn put_idle(&self, environment: Arc<Environment>) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(environment);
    }

    pub(crate) fn count_start(&self) {
        self.total.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn started(&self) -> Started {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        Started {
            total: self.total.load(Ordering::SeqCst),
            idle: idle
                .iter()
                .filter(|environment| environment.alive())
                .count(),
        }
    }

    /// When it was created, as Lambda writes times.
    pub(crate) fn created(&self) -> String {
        self.created
            .format("%Y-%m-%dT%H:%M:%S%.3f+0000")
            .to_string()
    }

    /// `FunctionConfiguration` as GetFunction and ListFunctions give it.
    pub(crate) fn describe(&self) -> Value {
        let settings = &self.settings;
        json!({
            "FunctionName": settings.name,
            "FunctionArn": self.arn(),
            "Runtime": "provided.al2023",
            "Role": format!("arn:aws:iam::{ACCOUNT}:role/{}", settings.name),
            "Handler": settings.handler,
            "MemorySize": settings.memory_mb,
            "Timeout": settings.timeout.as_secs(),
            "LastModified": self.created(),
            "Environment": {"Variables": settings.environment},
            "Version": self.version,
            "State": "Active",
            "PackageType": "Zip",
        })
    }

    /// The whole environment of a process: nothing is inherited but PATH.
    pub(crate) fn variables(
        &self,
        endpoint: &str,
        environment_id: &str,
        stream: &str,
    ) -> BTreeMap<String, String> {
        let settings = &self.settings;
        let program = settings.command.file().unwrap_or_else(|| Path::new("/"));
        let task_root = program.parent().unwrap_or(program);
        let mut all = BTreeMap::from([
            (
                "PATH".to_owned(),
                std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ),
            ("LANG".to_owned(), "en_US.UTF-8".to_owned()),
            ("TZ".to_owned(), ":UTC".to_owned()),
            ("AWS_ENDPOINT_URL".to_owned(), endpoint.to_owned()),
        ]);
        all.extend(settings.environment.clone());
        let lambdas_own = [
            ("_HANDLER", settings.handler.clone()),
            // The scheme is needed: an address without one may not have a path.
            (
                "AWS_LAMBDA_RUNTIME_API",
                format!("{endpoint}/lambda-runtime/{environment_id}"),
            ),
            ("AWS_LAMBDA_FUNCTION_NAME", settings.name.clone()),
            (
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                settings.memory_mb.to_string(),
            ),
            ("AWS_LAMBDA_FUNCTION_VERSION", self.version.clone()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", group(&settings.name)),
            ("AWS_LAMBDA_LOG_STREAM_NAME", stream.to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", "local".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_SESSION_TOKEN", "local".to_owned()),
            ("LAMBDA_TASK_ROOT", task_root.display().to_string()),
        ];
        all.extend(lambdas_own.map(|(name, value)| (name.to_owned(), value)));
        all
    }
}

/// The log group of a function.
pub(crate) fn group(function: &str) -> String {
    format!("/aws/lambda/{function}")
}
