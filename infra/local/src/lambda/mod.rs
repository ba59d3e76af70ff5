//! Lambda: functions run as processes that speak the Lambda Runtime API.
//!
//! [`Lambda::invoke`] is the one way in, for the Invoke API, function URLs, rules
//! and state machines alike. An execution environment is a process; it gets one
//! event at a time and is kept warm. More are started under load, up to the
//! function's concurrency.

mod environment;
mod function;
mod http_event;
pub(crate) mod invoke_api;
mod kept;
mod later;
mod mishap;
mod process;
mod program;
mod refusals;
mod report;
pub(crate) mod runtime_api;
pub(crate) mod url;
mod versions;
mod versions_api;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use bytes::Bytes;
use serde_json::{Value, json};

pub use function::{FunctionSettings, Started};
pub use program::{Handle, Program};

use crate::clock::Clock;
use crate::hook::Hook;
use crate::ids::Ids;
use crate::logs::Logs;
use crate::server::error::AwsError;
use crate::store::Shelf;
use crate::{ACCOUNT, REGION};
use environment::{Environment, Run};
use function::{Function, LATEST};
use refusals::{service_error, throttled, too_large};
use versions::Published;

/// The largest payload of a synchronous call, in bytes.
pub const PAYLOAD_LIMIT: usize = 6 * 1024 * 1024;
/// The largest payload of an asynchronous call, in bytes.
pub const EVENT_PAYLOAD_LIMIT: usize = 1024 * 1024;

/// All functions of the place.
pub struct Lambda {
    clock: Clock,
    pub(crate) ids: Ids,
    logs: Arc<Logs>,
    endpoint: String,
    functions: RwLock<BTreeMap<String, Arc<Function>>>,
    published: Mutex<BTreeMap<String, Published>>,
    environments: Mutex<HashMap<String, Arc<Environment>>>,
    closing: AtomicBool,
    pub(crate) faults: Hook,
    pub(crate) shelf: Shelf,
    /// The id of a place that keeps its state: marks the functions' processes.
    place: OnceLock<String>,
}

/// What became of one event.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The request id, also in the function's log.
    pub request_id: String,
    /// The version that ran, `$LATEST` or a number.
    pub version: String,
    /// The function's answer, or the error it (or its environment) ended with.
    pub result: Result<Bytes, FunctionError>,
}

/// A function's failure: Lambda answers 200 with `X-Amz-Function-Error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// `errorType` of the document, e.g. `Runtime.ExitError`.
    pub error_type: String,
    /// The error document as JSON text.
    pub document: Bytes,
}

impl FunctionError {
    /// A failure of this name.
    #[must_use]
    pub fn new(error_type: &str, message: &str) -> Self {
        let document = json!({"errorType": error_type, "errorMessage": message});
        Self {
            error_type: error_type.to_owned(),
            document: Bytes::from(document.to_string()),
        }
    }

    /// From the document that a function reported; `header` names the error where
    /// the document does not.
    pub(crate) fn reported(document: Bytes, header: Option<&str>) -> Self {
        let named = serde_json::from_slice::<Value>(&document)
            .ok()
            .and_then(|document| document.get("errorType")?.as_str().map(str::to_owned));
        let error_type = named
            .or_else(|| header.map(str::to_owned))
            .unwrap_or_else(|| "Runtime.UnknownReason".to_owned());
        Self {
            error_type,
            document,
        }
    }
}

impl Lambda {
    /// No functions yet. `endpoint` is the place's own address, without a slash at its end.
    #[must_use]
    pub fn new(endpoint: String, logs: Arc<Logs>, clock: Clock, ids: Ids) -> Arc<Self> {
        Arc::new(Self {
            clock,
            ids,
            logs,
            endpoint,
            functions: RwLock::default(),
            published: Mutex::default(),
            environments: Mutex::default(),
            closing: AtomicBool::new(false),
            faults: Hook::default(),
            shelf: Shelf::default(),
            place: OnceLock::new(),
        })
    }

    /// Adds a function, or replaces one; answers its ARN.
    ///
    /// # Errors
    /// The program does not exist, or the settings are out of range.
    pub fn create_function(&self, settings: FunctionSettings) -> Result<String, AwsError> {
        let function = Function::new(settings, &self.clock)?;
        let arn = function.arn();
        let mut functions = self
            .functions
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        self.keep_function(&function);
        let before = functions.insert(function.settings.name.clone(), Arc::new(function));
        drop(functions);
        // Nobody will call what was replaced; versions of it have environments of their own.
        if let Some(before) = before {
            while let Some(environment) = before.take_idle() {
                environment.stop();
            }
        }
        Ok(arn)
    }

    /// The address of a function's URL, with a slash at its end.
    #[must_use]
    pub fn function_url(&self, name: &str) -> String {
        format!("{}/lambda-url/{name}/", self.endpoint)
    }

    /// How many environments of a function, versions included, were started, and how
    /// many are idle.
    #[must_use]
    pub fn started(&self, name: &str) -> Started {
        let latest = self.function(name).into_iter();
        latest
            .chain(self.versions_of(name))
            .map(|function| function.started())
            .fold(Started::default(), |all, one| Started {
                total: all.total + one.total,
                idle: all.idle + one.idle,
            })
    }

