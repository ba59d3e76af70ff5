//! The handle to a running emulator, for tests and the demo: what it can be made
//! to do. What can be seen of it is in `observe`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use faults::Faults;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::deliveries::HookKind;
use crate::faults::Fault;
use crate::github_fault::GitHubFault;
use crate::ids::{DeliveryId, JobId, RunId};
use crate::rest;
use crate::runner_group::RunnerGroup;
use crate::settings::{Access, Settings, Webhook};
use crate::shared::Shared;
use crate::webhooks::ORGANIZATION_HOOK_ID;
use crate::workflow::{self, WorkflowError};
use crate::world::Repository;

/// The emulator could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or may not be used.
    #[error(
        "port {port} of 127.0.0.1 cannot be used ({source}); choose another one, or 0 for any free one"
    )]
    Port {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
}

/// The address of an emulator that has no port. Nothing can be reached there: `.invalid` is
/// reserved (RFC 2606).
const NO_ADDRESS: &str = "http://github.invalid";

/// A running emulator. It stops when this is dropped; [`Emulator::shutdown`]
/// also waits for open requests.
#[derive(Debug)]
pub struct Emulator {
    pub(crate) shared: Arc<Shared>,
    /// None where there is no port.
    address: Option<SocketAddr>,
    base_url: String,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
    ticker: JoinHandle<()>,
}

impl Emulator {
    /// Starts serving on 127.0.0.1, within the current tokio runtime.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let port = settings.port;
        let failed = |source| StartError::Port { port, source };
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let base_url = format!("http://{address}");
        let mut emulator = Self::set_up(settings, base_url);
        emulator.address = Some(address);
        let shared = Arc::clone(&emulator.shared);
        let router = rest::router(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(async move {
            let served = axum::serve(listener, router).with_graceful_shutdown(async {
                let _ = stopped.await;
            });
            if let Err(error) = served.await {
                tracing::error!(%error, "the emulator stopped serving");
            }
        });
        emulator.stop = Some(stop);
        emulator.server = Some(server);
        Ok(emulator)
    }

    /// An emulator without a port: it is called through [`Emulator::router`], and sends
    /// events by `settings.transport`. Within a tokio runtime.
    pub fn in_memory(settings: Settings) -> Self {
        Self::set_up(settings, NO_ADDRESS.to_owned())
    }

    /// All that the port serves, for calls in this process.
    pub fn router(&self) -> axum::Router {
        rest::router(Arc::clone(&self.shared))
    }

