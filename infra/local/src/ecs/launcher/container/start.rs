//! Creates and starts the containers of a task: all of them, or none.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Child;
use tokio::task::JoinHandle;

use super::super::environment::of_the_place;
use super::super::{ContainerSpec, LaunchError, LogSink, TaskSpec};
use super::arguments::{container_name, create, labels, volume_name};
use super::engine::{Engine, NoEngine};
use super::memory::Kills;

/// How often a container is asked whether it runs.
const PERIOD: Duration = Duration::from_millis(40);

/// What a task's containers are told of the place.
pub(super) struct Place<'p> {
    pub(super) engine: &'p Engine,
    pub(super) owner: String,
    /// The place's own; some engines leave a file where they were started.
    pub(super) folder: &'p Path,
    pub(super) region: &'p str,
    pub(super) endpoint: &'p str,
    pub(super) credentials: (String, String),
}

/// A started container.
#[derive(Debug)]
pub(super) struct Started {
    /// Its name on this machine.
    pub(super) name: String,
    /// The engine's command that passes the output on; it ends with the container.
    pub(super) attached: Child,
    /// They read the output into the logs, and end with its last line.
    pub(super) readers: Vec<JoinHandle<String>>,
    pub(super) kills: Kills,
}

/// How a container is, in the words that podman and docker share.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct State {
    pub(super) running: bool,
    #[serde(default, rename = "OOMKilled")]
    pub(super) out_of_memory: bool,
    pub(super) exit_code: i32,
    #[serde(default)]
    pub(super) error: String,
    #[serde(default)]
    pid: u32,
    started_at: String,
}

impl State {
    fn ever_started(&self) -> bool {
        // The zero time of the engines' language.
        !self.started_at.starts_with("0001-")
    }
}

impl Engine {
    /// A container's state.
    pub(super) async fn state(&self, container: &str) -> Result<State, String> {
        let call = ["inspect", "--format={{json .State}}", container];
        let text = self.call(&call).await?;
        serde_json::from_str(text.trim()).map_err(|error| error.to_string())
    }
}

/// Starts them in the order of the definition.
pub(super) async fn all(place: &Place<'_>, spec: &TaskSpec) -> Result<Vec<Started>, LaunchError> {
    let mut started = Vec::new();
    let done = async {
        for volume in &spec.volumes {
            make_volume(place, spec, volume).await?;
        }
        for container in &spec.containers {
            started.push(one(place, spec, container).await?);
        }
        Ok(())
    };
    let done: Result<(), LaunchError> = done.await;
    match done {
        Ok(()) => Ok(started),
        Err(error) => {
            remove(place.engine, spec).await;
            Err(error)
        }
    }
}

/// Removes whatever there is of a task, running or not.
pub(super) async fn remove(engine: &Engine, spec: &TaskSpec) {
    for container in &spec.containers {
        let name = container_name(spec, container);
        // docker refuses what is not there; podman does not.
        if let Err(why) = engine.call(&["rm", "--force", "--volumes", &name]).await
            && engine.state(&name).await.is_ok()
        {
            tracing::warn!(name, why, "a stopped task's container could not be removed");
        }
    }
    for volume in &spec.volumes {
        let name = volume_name(spec, volume);
        if let Err(why) = engine.call(&["volume", "rm", "--force", &name]).await {
            tracing::warn!(name, why, "a stopped task's volume could not be removed");
        }
    }
}

async fn make_volume(place: &Place<'_>, spec: &TaskSpec, volume: &str) -> Result<(), LaunchError> {
    let mut call = vec!["volume".to_owned(), "create".to_owned()];
    call.extend(labels(spec, &place.owner));
    call.push(volume_name(spec, volume));
    let made = place.engine.call(&call).await;
    let first = spec.containers.first().map(|first| first.name.clone());
    made.map(drop).map_err(|why| LaunchError {
        container: first.unwrap_or_default(),
        reason: format!("CannotCreateContainerError: volume {volume}: {why}"),
    })
}

async fn one(
    place: &Place<'_>,
    spec: &TaskSpec,
    container: &ContainerSpec,
) -> Result<Started, LaunchError> {
    let blame = |reason: String| LaunchError {
        container: container.name.clone(),
        reason,
    };
    let Place { engine, .. } = place;
    engine
        .prepare(&container.image)
        .await
        .map_err(|error| match error {
            NoEngine::NoImage { image, engine } => blame(format!(
                "CannotPullContainerError: {image}: not found: {engine} does not have it on this machine, build it or pull it first"
            )),
            other => blame(format!("CannotCreateContainerError: {other}")),
        })?;
    let mut needed = engine.arguments().to_vec();
    if container.read_only && engine.is_podman() {
        // Nothing is writable but what is mounted, as on Fargate.
        needed.push("--read-only-tmpfs=false".to_owned());
    }
    let given = of_the_place(place.region, place.endpoint, place.credentials.clone());
    let call = create(spec, container, &place.owner, given, &needed);
    let id = engine
        .call_with(&call.arguments, &call.environment)
        .await
        .map_err(|why| blame(format!("CannotCreateContainerError: {why}")))?;
    let name = container_name(spec, container);
    start(place, name, id.trim(), &container.log)
        .await
        .map_err(|why| blame(format!("CannotStartContainerError: {why}")))
}

async fn start(
    place: &Place<'_>,
    name: String,
    id: &str,
    log: &LogSink,
) -> Result<Started, String> {
    let Place { engine, folder, .. } = place;
    let mut attached = engine
        .command(&["start", "--attach", &name])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut readers = Vec::new();
    if let Some(stream) = attached.stdout.take() {
        readers.push(tokio::spawn(log.clone().copy(stream)));
    }
    if let Some(stream) = attached.stderr.take() {
        readers.push(tokio::spawn(log.clone().copy(stream)));
    }
    loop {
        let ended = tokio::time::timeout(PERIOD, attached.wait()).await.is_ok();
        let state = engine.state(&name).await?;
        if state.ever_started() {
            let kills = Kills::of(state.pid, id);
            return Ok(Started {
                name,
                attached,
                readers,
                kills,
            });
        }
        if ended {
            let said = match readers.pop() {
                Some(reader) => reader.await.unwrap_or_default(),
                None => String::new(),
            };
            let why = match state.error.is_empty() {
                true => said,
                false => state.error,
            };
            return Err(why.trim_start_matches("Error: ").to_owned());
        }
    }
}
