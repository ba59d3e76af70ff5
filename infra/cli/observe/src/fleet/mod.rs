//! A fleet as AWS's APIs show it: its executions, their histories, tasks and
//! logs. Every call waits for its turn ([`Limits`]).

mod logs;
mod read;

pub use logs::{Line, Source, Tail};
pub use read::{Execution, Page};

use crate::clients::Clients;
use crate::limits::Limits;
use crate::names::Names;
use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Why a fleet cannot be read. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No state machine of that name.
    #[error(
        "There is no state machine {0} in this region and account: give --fleet, --region and --profile of the deployment, or deploy it."
    )]
    NoFleet(String),
    /// No such execution.
    #[error(
        "There is no execution {0}: `jit-runners jobs` lists them; AWS forgets an execution 90 days after its end."
    )]
    NoExecution(String),
    /// No such log yet.
    #[error(
        "There is no log {0}: nothing has been written to it yet, or its retention has passed."
    )]
    NoLog(String),
    /// The SDK found no credentials.
    #[error(
        "No AWS credentials were found ({0}): give --profile, sign in with `aws sso login`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; the local place takes any."
    )]
    NoCredentials(String),
    /// Nobody answers.
    #[error(
        "Nothing answers {call} ({message}): look at --endpoint-url and --region; the local place is started by `jit-runners up`."
    )]
    Unreachable {
        /// AWS's name of the call.
        call: &'static str,
        /// What the connection said.
        message: String,
    },
    /// A call failed.
    #[error("{call} failed: {message}")]
    Call {
        /// AWS's name of the call.
        call: &'static str,
        /// AWS's words.
        message: String,
    },
}

impl ReadError {
    /// From an error of the SDK: the service's own words, or what kept the call
    /// from it.
    #[allow(clippy::needless_pass_by_value, reason = "`map_err` gives it away")]
    pub fn call<E, R>(call: &'static str, error: SdkError<E, R>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        if let SdkError::ServiceError(service) = &error {
            let error = service.err();
            let message = match (error.code(), error.message()) {
                (Some(code), Some(message)) => format!("{code}: {message}"),
                (Some(code), None) => code.to_owned(),
                _ => chain(error),
            };
            return Self::Call { call, message };
        }
        let dispatch = matches!(error, SdkError::DispatchFailure(_));
        let unreachable = matches!(
            &error,
            SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout()
        ) || matches!(error, SdkError::TimeoutError(_));
        let message = chain(&error);
        if unreachable {
            Self::Unreachable { call, message }
        } else if dispatch && message.contains("credential") {
            Self::NoCredentials(message)
        } else {
            Self::Call { call, message }
        }
    }
}

/// The most characters of what an error says.
const LONGEST: usize = 400;

/// What an error and those behind it say, each once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let words = error.to_string();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if !said.iter().any(|earlier| earlier.contains(&words)) {
            said.push(words);
        }
        next = error.source();
    }
    let said = said.join(": ");
    match said.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None => said,
    }
}

/// A deployment to read. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fleet {
    names: Names,
    clients: Clients,
    limits: Arc<Limits>,
    region: String,
    local: bool,
    machine: Arc<OnceCell<Machine>>,
}

/// The fleet's state machine.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Its ARN.
    pub arn: String,
    /// Its definition as it is now.
    pub definition: serde_json::Value,
}

impl Fleet {
    /// The fleet `names` where `config` points. An endpoint on this machine is
    /// the local place, which has no quotas.
    #[must_use]
    pub fn new(config: &SdkConfig, names: Names) -> Self {
        let local = config.endpoint_url().is_some_and(on_this_machine);
        Self {
            names,
            clients: Clients::new(config),
            limits: Arc::new(if local { Limits::none() } else { Limits::aws() }),
            region: config
                .region()
                .map_or(String::new(), |region| region.as_ref().to_owned()),
            local,
            machine: Arc::default(),
        }
    }

    /// The names of its resources.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The SDK's clients.
    #[must_use]
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// How fast AWS is asked.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The region, for example `us-east-1`.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether this is the local place.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.local
    }

    /// The page of an execution in AWS's own console; nothing for the local place.
    #[must_use]
    pub fn aws_console(&self, arn: &str) -> Option<String> {
        let region = &self.region;
        (!self.local).then(|| {
            format!("https://{region}.console.aws.amazon.com/states/home?region={region}#/v2/executions/details/{arn}")
        })
    }
}

fn on_this_machine(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or(url);
    ["127.", "localhost", "[::1]"]
        .iter()
        .any(|local| host.starts_with(local))
}
