//! A running place: starts every service behind one port, and ends them all.

use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::assemble::services;
use crate::credentials::TaskCredentials;
use crate::dynamodb::DynamoDb;
use crate::ecs::Ecs;
use crate::ecs::launcher::{ProcessSettings, kill_of_place};
use crate::events::Events;
use crate::kms::Kms;
use crate::lambda::{FunctionSettings, Lambda};
use crate::logs::Logs;
use crate::restore;
use crate::secrets::Secrets;
use crate::server::error::AwsError;
use crate::server::mounts::{Mounts, Phase};
use crate::server::{self, Services};
use crate::settings::Settings;
use crate::step_functions::StepFunctions;
use crate::store::{DataError, Store};

/// How long a shutdown waits for answers under way.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// Why a place could not start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something else listens there.
    #[error(
        "Port {port} on 127.0.0.1 is in use: stop what listens there, choose another port, or 0 for a free one."
    )]
    PortInUse {
        /// The port asked for.
        port: u16,
    },
    /// The port may not be opened.
    #[error(
        "Port {port} on 127.0.0.1 cannot be opened ({source}): choose another port, or 0 for a free one."
    )]
    Port {
        /// The port asked for.
        port: u16,
        /// The system's answer.
        source: io::Error,
    },
    /// The folder for tasks cannot be made.
    #[error(
        "A temporary folder for tasks cannot be made ({0}): set TMPDIR to a folder that can be written to."
    )]
    Folder(io::Error),
    /// The settings make no sense.
    #[error("timer_speed is {0}: give a number above 0; 1 is real time.")]
    TimerSpeed(f64),
    /// The data folder cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A place in memory starts no process.
    #[error("A place in memory needs a launcher: set `launcher` to one that starts no process.")]
    NoLauncher,
}

/// A running place. End it with [`Place::shutdown`]; dropping it leaves the tidying
/// up to the end of the process.
pub struct Place {
    endpoint: String,
    services: Arc<Services>,
    mounts: Arc<Mounts>,
    /// None where there is no port.
    server: Option<Server>,
    /// None where nothing is kept.
    store: Option<Store>,
    /// Removed when the place is dropped.
    folder: Option<TempDir>,
}

/// What serves the port.
struct Server {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// The address of a place that has no port. Nothing can be reached there: `.invalid` is reserved
/// (RFC 2606).
const NO_ADDRESS: &str = "http://place.invalid";

impl Place {
    /// A place without a port, a folder or a process: its services are called through
    /// [`Place::router`]. With closures for functions, a launcher of its own and a paused
    /// clock, everything happens in one thread and in virtual time. Must run inside a
    /// tokio runtime.
    ///
    /// # Errors
    /// There is no launcher, or settings make no sense.
    pub fn in_memory(settings: Settings) -> Result<Self, StartError> {
        if !(settings.timer_speed.is_finite() && settings.timer_speed > 0.0) {
            return Err(StartError::TimerSpeed(settings.timer_speed));
        }
        if settings.launcher.is_none() {
            return Err(StartError::NoLauncher);
        }
        let around = ProcessSettings::new(PathBuf::new(), NO_ADDRESS.to_owned());
        Ok(Self {
            endpoint: NO_ADDRESS.to_owned(),
            services: Arc::new(services(settings, around)),
            mounts: Mounts::new(),
            server: None,
            store: None,
            folder: None,
        })
    }

    /// All that the port serves, for calls in this process.
    pub fn router(&self) -> Router {
        server::router(Arc::clone(&self.services), Arc::clone(&self.mounts))
    }

