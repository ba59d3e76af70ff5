//! One execution as it runs: what `asl` asks for is done here.
//!
//! Everything about an execution happens under one lock, in order. Nothing waits
//! under it: timers and tasks are tokio tasks that report back with an event.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use asl::{Command, Event, Execution, ExecutionInfo, Status, TaskId, TimerId};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::TaskServices;
use super::aliases::Origin;
use super::fault::{Fault, Faults};
use super::machines::Machine;
use super::tasks::{self, Reports};
use crate::clock::Clock;
use crate::server::error::AwsError;

/// A client token is remembered this long.
const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);

/// What every execution of the place shares.
pub(super) struct Context {
    pub(super) clock: Clock,
    pub(super) timer_speed: f64,
    pub(super) services: Arc<TaskServices>,
    pub(super) faults: Arc<Faults>,
}

/// An execution of the place.
pub(super) struct Record {
    pub(super) arn: Arc<str>,
    pub(super) machine: Arc<Machine>,
    /// ARNs of the version and the alias that it was started by.
    pub(super) version: Option<Arc<str>>,
    pub(super) alias: Option<Arc<str>>,
    context: Context,
    /// Status and redrives as of the last step, for lists: see [`Record::status`].
    status: AtomicU8,
    redriven: AtomicBool,
    inner: Mutex<Inner>,
}

struct Inner {
    execution: Execution,
    timers: HashMap<TimerId, AbortHandle>,
    tasks: HashMap<TaskId, Arc<Notify>>,
    redrive_token: Option<(String, DateTime<Utc>)>,
    abandoned: bool,
}

impl Record {
    pub(super) fn new(
        origin: Origin,
        info: ExecutionInfo,
        input: Value,
        seed: u64,
        context: Context,
    ) -> Arc<Self> {
        let arn = info.arn.as_str().into();
        let inner = Inner {
            execution: Execution::new(info, input, seed),
            timers: HashMap::new(),
            tasks: HashMap::new(),
            redrive_token: None,
            abandoned: false,
        };
        Arc::new(Self {
            arn,
            machine: origin.machine,
            version: origin.version,
            alias: origin.alias,
            context,
            status: AtomicU8::new(Status::Running as u8),
            redriven: AtomicBool::new(false),
            inner: Mutex::new(inner),
        })
    }

    /// Whether it was started by that version or alias.
    pub(super) fn came_from(&self, arn: &str) -> bool {
        let mut own = [&self.version, &self.alias].into_iter().flatten();
        own.any(|own| **own == *arn)
    }

    /// How the execution stands, without waiting for a step under way.
    pub(super) fn status(&self) -> Status {
        const ALL: [Status; 5] = [
            Status::Running,
            Status::Succeeded,
            Status::Failed,
            Status::TimedOut,
            Status::Aborted,
        ];
        let status = self.status.load(Ordering::Relaxed);
        let same = |one: &Status| *one as u8 == status;
        ALL.into_iter().find(same).unwrap_or(Status::Running)
    }

    /// Whether it was ever redriven, likewise.
    pub(super) fn is_redriven(&self) -> bool {
        self.redriven.load(Ordering::Relaxed)
    }

    pub(super) fn start(self: &Arc<Self>) {
        self.apply(Event::Start);
    }

    pub(super) fn stop(self: &Arc<Self>, error: Option<String>, cause: Option<String>) {
        self.apply(Event::Stop { error, cause });
    }

    /// Redrives; the same token within its life is answered as the first time.
    pub(super) fn redrive(
        self: &Arc<Self>,
        token: Option<&str>,
    ) -> Result<DateTime<Utc>, AwsError> {
        let now = self.context.clock.now();
        let mut inner = self.lock();
        if let (Some(token), Some((before, at))) = (token, &inner.redrive_token)
            && token == before
            && now - *at < TOKEN_LIFE
        {
            return Ok(*at);
        }
        if let Err(reason) = inner.execution.redrive_eligibility(now) {
            return Err(AwsError::new("ExecutionNotRedrivable", reason));
        }
        inner.redrive_token = token.map(|token| (token.to_owned(), now));
        self.step(&mut inner, Event::Redrive);
        Ok(inner.execution.redrive_date().unwrap_or(now))
    }

