//! Containers as futures: what the image's first process does, without processes.
//!
//! The JIT config is taken by the entrypoint's own code from its own settings, and
//! the limits are the entrypoint's; the listener is the emulator's, acted out.

mod life;

pub(crate) use life::EXITS;

use crate::faults::{Faults, Kind};
use crate::time::Time;
use crate::trace::{self, Trace};
use ::aws::Config;
use futures::future::BoxFuture;
use github_emulator::JobId;
use github_emulator::transport::Transport;
use local::ecs::launcher::{ContainerExit, LaunchError, Launcher, RunningTask, TaskSpec};
use local::ecs::{Ecs, EcsFault};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// What became of one container.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Its task.
    pub task_arn: String,
    /// The number of the job that it was started for.
    pub intended: u64,
    /// When it had a session at GitHub, since the begin of the run.
    pub listened_at: Option<Duration>,
    /// When it was over.
    pub over_at: Option<Duration>,
    /// The job that it began with.
    pub began: Option<JobId>,
    /// Whether GitHub was told that job's end.
    pub told: bool,
    /// Whether a stop request came while a job was at work.
    pub stopped_at_work: bool,
    /// Whether it was killed while a job was at work.
    pub killed_at_work: bool,
    /// What struck it.
    pub struck: Option<Kind>,
    /// Its exit code, once it has ended.
    pub exit: Option<i32>,
}

impl Record {
    fn at_work(&self) -> bool {
        self.began.is_some() && !self.told && self.exit.is_none()
    }
}

/// Starts containers as futures, and keeps what became of them. Cheap to clone.
#[derive(Clone)]
pub struct Containers {
    shared: Arc<Shared>,
}

struct Shared {
    time: Time,
    trace: Trace,
    faults: Faults,
    github: Transport,
    aws: OnceLock<Config>,
    ecs: OnceLock<Weak<Ecs>>,
    records: Mutex<Vec<Record>>,
}

impl Containers {
    /// None yet. Runners reach GitHub through `github`.
    pub fn new(time: Time, trace: Trace, faults: Faults, github: Transport) -> Self {
        let shared = Shared {
            time,
            trace,
            faults,
            github,
            aws: OnceLock::new(),
            ecs: OnceLock::new(),
            records: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Connects the containers with AWS, once there is one.
    pub fn connect(&self, aws: Config, ecs: &Arc<Ecs>) {
        // A second call would name the same place.
        let _ = self.shared.aws.set(aws);
        let _ = self.shared.ecs.set(Arc::downgrade(ecs));
    }

    /// What became of all of them, in the order of their starts.
    pub fn records(&self) -> Vec<Record> {
        self.shared.records().clone()
    }
}

impl Shared {
    fn records(&self) -> MutexGuard<'_, Vec<Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, number: usize, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.records().get_mut(number) {
            change(record);
        }
    }

    /// What may happen to a container some time after its start.
    async fn strike(self: Arc<Self>, number: usize) {
        let Some(ecs) = self.ecs.get().and_then(Weak::upgrade) else {
            return;
        };
        let record = self.records().get(number).cloned().unwrap_or_default();
        let task = ecs.task(&record.task_arn).unwrap_or_default();
        let spot = task["capacityProviderName"] == "FARGATE_SPOT";
        let after = Duration::ZERO;
        let kinds = [
            (Kind::SpotInterruption, EcsFault::SpotInterruption { after }),
            (Kind::OutOfMemory, EcsFault::OutOfMemory { after }),
            (Kind::TaskKilled, EcsFault::Kill { after }),
        ];
        let wanted = kinds.into_iter().find(|(kind, _)| {
            let can = *kind != Kind::SpotInterruption || spot;
            can && self.faults.chosen(*kind, "its task")
        });
        let Some((kind, fault)) = wanted else { return };
        // One that was ordered shall meet a job at work.
        let (least, most) = match self.faults.rolls() {
            true => (1_000, 900_000),
            false => (40_000, 60_000),
        };
        tokio::time::sleep(self.faults.dice().millis(least, most)).await;
        if ecs.strike(&record.task_arn, &fault) {
            self.change(number, |record| record.struck = Some(kind));
            self.faults.note(kind, "its task", record.intended);
        }
    }
}

impl Launcher for Containers {
    fn launch(&self, spec: TaskSpec) -> BoxFuture<'_, Result<Box<dyn RunningTask>, LaunchError>> {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let variables = spec.containers.first().map(|one| one.environment.clone());
            let variables = variables.unwrap_or_default();
            let job = variables.get("JOB_ID").and_then(|id| id.parse().ok());
            let record = Record {
                task_arn: spec.task_arn.clone(),
                intended: trace::number(JobId(job.unwrap_or_default())),
                ..Record::default()
            };
            let number = {
                let mut records = shared.records();
                records.push(record);
                records.len() - 1
            };
            let (terminate, kill) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
            let (end, ended) = watch::channel(None);
            let name = spec.containers.first().map(|one| one.name.clone());
            let life = life::Life {
                shared: Arc::clone(&shared),
                number,
                terminate: Arc::clone(&terminate),
            };
            let killed = Arc::clone(&kill);
            tokio::spawn(Arc::clone(&shared).strike(number));
            tokio::spawn(async move {
                let exit_code = tokio::select! {
                    biased;
                    () = killed.notified() => 137,
                    code = life.live(variables) => code,
                };
                life.over(exit_code);
                let exit = ContainerExit {
                    name: name.unwrap_or_default(),
                    exit_code,
                    reason: None,
                };
                end.send_replace(Some(vec![exit]));
            });
            Ok(Box::new(Running {
                shared,
                number,
                terminate,
                kill,
                ended,
            }) as Box<dyn RunningTask>)
        })
    }
}

/// A container that was started.
struct Running {
    shared: Arc<Shared>,
    number: usize,
    terminate: Arc<Notify>,
    kill: Arc<Notify>,
    ended: watch::Receiver<Option<Vec<ContainerExit>>>,
}

impl RunningTask for Running {
    fn terminate(&self) {
        self.shared.change(self.number, |record| {
            record.stopped_at_work |= record.at_work();
        });
        self.terminate.notify_one();
    }

    fn kill(&self) {
        self.shared.change(self.number, |record| {
            record.killed_at_work |= record.at_work();
        });
        self.kill.notify_one();
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