    /// Process ids of all environments alive.
    #[must_use]
    pub fn process_ids(&self) -> Vec<i32> {
        let environments = self
            .environments
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        environments
            .values()
            .filter(|one| one.alive())
            .map(|one| one.process_id())
            .collect()
    }

    /// Hands one event to the function and waits for its end. The event is dealt
    /// with to its end even if the caller goes away.
    ///
    /// # Errors
    /// Lambda's own: unknown function (404), payload too large (413), throttled (429).
    /// A function's failure is not one of them: see [`Invocation::result`].
    pub async fn invoke(
        self: &Arc<Self>,
        name: &str,
        payload: Bytes,
    ) -> Result<Invocation, AwsError> {
        let function = self.function(name)?;
        if payload.len() > PAYLOAD_LIMIT {
            return Err(too_large(PAYLOAD_LIMIT));
        }
        self.call_or_fail(function, payload).await
    }

    /// Waits for an environment, and for what it does with the event.
    async fn enqueue(
        self: &Arc<Self>,
        function: Arc<Function>,
        payload: Bytes,
    ) -> Result<Invocation, AwsError> {
        let queued = function.settings.queue;
        let Ok(Ok(slot)) =
            tokio::time::timeout(queued, function.slots.clone().acquire_owned()).await
        else {
            return Err(throttled());
        };
        let this = Arc::clone(self);
        let work = tokio::spawn(async move {
            let invocation = this.run(&function, payload).await;
            drop(slot);
            invocation
        });
        work.await.map_err(|_| service_error())?
    }

    async fn run(
        self: Arc<Self>,
        function: &Arc<Function>,
        payload: Bytes,
    ) -> Result<Invocation, AwsError> {
        let request_id = self.ids.uuid().to_string();
        if let Program::InProcess(handle) = &function.settings.command {
            let timeout = function.settings.timeout;
            let answer = tokio::time::timeout(timeout, handle(payload)).await;
            let late = |_| Err(environment::timed_out(&request_id, timeout));
            return Ok(Invocation {
                version: function.version.clone(),
                result: answer.unwrap_or_else(late),
                request_id,
            });
        }
        loop {
            let (environment, warm) = match function.take_idle() {
                Some(environment) => (environment, true),
                None => (self.start(function)?, false),
            };
            let outcome = environment.run(&request_id, payload.clone()).await;
            if environment.alive() {
                function.put_idle(Arc::clone(&environment));
            } else {
                let mut environments = self
                    .environments
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                environments.remove(environment.id());
            }
            match outcome {
                Run::Answered(result) => {
                    return Ok(Invocation {
                        request_id,
                        version: function.version.clone(),
                        result,
                    });
                }
                // A warm environment ended between two events: that is nobody's failure.
                Run::NeverTaken(_) if warm => {}
                Run::NeverTaken(error) => {
                    return Ok(Invocation {
                        request_id,
                        version: function.version.clone(),
                        result: Err(error),
                    });
                }
            }
        }
    }

    fn start(&self, function: &Arc<Function>) -> Result<Arc<Environment>, AwsError> {
        // Under the lock, so that no environment slips through a shutdown.
        let mut environments = self
            .environments
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if self.closing.load(Ordering::SeqCst) {
            return Err(service_error());
        }
        let started = Environment::start(
            function,
            &self.endpoint,
            self.place.get().map(String::as_str),
            Arc::clone(&self.logs),
            self.clock.clone(),
        );
        let environment = started.map_err(|error| {
            let message = format!(
                "The program of function {} did not start: {error}",
                function.settings.name
            );
            AwsError::new("InvalidRuntimeException", message).with_status(502)
        })?;
        function.count_start();
        environments.insert(environment.id().to_owned(), Arc::clone(&environment));
        Ok(environment)
    }

    fn environment(&self, id: &str) -> Option<Arc<Environment>> {
        self.environments
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    /// By name, partial or full ARN, with or without a version or an alias.
    fn function(&self, name: &str) -> Result<Arc<Function>, AwsError> {
        let asked = qualifier(name).filter(|asked| *asked != LATEST);
        let name = plain_name(name);
        if let Some(asked) = asked {
            return self.qualified(name, asked);
        }
        let functions = self
            .functions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        functions.get(name).cloned().ok_or_else(|| {
            let message = format!("Function not found: {}", arn(name));
            AwsError::new("ResourceNotFoundException", message)
                .with_status(404)
                .with("Type", "User")
        })
    }

    /// Ends every environment and waits until its processes are gone.
    pub async fn shutdown(&self) {
        self.closing.store(true, Ordering::SeqCst);
        let all: Vec<_> = {
            let mut environments = self
                .environments
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            environments
                .drain()
                .map(|(_, environment)| environment)
                .collect()
        };
        for environment in &all {
            environment.stop();
        }
        for environment in all {
            environment.ended().await;
        }
    }
}

/// A function's ARN.
#[must_use]
pub fn arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

/// The name in whatever form a caller may give it (name, partial or full ARN, `:version`).
fn plain_name(given: &str) -> &str {
    let after = below_arn(given);
    after.split(':').next().unwrap_or(after)
}

/// The name with its qualifier, without the rest of an ARN.
fn below_arn(given: &str) -> &str {
    given
        .rsplit_once("function:")
        .map_or(given, |(_, name)| name)
}

/// The version or alias behind the name.
fn qualifier(given: &str) -> Option<&str> {
    below_arn(given)
        .split_once(':')
        .map(|(_, qualifier)| qualifier)
}
