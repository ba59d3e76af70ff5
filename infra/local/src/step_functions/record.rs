//! One execution as it runs: what `asl` asks for is done here.
//!
//! Everything about an execution happens under one lock, in order. Nothing waits
//! under it: timers and tasks are tokio tasks that report back with an event.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use asl::{Command, Event, Execution, ExecutionInfo, Status, TaskId, TimerId};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::TaskServices;
use super::activities::Activities;
use super::aliases::Origin;
use super::fault::Faults;
use super::machines::Machine;
use super::replay::Left;
use super::timers::{set_limits, sets_limits_again};
use super::tokens::Tokens;
use crate::clock::Clock;
use crate::server::error::AwsError;
use crate::store::Shelf;

/// A client token is remembered this long.
const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);

/// What every execution of the place shares.
pub(super) struct Context {
    pub(super) clock: Clock,
    pub(super) timer_speed: f64,
    pub(super) services: TaskServices,
    pub(super) faults: Faults,
    pub(super) tokens: Tokens,
    pub(super) activities: Activities,
    pub(super) shelf: Shelf,
}

/// How an execution begins.
pub(super) struct Begin {
    /// Its number among all executions of the place.
    pub(super) number: u64,
    pub(super) info: ExecutionInfo,
    pub(super) input: Value,
    pub(super) seed: u64,
}

/// An execution of the place.
pub(super) struct Record {
    pub(super) arn: Arc<str>,
    pub(super) machine: Arc<Machine>,
    /// ARNs of the version and the alias that it was started by.
    pub(super) version: Option<Arc<str>>,
    pub(super) alias: Option<Arc<str>>,
    pub(super) context: Arc<Context>,
    /// Its number among all executions of the place.
    number: u64,
    /// Status and redrives as of the last step, for lists: see [`Record::status`].
    status: AtomicU8,
    redriven: AtomicBool,
    inner: Mutex<Inner>,
}

pub(super) struct Inner {
    pub(super) execution: Execution,
    pub(super) timers: HashMap<TimerId, AbortHandle>,
    pub(super) tasks: HashMap<TaskId, Arc<Notify>>,
    /// Tokens of tasks that someone else reports on.
    pub(super) tokens: HashMap<TaskId, String>,
    pub(super) redrive_token: Option<(String, DateTime<Utc>)>,
    /// Events in the journal, where one is kept.
    pub(super) journal: u64,
    /// What was under way when the place was killed, until it is set going again.
    pub(super) left: Option<Box<Left>>,
    abandoned: bool,
}