    fn set_up(settings: Settings, base_url: String) -> Self {
        let tick = settings.tick;
        let shared = Arc::new(Shared::new(settings, base_url.clone()));
        let ticking = Arc::downgrade(&shared);
        let ticker = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(tick);
            loop {
                ticks.tick().await;
                let Some(shared) = ticking.upgrade() else {
                    return;
                };
                shared.tick();
            }
        });
        Self {
            shared,
            address: None,
            base_url,
            stop: None,
            server: None,
            ticker,
        }
    }

    /// Stops: runners that listen are sent away, open requests are finished,
    /// for at most two seconds.
    pub async fn shutdown(mut self) {
        self.shared.close();
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(mut server) = self.server.take()
            && tokio::time::timeout(Duration::from_secs(2), &mut server)
                .await
                .is_err()
        {
            server.abort();
        }
    }

    /// `http://127.0.0.1:PORT`: GitHub, its API, and (with `/api/v3`) that of
    /// GitHub Enterprise Server.
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// Where it listens, if it does.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// The private key of the App, as PEM; see [`crate::app_private_key_pem`].
    pub fn app_private_key_pem(&self) -> &'static str {
        crate::app_private_key_pem()
    }

    /// Sends events to `url` from now on, signed with `secret`.
    pub fn set_webhook(&self, url: impl Into<String>, secret: impl Into<SecretString>) {
        let webhook = Webhook {
            url: url.into(),
            secret: secret.into(),
        };
        self.shared.change(|world, _| world.webhook = Some(webhook));
    }

    /// The organisation gets a webhook of its own for `workflow_job` events, at
    /// `url` and signed with `secret`; answers its id.
    pub fn set_organization_webhook(
        &self,
        url: impl Into<String>,
        secret: impl Into<SecretString>,
    ) -> u64 {
        let webhook = Webhook {
            url: url.into(),
            secret: secret.into(),
        };
        self.shared
            .change(|world, _| world.organization_webhook = Some(webhook));
        ORGANIZATION_HOOK_ID
    }

    /// Sends a `ping` event, if there is a webhook.
    pub fn ping(&self) {
        self.shared.change(|world, now| {
            if world.webhook.is_some() {
                world.ping(now);
            }
        });
    }

    /// Creates a repository of the organisation; one of this name is kept, with
    /// this visibility.
    pub fn create_repository(&self, name: &str, private: bool) {
        self.shared.change(|world, now| {
            if let Some(repository) = world.repositories.get_mut(&name.to_lowercase()) {
                if repository.private != private {
                    repository.private = private;
                    repository.updated_at = now;
                }
                return;
            }
            let repository = Repository {
                id: world.next_id("repository"),
                name: name.to_owned(),
                private,
                protected_environments: Vec::new(),
                created_at: now,
                updated_at: now,
                pushed_at: now,
            };
            world.repositories.insert(name.to_lowercase(), repository);
        });
    }

    /// Takes `token` from now on as that of a person who may push to every
    /// repository; `permissions` by the names of fine-grained tokens.
    pub fn add_user_token(&self, token: &SecretString, permissions: &[(&str, Access)]) {
        self.shared.change(|world, now| {
            world.add_user_token(token.expose_secret(), permissions, now);
        });
    }

    /// Adds a runner group to the organisation.
    pub fn add_runner_group(&self, id: u64, name: &str) {
        self.set_runner_group(id, RunnerGroup::open(name));
    }

    /// Adds a runner group to the organisation, or changes it.
    pub fn set_runner_group(&self, id: u64, group: RunnerGroup) {
        self.shared
            .change(|world, _| world.groups.insert(id, group));
    }

    /// Gives the App and its installation a permission, or takes it away. Tokens
    /// that were given out keep theirs.
    pub fn set_permission(&self, name: &str, access: Option<Access>) {
        self.shared.change(|world, now| {
            world.app_record.updated_at = now;
            let permissions = &mut world.settings.app.permissions;
            match access {
                Some(access) => permissions.insert(name.to_owned(), access),
                None => permissions.remove(name),
            }
        });
    }

    /// Subscribes the App to these events and no others.
    pub fn set_events(&self, events: &[&str]) {
        self.shared.change(|world, now| {
            world.app_record.updated_at = now;
            world.settings.app.events = events.iter().map(|event| (*event).to_owned()).collect();
        });
    }

    /// Suspends the installation (no token is given out then), or takes it up again.
    pub fn suspend_installation(&self, suspended: bool) {
        self.shared.change(|world, now| {
            world.app_record.updated_at = now;
            world.suspended_at = suspended.then_some(now);
        });
    }

    /// From now on, jobs of this environment wait for an approval.
    pub fn protect_environment(&self, repository: &str, environment: &str) {
        self.shared.change(|world, _| {
            if let Some(repository) = world.repositories.get_mut(&repository.to_lowercase()) {
                repository
                    .protected_environments
                    .push(environment.to_owned());
            }
        });
    }

    /// Pushes a workflow file to the branch `main`, which starts a run of it.
    pub fn commit_workflow(
        &self,
        repository: &str,
        path: &str,
        text: &str,
    ) -> Result<RunId, WorkflowError> {
        let workflow = workflow::parse(path, text, crate::world::BRANCH)?;
        self.shared
            .change(|world, now| match world.repository(repository) {
                Some(found) => {
                    let name = found.name.clone();
                    world.start_run(&name, workflow, now)
                }
                None => Err(WorkflowError {
                    path: path.to_owned(),
                    line: None,
                    problem: format!("there is no repository `{repository}` to commit it to"),
                    advice: "create the repository first".to_owned(),
                }),
            })
    }

    /// Cancels a job; false where it is unknown or over.
    pub fn cancel_job(&self, id: JobId) -> bool {
        self.shared.change(|world, now| world.cancel_job(id, now))
    }

    /// Cancels a run; false where it is unknown or over.
    pub fn cancel_run(&self, id: RunId) -> bool {
        self.shared.change(|world, now| world.cancel_run(id, now))
    }

    /// Runs a job again as a new attempt; false where it is unknown or its run
    /// is not over.
    pub fn rerun_job(&self, id: JobId) -> bool {
        self.shared
            .change(|world, now| world.rerun_job(id, now).is_ok())
    }

    /// Approves a job that waits for its environment; false where it does not.
    pub fn approve(&self, id: JobId) -> bool {
        self.shared.change(|world, now| world.approve(id, now))
    }

    /// Sends a delivery of the App's webhook once more, under the same GUID;
    /// false where unknown.
    pub fn redeliver(&self, id: DeliveryId) -> bool {
        self.shared
            .change(|world, now| world.redeliver(HookKind::App, id, now))
    }

    /// Lets the next requests of a kind go wrong.
    pub fn inject(&self, fault: Fault) {
        self.shared.note(|world, _| world.faults.push(fault));
    }

    /// The faults that have names: add some, or see which have struck.
    pub fn faults(&self) -> &Faults<GitHubFault> {
        &self.shared.faults
    }

    /// Faults that no request has met yet.
    pub fn pending_faults(&self) -> Vec<Fault> {
        self.shared.look(|world, _| world.faults.clone())
    }

    /// Whether runners are told that their version is no longer served.
    pub fn refuse_runner_version(&self, refuse: bool) {
        self.shared
            .change(|world, _| world.refuses_version = refuse);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // With the sender goes the listener; open requests are answered yet.
        self.stop.take();
        self.shared.close();
        self.ticker.abort();
    }
}