    /// Looks at the execution.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Execution) -> T) -> T {
        look(&self.lock().execution)
    }

    /// Ends timers and tasks without telling the execution: the place shuts down.
    pub(super) fn abandon(&self) {
        let mut inner = self.lock();
        inner.abandoned = true;
        inner.timers.drain().for_each(|(_, timer)| timer.abort());
        inner.tasks.drain().for_each(|(_, task)| task.notify_one());
    }

    /// Tells the execution what happened and does what it asks for.
    pub(super) fn apply(self: &Arc<Self>, event: Event) {
        self.step(&mut self.lock(), event);
    }

    fn step(self: &Arc<Self>, inner: &mut Inner, event: Event) {
        if inner.abandoned {
            return;
        }
        let now = self.context.clock.now();
        let definition = &self.machine.definition;
        let stops = self.context.faults.stops(&self.machine.text);
        let before = inner.execution.history().len();
        let (mut commands, halted) = inner.execution.on_until(definition, event, now, stops);
        let entered = inner.execution.history().get(before..);
        self.context
            .faults
            .count_entries(entered.unwrap_or_default());
        if let Some(state) = halted {
            self.context.faults.take_stop(&state);
            let cause = Some("Stopped by an injected fault.".to_owned());
            let stop = Event::Stop { error: None, cause };
            commands.extend(inner.execution.on(definition, stop, now));
        }
        let status = inner.execution.status();
        self.status.store(status as u8, Ordering::Relaxed);
        let redriven = inner.execution.redrive_count() > 0;
        self.redriven.store(redriven, Ordering::Relaxed);
        // A task that was started and cancelled in one step never starts.
        let cancelled: Vec<TaskId> = commands
            .iter()
            .filter_map(|command| {
                if let Command::CancelTask { task } = command {
                    Some(*task)
                } else {
                    None
                }
            })
            .collect();
        // Timers set together with a task are its time limits: they keep real time.
        let limits = commands
            .iter()
            .any(|command| matches!(command, Command::StartTask { .. }));
        for command in commands {
            match command {
                Command::StartTask { task, .. } if cancelled.contains(&task) => {}
                Command::StartTask {
                    task,
                    state,
                    resource,
                    arguments,
                } => {
                    let cancel = Arc::new(Notify::new());
                    inner.tasks.insert(task, Arc::clone(&cancel));
                    let fault = self.context.faults.take_for_task(&state);
                    tokio::spawn(
                        Arc::clone(self).perform(task, resource, arguments, fault, cancel),
                    );
                }
                Command::CancelTask { task } => {
                    if let Some(task) = inner.tasks.remove(&task) {
                        task.notify_one();
                    }
                }
                Command::SetTimer { timer, at } => {
                    let wait = (at - now).to_std().unwrap_or_default();
                    let wait = if limits {
                        wait
                    } else {
                        wait.div_f64(self.context.timer_speed)
                    };
                    let sleeper = tokio::spawn(Arc::clone(self).fire(timer, wait));
                    inner.timers.insert(timer, sleeper.abort_handle());
                }
                Command::CancelTimer { timer } => {
                    if let Some(timer) = inner.timers.remove(&timer) {
                        timer.abort();
                    }
                }
                Command::Ended { status } => {
                    inner.timers.shrink_to_fit();
                    inner.tasks.shrink_to_fit();
                    tracing::info!(
                        execution = inner.execution.info().arn,
                        ?status,
                        "an execution has ended"
                    );
                }
            }
        }
    }

    async fn fire(self: Arc<Self>, timer: TimerId, wait: Duration) {
        tokio::time::sleep(wait).await;
        let mut inner = self.lock();
        if inner.timers.remove(&timer).is_some() {
            self.step(&mut inner, Event::TimerFired { timer });
        }
    }

    async fn perform(
        self: Arc<Self>,
        task: TaskId,
        resource: String,
        arguments: Value,
        fault: Option<Fault>,
        cancel: Arc<Notify>,
    ) {
        let reports = Reports {
            record: Arc::clone(&self),
            task,
        };
        let failed = |error, cause| Event::TaskFailed { task, error, cause };
        let end = match fault {
            Some(Fault::FailBefore { error, cause }) => {
                reports.started();
                failed(error, cause)
            }
            Some(Fault::FailAfter { error, cause }) => {
                let _ = tasks::perform(
                    &self.context.services,
                    &reports,
                    &resource,
                    arguments,
                    &cancel,
                )
                .await;
                failed(error, cause)
            }
            _ => match tasks::perform(
                &self.context.services,
                &reports,
                &resource,
                arguments,
                &cancel,
            )
            .await
            {
                Ok(output) => Event::TaskSucceeded { task, output },
                Err(failure) => failure.event(task),
            },
        };
        let mut inner = self.lock();
        inner.tasks.remove(&task);
        self.step(&mut inner, end);
    }

    /// The execution is whole between two steps, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