impl Record {
    pub(super) fn new(origin: Origin, begin: Begin, context: Arc<Context>) -> Arc<Self> {
        let Begin {
            number,
            info,
            input,
            seed,
        } = begin;
        let arn = info.arn.as_str().into();
        let inner = Inner {
            execution: Execution::new(info, input, seed),
            timers: HashMap::new(),
            tasks: HashMap::new(),
            tokens: HashMap::new(),
            redrive_token: None,
            journal: 0,
            left: None,
            abandoned: false,
        };
        Arc::new(Self {
            arn,
            machine: origin.machine,
            version: origin.version,
            alias: origin.alias,
            context,
            number,
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
        let _whole = self.context.shelf.whole();
        inner.redrive_token = token.map(|token| (token.to_owned(), now));
        self.keep_redrive(inner.redrive_token.as_ref());
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

    /// Tells the execution what someone reports by a task's token; false when
    /// nobody waits for that task any more.
    pub(super) fn report(self: &Arc<Self>, task: TaskId, event: Event) -> bool {
        let mut inner = self.lock();
        if !inner.tokens.contains_key(&task) {
            return false;
        }
        if matches!(
            event,
            Event::TaskSucceeded { .. } | Event::TaskFailed { .. }
        ) {
            self.forget_token(&mut inner, task);
        }
        self.step(&mut inner, event);
        true
    }

    /// Offers an activity's task to workers, if there is such an activity.
    pub(super) fn offer(
        &self,
        inner: &mut Inner,
        task: TaskId,
        activity: &str,
        input: &Value,
    ) -> Event {
        let token = inner.tokens.get(&task).map_or("", String::as_str);
        if self.context.activities.offer(activity, token, input) {
            return Event::ActivityScheduled { task };
        }
        self.forget_token(inner, task);
        Event::ActivityMissing { task }
    }

    pub(super) fn forget_token(&self, inner: &mut Inner, task: TaskId) {
        if let Some(token) = inner.tokens.remove(&task) {
            self.context.tokens.remove(&token);
        }
    }

    /// Tells the execution what happened and does what it asks for.
    pub(super) fn apply(self: &Arc<Self>, event: Event) {
        self.step(&mut self.lock(), event);
    }

    pub(super) fn step(self: &Arc<Self>, inner: &mut Inner, event: Event) {
        if inner.abandoned {
            return;
        }
        let now = self.context.clock.now();
        let _whole = self.context.shelf.whole();
        let kept = self.write(&event);
        let again = sets_limits_again(&event);
        let definition = &self.machine.definition;
        let stops = self.context.faults.stops(&self.machine.text);
        let before = inner.execution.history().len();
        let (mut commands, halted) = inner.execution.on_until(definition, event, now, stops);
        let entered = inner.execution.history().get(before..);
        self.context
            .faults
            .count_entries(entered.unwrap_or_default());
        self.keep(inner, kept.as_deref(), now, halted.as_deref());
        if let Some(state) = halted {
            self.context.faults.take_stop(&state);
            let cause = Some("Stopped by an injected fault.".to_owned());
            let stop = Event::Stop { error: None, cause };
            let kept = self.write(&stop);
            commands.extend(inner.execution.on(definition, stop, now));
            self.keep(inner, kept.as_deref(), now, None);
        }
        self.show(&inner.execution);
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
        let limits = again || set_limits(&commands);
        let mut next = Vec::new();
        for command in commands {
            match command {
                Command::StartTask { task, .. } if cancelled.contains(&task) => {}
                Command::StartTask {
                    task,
                    state,
                    resource,
                    arguments,
                    token,
                } => {
                    if let Some(token) = token {
                        self.context.tokens.add(&token, self, task);
                        inner.tokens.insert(task, token);
                    }
                    if asl::is_activity(&resource) {
                        next.push(self.offer(inner, task, &resource, &arguments));
                        continue;
                    }
                    let cancel = Arc::new(Notify::new());
                    inner.tasks.insert(task, Arc::clone(&cancel));
                    let fault = self.context.faults.take_for_task(&state);
                    tokio::spawn(
                        Arc::clone(self).perform(task, resource, arguments, fault, cancel),
                    );
                }
                Command::CancelTask { task } => {
                    self.forget_token(inner, task);
                    if let Some(task) = inner.tasks.remove(&task) {
                        task.notify_one();
                    }
                }
                Command::SetTimer { timer, at } => {
                    let wait = self.context.wait(at - now, limits);
                    self.set_timer(inner, timer, wait);
                }
                Command::CancelTimer { timer } => {
                    if let Some(timer) = inner.timers.remove(&timer) {
                        timer.abort();
                    }
                }
                Command::Ended { status } => {
                    inner.timers.shrink_to_fit();
                    inner.tasks.shrink_to_fit();
                    inner.tokens.shrink_to_fit();
                    tracing::info!(
                        execution = inner.execution.info().arn,
                        ?status,
                        "an execution has ended"
                    );
                }
            }
        }
        for event in next {
            self.step(inner, event);
        }
    }

    /// Lets lists see how it stands.
    pub(super) fn show(&self, execution: &Execution) {
        self.status
            .store(execution.status() as u8, Ordering::Relaxed);
        let redriven = execution.redrive_count() > 0;
        self.redriven.store(redriven, Ordering::Relaxed);
    }

    /// The execution is whole between two steps, so a panic elsewhere spoils nothing.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }
}
