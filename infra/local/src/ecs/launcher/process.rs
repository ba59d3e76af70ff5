//! Tasks as processes: each container is a process group of its own, in a
//! working folder of its own, with an environment of its own.
//!
//! The first process is its container's life: when it ends, what is left of
//! its group is killed, and then whatever else the task has left behind.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use nix::unistd::Pid;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::environment::{Surroundings, environment};
use super::groups::Groups;
use super::{
    ContainerExit, ContainerSpec, LaunchError, Launcher, LogSink, RunningTask, TaskSpec, leftovers,
};
use crate::credentials::TaskCredentials;

/// After a container's end its pipes are read this much longer, should a
/// process that is being killed still hold them.
const DRAIN: Duration = Duration::from_secs(1);

/// What processes are given besides their definition.
#[derive(Debug, Clone)]
pub struct ProcessSettings {
    /// Working folders are made under `tasks/` in this folder.
    pub data_folder: PathBuf,
    /// The place's own address, e.g. `http://127.0.0.1:4570`.
    pub endpoint: String,
    /// The region that SDKs in tasks are told.
    pub region: String,
    /// The tasks' `PATH`.
    pub path: String,
    /// The id of a place that keeps its state, by which a later start finds what is
    /// left of its processes.
    pub place: Option<String>,
}

impl ProcessSettings {
    /// Settings with this process's own `PATH` and the place's region.
    #[must_use]
    pub fn new(data_folder: PathBuf, endpoint: String) -> Self {
        Self {
            data_folder,
            endpoint,
            region: crate::REGION.to_owned(),
            path: std::env::var("PATH")
                .unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".to_owned()),
            place: None,
        }
    }
}

/// Runs tasks as processes of this machine.
#[derive(Debug)]
pub struct ProcessLauncher {
    settings: ProcessSettings,
    credentials: Arc<TaskCredentials>,
}

impl ProcessLauncher {
    /// A launcher; nothing is created before the first task.
    #[must_use]
    pub fn new(settings: ProcessSettings, credentials: Arc<TaskCredentials>) -> Self {
        Self {
            settings,
            credentials,
        }
    }

    fn start(&self, spec: &TaskSpec) -> Result<ProcessTask, LaunchError> {
        let folder = self.settings.data_folder.join("tasks").join(&spec.task_id);
        let blame = |container: &ContainerSpec, error: &io::Error| LaunchError {
            container: container.name.clone(),
            reason: format!(
                "CannotStartContainerError: exec {:?}: {error}",
                container.program().first().map_or("", String::as_str)
            ),
        };
        let credentials = self.credentials.issue(&spec.task_id);
        let mut task = ProcessTask {
            groups: Arc::default(),
            ended: watch::channel(None).1,
        };
        let mut containers = Vec::new();
        for container in &spec.containers {
            std::fs::create_dir_all(&folder).map_err(|error| blame(container, &error))?;
            let surroundings = Surroundings {
                task_id: &spec.task_id,
                work_folder: &folder,
                path: &self.settings.path,
                region: &self.settings.region,
                endpoint: &self.settings.endpoint,
                credentials: credentials.clone(),
                place: self.settings.place.as_deref(),
            };
            match spawn(surroundings, container, Arc::clone(&task.groups)) {
                Ok(process) => containers.push(process),
                Err(error) => {
                    // Dropping the task kills what was started before.
                    let _ = std::fs::remove_dir_all(&folder);
                    self.credentials.revoke(&spec.task_id);
                    return Err(blame(container, &error));
                }
            }
        }
        let (sender, receiver) = watch::channel(None);
        task.ended = receiver;
        let house_keeping = HouseKeeping {
            task_id: spec.task_id.clone(),
            folder,
            credentials: Arc::clone(&self.credentials),
        };
        tokio::spawn(supervise(
            containers,
            Arc::clone(&task.groups),
            house_keeping,
            sender,
        ));
        Ok(task)
    }
}

impl Launcher for ProcessLauncher {
    fn launch(&self, spec: TaskSpec) -> BoxFuture<'_, Result<Box<dyn RunningTask>, LaunchError>> {
        Box::pin(async move {
            let task = self.start(&spec)?;
            Ok(Box::new(task) as Box<dyn RunningTask>)
        })
    }
}

/// A started first process and its group.
struct Process {
    name: String,
    essential: bool,
    stop_timeout: Duration,
    group: Pid,
    exit: tokio::sync::oneshot::Receiver<i32>,
    readers: Vec<JoinHandle<String>>,
}