    /// Opens the port and serves. Must run inside a tokio runtime.
    ///
    /// # Errors
    /// The port is in use or may not be opened; settings that make no sense.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        if !(settings.timer_speed.is_finite() && settings.timer_speed > 0.0) {
            return Err(StartError::TimerSpeed(settings.timer_speed));
        }
        let port = settings.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|source| match source.kind() {
                io::ErrorKind::AddrInUse => StartError::PortInUse { port },
                _ => StartError::Port { port, source },
            })?;
        let address = listener
            .local_addr()
            .map_err(|source| StartError::Port { port, source })?;
        let (folder, data_folder) = match &settings.data {
            Some(given) => (None, given.folder.clone()),
            None => {
                let made = tempfile::Builder::new()
                    .prefix("jit-runners-local-")
                    .tempdir()
                    .map_err(StartError::Folder)?;
                let path = made.path().to_owned();
                (Some(made), path)
            }
        };
        let kept = match &settings.data {
            Some(data) => Some(Store::open(&data.folder, data.fsync)?),
            None => None,
        };
        let mut around = ProcessSettings::new(data_folder, format!("http://{address}"));
        if let Some((store, _)) = &kept {
            store
                .place()
                .clone_into(around.place.get_or_insert_default());
            let killed = kill_of_place(store.place(), &around.data_folder);
            if killed > 0 {
                tracing::info!(killed, "processes of a place that was killed were ended");
            }
        }
        let services = Arc::new(services(settings, around));
        let store = match kept {
            Some((store, records)) => {
                restore::restore(&services, &store, records)?;
                Some(store)
            }
            None => None,
        };
        let mounts = Mounts::new();
        let router = server::router(Arc::clone(&services), Arc::clone(&mounts));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            if let Err(error) = axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await
            {
                tracing::error!(%error, "the place stopped serving");
            }
        });
        tracing::info!(%address, "the place is up");
        Ok(Self {
            endpoint: format!("http://{address}"),
            services,
            mounts,
            server: Some(Server { stop, task }),
            store,
            folder,
        })
    }

    /// The address for `AWS_ENDPOINT_URL`, without a slash at its end.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// Serves `router` at `path` (such as `/console`) and below it, on the place's own
    /// port, from now on. The router sees the path below, as with [`Router::nest`]:
    /// `/console/a?b` arrives as `/a?b`. `GET /console` is redirected to `/console/`,
    /// so that a page's links can be relative; and `GET /` to what was mounted first,
    /// unless the request has AWS's headers. Both keep the query. Paths of the place's
    /// own services stay theirs, and the AWS APIs stay at `POST /`.
    ///
    /// The same path again replaces its router for requests to come; another path is
    /// served beside the first, of two that fit the longer one. A shutdown ends
    /// server-sent events at once and gives other answers its usual time.
    ///
    /// # Panics
    /// `path` does not begin with `/`, ends with one, or is nothing else.
    pub fn mount(&self, path: &'static str, router: Router) {
        self.mounts.add(path, router);
    }

    /// Ends executions' timers, tasks, environments and the port, and waits until
    /// their processes are gone.
    pub async fn shutdown(self) {
        self.services.scheduler.shutdown().await;
        self.services.sqs.shutdown();
        self.services.step_functions.shutdown();
        self.services.ecs.shutdown().await;
        self.services.lambda.shutdown().await;
        self.mounts.enter(Phase::Closing);
        if let Some(Server { stop, task }) = self.server {
            // The receiver is only gone when the server has failed already.
            let _ = stop.send(());
            let server = task.abort_handle();
            if tokio::time::timeout(LAST_ANSWERS, task).await.is_err() {
                server.abort();
                self.mounts.enter(Phase::Closed);
            }
        }
        if let Some(store) = self.store {
            store.close();
        }
        if let Some(Err(error)) = self.folder.map(TempDir::close) {
            tracing::warn!(%error, "the temporary folder of the tasks could not be removed");
        }
    }

    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    /// DynamoDB, without the wire.
    #[must_use]
    pub fn dynamodb(&self) -> &Arc<DynamoDb> {
        &self.services.dynamodb
    }

    /// ECS, without the wire.
    #[must_use]
    pub fn ecs(&self) -> &Arc<Ecs> {
        &self.services.ecs
    }

    /// EventBridge, without the wire.
    #[must_use]
    pub fn events(&self) -> &Arc<Events> {
        &self.services.events
    }

    /// KMS, without the wire.
    #[must_use]
    pub fn kms(&self) -> &Arc<Kms> {
        &self.services.kms
    }

    /// Lambda, without the wire.
    #[must_use]
    pub fn lambda(&self) -> &Arc<Lambda> {
        &self.services.lambda
    }

    /// CloudWatch Logs, without the wire.
    #[must_use]
    pub fn logs(&self) -> &Arc<Logs> {
        &self.services.logs
    }

    /// Secrets Manager, without the wire.
    #[must_use]
    pub fn secrets(&self) -> &Arc<Secrets> {
        &self.services.secrets
    }

    /// Step Functions, without the wire.
    #[must_use]
    pub fn step_functions(&self) -> &Arc<StepFunctions> {
        &self.services.step_functions
    }

    /// Keys for tasks.
    #[must_use]
    pub fn credentials(&self) -> &Arc<TaskCredentials> {
        &self.services.credentials
    }

    /// Creates a secret or gives it a new value; answers its ARN.
    pub fn put_secret(&self, name: &str, value: &str) -> String {
        self.services.secrets.put(name, value)
    }

    /// Adds or replaces a function; answers its ARN.
    ///
    /// # Errors
    /// The program does not exist, or a setting is out of range.
    pub fn create_function(&self, settings: FunctionSettings) -> Result<String, AwsError> {
        self.services.lambda.create_function(settings)
    }

    /// The address of a function's URL, with a slash at its end.
    #[must_use]
    pub fn function_url(&self, name: &str) -> String {
        self.services.lambda.function_url(name)
    }

    /// Creates a state machine from a definition without placeholders; answers its ARN.
    ///
    /// # Errors
    /// `InvalidDefinition` with the path, `StateMachineAlreadyExists`.
    pub fn create_state_machine(&self, name: &str, definition: &str) -> Result<String, AwsError> {
        let role = format!("arn:aws:iam::{}:role/{name}", crate::ACCOUNT);
        let input = json!({"name": name, "definition": definition, "roleArn": role});
        let answer = self
            .services
            .step_functions
            .call("CreateStateMachine", input)?;
        Ok(text(&answer, "stateMachineArn"))
    }

    /// Creates a bus if there is none of that name; answers its ARN.
    ///
    /// # Errors
    /// None that a sensible name meets.
    pub fn create_event_bus(&self, name: &str) -> Result<String, AwsError> {
        match self
            .services
            .events
            .call("CreateEventBus", json!({"Name": name}))
        {
            Ok(answer) => Ok(text(&answer, "EventBusArn")),
            Err(error) if error.code == "ResourceAlreadyExistsException" => {
                let answer = self
                    .services
                    .events
                    .call("DescribeEventBus", json!({"Name": name}))?;
                Ok(text(&answer, "Arn"))
            }
            Err(error) => Err(error),
        }
    }

    /// Creates a rule with one target (a state machine or a function); answers its ARN.
    ///
    /// # Errors
    /// `InvalidEventPatternException`, `ResourceNotFoundException` for the bus.
    pub fn create_event_rule(
        &self,
        bus: &str,
        name: &str,
        pattern: &Value,
        target_arn: &str,
    ) -> Result<String, AwsError> {
        let rule = json!({"Name": name, "EventBusName": bus, "EventPattern": pattern.to_string()});
        let answer = self.services.events.call("PutRule", rule)?;
        let targets = json!({"Rule": name, "EventBusName": bus, "Targets": [{"Id": "target", "Arn": target_arn}]});
        self.services.events.call("PutTargets", targets)?;
        Ok(text(&answer, "RuleArn"))
    }
}

fn text(answer: &Value, field: &str) -> String {
    answer
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