fn spawn(
    surroundings: Surroundings<'_>,
    container: &ContainerSpec,
    groups: Arc<Groups>,
) -> io::Result<Process> {
    let command = container.program();
    let Some((program, arguments)) = command.split_first() else {
        return Err(io::Error::other(
            "no command given: the process launcher runs entryPoint and command of the container definition",
        ));
    };
    let folder = surroundings.work_folder.to_owned();
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(environment(surroundings, container))
        .current_dir(&folder)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let group = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
    let readers = readers(&mut child, &container.log);
    let (sender, exit) = tokio::sync::oneshot::channel();
    // A thread each: there are few tasks, and a blocking wait needs one.
    groups.add(group);
    std::thread::spawn(move || {
        let _ = sender.send(groups.wait(child, group));
    });
    Ok(Process {
        name: container.name.clone(),
        essential: container.essential,
        stop_timeout: container.stop_timeout,
        group,
        exit,
        readers,
    })
}

fn readers(child: &mut Child, log: &LogSink) -> Vec<JoinHandle<String>> {
    let mut readers = Vec::new();
    if let Some(stream) = child.stdout.take()
        && let Ok(stream) = tokio::process::ChildStdout::from_std(stream)
    {
        readers.push(tokio::spawn(log.clone().copy(stream)));
    }
    if let Some(stream) = child.stderr.take()
        && let Ok(stream) = tokio::process::ChildStderr::from_std(stream)
    {
        readers.push(tokio::spawn(log.clone().copy(stream)));
    }
    readers
}

/// A running task. Dropped before its end, it is killed.
struct ProcessTask {
    groups: Arc<Groups>,
    ended: watch::Receiver<Option<Vec<ContainerExit>>>,
}

impl RunningTask for ProcessTask {
    fn terminate(&self) {
        self.groups.terminate_all();
    }

    fn kill(&self) {
        self.groups.kill_all();
    }

    fn ended(&self) -> BoxFuture<'_, Vec<ContainerExit>> {
        let mut ended = self.ended.clone();
        Box::pin(async move {
            let exits = ended.wait_for(Option::is_some).await;
            exits
                .ok()
                .and_then(|exits| exits.clone())
                .unwrap_or_default()
        })
    }
}

impl Drop for ProcessTask {
    fn drop(&mut self) {
        self.groups.kill_all();
    }
}

/// What is to be cleared away when a task has ended.
struct HouseKeeping {
    task_id: String,
    folder: PathBuf,
    credentials: Arc<TaskCredentials>,
}

/// Follows all containers of a task to their ends.
async fn supervise(
    mut containers: Vec<Process>,
    groups: Arc<Groups>,
    house_keeping: HouseKeeping,
    ended: watch::Sender<Option<Vec<ContainerExit>>>,
) {
    let essential_ended = watch::Sender::new(false);
    let follow = containers
        .iter_mut()
        .map(|container| follow(container, &groups, &essential_ended));
    let exits = futures::future::join_all(follow).await;
    let HouseKeeping {
        task_id,
        folder,
        credentials,
    } = house_keeping;
    credentials.revoke(&task_id);
    let cleared = tokio::task::spawn_blocking(move || clear(&task_id, &folder)).await;
    if let Err(error) = cleared {
        tracing::warn!(%error, "a stopped task could not be cleared away");
    }
    for mut reader in containers
        .into_iter()
        .flat_map(|container| container.readers)
    {
        if tokio::time::timeout(DRAIN, &mut reader).await.is_err() {
            reader.abort();
        }
    }
    ended.send_replace(Some(exits));
}

/// Follows one container; once an essential one has ended, it must end too.
async fn follow(
    container: &mut Process,
    groups: &Groups,
    essential_ended: &watch::Sender<bool>,
) -> ContainerExit {
    let group = container.group;
    let mut task_over = essential_ended.subscribe();
    let exit_code = tokio::select! {
        code = &mut container.exit => code,
        () = async { let _ = task_over.wait_for(|over| *over).await; } => {
            groups.terminate(group);
            match tokio::time::timeout(container.stop_timeout, &mut container.exit).await {
                Ok(code) => code,
                Err(_) => {
                    groups.kill(group);
                    (&mut container.exit).await
                }
            }
        }
    };
    if container.essential {
        essential_ended.send_replace(true);
    }
    ContainerExit {
        name: container.name.clone(),
        exit_code: exit_code.unwrap_or(255),
        reason: None,
    }
}

fn clear(task_id: &str, folder: &Path) {
    let escaped = leftovers::kill_all(task_id, folder);
    if escaped > 0 {
        tracing::info!(
            task_id,
            escaped,
            "processes that had left their group were killed"
        );
    }
    if let Err(error) = std::fs::remove_dir_all(folder)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(task_id, %error, "a task's working folder could not be removed");
    }
}
