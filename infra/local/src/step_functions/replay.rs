//! The journal of an execution, and what a start makes of it.
//!
//! `asl` makes the same execution of the same events, so the journal holds what the
//! execution was told and when, and nothing of what it made of it but the length of
//! its history, by which a replay is checked. After the replay timers sleep for what
//! is left of their time, and tasks are dealt with by how far they had come:
//!
//! | the task | goes on as |
//! | --- | --- |
//! | was not begun | begun now |
//! | of an activity, without a worker | offered again |
//! | waits for its token | waits for its token |
//! | `ecs:runTask.sync`, submitted | its ECS task is looked for by its ARN |
//! | begun, its outcome not known | failed with `<Service>.SdkClientException`, for its Retry |

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Command, Event, TaskId, TimerId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Notify;

use super::StepFunctions;
use super::aliases::Origin;
use super::journal::{DIFFERS, EVENT, REDRIVE};
use super::record::{Begin, Inner, Record};
use super::tasks;
use super::timers::{set_limits, sets_limits_again};
use crate::store::{DataError, Records, number, read_number};

/// What an execution was told.
#[derive(Deserialize)]
struct Told {
    /// Nanoseconds since 1970.
    at: i64,
    /// Events in its history afterwards.
    history: usize,
    /// The state at whose entry a fault halted it.
    halted: Option<String>,
    event: Event,
}

/// All that one execution was told.
#[derive(Default)]
pub(super) struct Journal {
    told: Vec<Told>,
    redrive_token: Option<(String, DateTime<Utc>)>,
    /// The entry that an earlier start has found to differ.
    differs: Option<usize>,
}

/// What was under way when the journal ended.
#[derive(Default)]
pub(super) struct Left {
    tasks: BTreeMap<TaskId, OpenTask>,
    /// When they fire.
    timers: BTreeMap<TimerId, DateTime<Utc>>,
    /// The first entry that this version makes something else of, and how many there were.
    differs: Option<(usize, usize)>,
}

struct OpenTask {
    resource: String,
    state: String,
    arguments: Value,
    token: Option<String>,
    progress: Progress,
}

enum Progress {
    Waiting,
    /// An activity's, since when.
    Offered(DateTime<Utc>),
    Begun,
    Submitted(Value),
}

/// A task of an activity that a worker may have.
pub(super) struct Offer {
    at: DateTime<Utc>,
    activity: String,
    token: String,
    input: Value,
}

impl StepFunctions {
    /// The journals of all executions, by their numbers.
    pub(super) fn journals(
        &self,
        records: &mut Records,
    ) -> Result<BTreeMap<u64, Journal>, DataError> {
        let mut journals: BTreeMap<u64, Journal> = BTreeMap::new();
        for (parts, told) in records.take::<Told>(EVENT)? {
            let journal = journals.entry(read_number(parts.first())).or_default();
            journal.told.push(told);
        }
        for (parts, token) in records.take(REDRIVE)? {
            let journal = journals.entry(read_number(parts.first())).or_default();
            journal.redrive_token = token;
        }
        for (parts, entry) in records.take(DIFFERS)? {
            let journal = journals.entry(read_number(parts.first())).or_default();
            journal.differs = Some(entry);
        }
        Ok(journals)
    }

    /// An execution as its journal left it.
    pub(super) fn replay(&self, origin: Origin, begin: Begin, journal: Journal) -> Arc<Record> {
        let record = Record::new(origin, begin, Arc::clone(&self.context));
        {
            let mut inner = record.lock();
            inner.redrive_token = journal.redrive_token;
            let length = journal.told.len();
            let mut left = Left::default();
            for (entry, told) in journal.told.into_iter().enumerate() {
                inner.journal += 1;
                let same = record.tell(&mut inner, &mut left, told);
                if !same && journal.differs != Some(entry) {
                    left.differs = Some((entry, length));
                    break;
                }
            }
            record.show(&inner.execution);
            if inner.execution.status() == asl::Status::Running || left.differs.is_some() {
                inner.left = Some(Box::new(left));
            }
        }
        record
    }

    /// Sets everything going that was under way.
    pub(crate) fn resume(&self) {
        self.forget_old();
        let running: Vec<Arc<Record>> = {
            let state = self.lock();
            state.executions.values().cloned().collect()
        };
        let mut offers = Vec::new();
        for record in running {
            let mut inner = record.lock();
            if let Some(left) = inner.left.take() {
                record.resume(&mut inner, *left, &mut offers);
            }
        }
        offers.sort_by_key(|offer: &Offer| offer.at);
        for offer in offers {
            let Offer {
                activity,
                token,
                input,
                ..
            } = offer;
            // Where the activity is gone its tasks wait for their time limits.
            self.context.activities.offer(&activity, &token, &input);
        }
    }
}

impl Record {
    /// Tells the execution once more what it was told; false where it comes out in
    /// another way than it did.
    fn tell(&self, inner: &mut Inner, left: &mut Left, told: Told) -> bool {
        let at = DateTime::from_timestamp_nanos(told.at);
        let again = sets_limits_again(&told.event);
        left.heard(&told.event, at);
        let halts = told.halted.into_iter().collect();
        let definition = &self.machine.definition;
        let (commands, _) = inner.execution.on_until(definition, told.event, at, halts);
        let limits = again || set_limits(&commands);
        for command in commands {
            match command {
                Command::StartTask {
                    task,
                    state,
                    resource,
                    arguments,
                    token,
                } => {
                    let open = OpenTask {
                        resource,
                        state,
                        arguments,
                        token,
                        progress: Progress::Waiting,
                    };
                    left.tasks.insert(task, open);
                }
                Command::CancelTask { task } => {
                    left.tasks.remove(&task);
                }
                Command::SetTimer { timer, at: until } => {
                    let wait = self.context.wait(until - at, limits);
                    let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
                    let due = at.checked_add_signed(wait);
                    left.timers
                        .insert(timer, due.unwrap_or(DateTime::<Utc>::MAX_UTC));
                }
                Command::CancelTimer { timer } => {
                    left.timers.remove(&timer);
                }
                Command::Ended { .. } => {}
            }
        }
        inner.execution.history().len() == told.history
    }

    fn resume(self: &Arc<Self>, inner: &mut Inner, left: Left, offers: &mut Vec<Offer>) {
        if let Some((entry, length)) = left.differs {
            tracing::error!(
                execution = &*self.arn,
                entry,
                "an execution does not come out as it did: it is stopped"
            );
            let key = [DIFFERS, &number(self.number())];
            self.context.shelf.put(&key, &entry);
            self.forget_journal(entry as u64 + 1..length as u64);
            let cause = "The place was started with another version, by which the execution would have gone another way.";
            let stop = Event::Stop {
                error: None,
                cause: Some(cause.to_owned()),
            };
            return self.step(inner, stop);
        }
        if inner.journal == 0 {
            return self.step(inner, Event::Start);
        }
        let now = self.context.clock.now();
        for (timer, due) in left.timers {
            let wait = (due - now).to_std().unwrap_or_default();
            self.set_timer(inner, timer, wait);
        }
        for (task, open) in left.tasks {
            self.resume_task(inner, task, open, offers);
        }
    }

    fn resume_task(
        self: &Arc<Self>,
        inner: &mut Inner,
        task: TaskId,
        open: OpenTask,
        offers: &mut Vec<Offer>,
    ) {
        let OpenTask {
            resource,
            state,
            arguments,
            token,
            progress,
        } = open;
        if let Some(token) = &token {
            self.context.tokens.add(token, self, task);
            inner.tokens.insert(task, token.clone());
        }
        if asl::is_activity(&resource) {
            match progress {
                Progress::Waiting => {
                    let event = self.offer(inner, task, &resource, &arguments);
                    self.step(inner, event);
                }
                Progress::Offered(at) => offers.push(Offer {
                    at,
                    activity: resource,
                    token: token.unwrap_or_default(),
                    input: arguments,
                }),
                Progress::Begun | Progress::Submitted(_) => {}
            }
            return;
        }
        if matches!(progress, Progress::Submitted(_)) && tasks::callback(&resource).is_some() {
            return;
        }
        let cancel = Arc::new(Notify::new());
        inner.tasks.insert(task, Arc::clone(&cancel));
        let this = Arc::clone(self);
        match progress {
            Progress::Submitted(answer) => {
                tokio::spawn(this.follow(task, resource, answer, cancel));
            }
            Progress::Waiting | Progress::Offered(_) => {
                let fault = self.context.faults.take_for_task(&state);
                tokio::spawn(this.perform(task, resource, arguments, fault, cancel));
            }
            Progress::Begun => {
                let failure = tasks::unknown_outcome(&resource);
                let failure = match tasks::callback(&resource) {
                    Some(_) => failure.submitting(),
                    None => failure,
                };
                inner.tasks.remove(&task);
                self.forget_token(inner, task);
                self.step(inner, failure.event(task));
            }
        }
    }

    /// Stays with a task that another service has.
    async fn follow(
        self: Arc<Self>,
        task: TaskId,
        resource: String,
        submitted: Value,
        cancel: Arc<Notify>,
    ) {
        let services = &self.context.services;
        let end = match tasks::follow(services, &resource, &submitted, &cancel).await {
            Some(Ok(output)) => Event::TaskSucceeded { task, output },
            Some(Err(failure)) => failure.event(task),
            None => tasks::unknown_outcome(&resource).event(task),
        };
        self.end_task(task, end);
    }
}

impl Left {
    /// Notes how far a task or a timer has come by this.
    fn heard(&mut self, event: &Event, at: DateTime<Utc>) {
        let (task, progress) = match event {
            Event::ActivityScheduled { task } => (task, Progress::Offered(at)),
            Event::TaskStarted { task } | Event::ActivityStarted { task, .. } => {
                (task, Progress::Begun)
            }
            Event::TaskSubmitted { task, output } => (task, Progress::Submitted(output.clone())),
            Event::TaskSucceeded { task, .. }
            | Event::TaskFailed { task, .. }
            | Event::TaskStartFailed { task, .. }
            | Event::TaskSubmitFailed { task, .. }
            | Event::ActivityMissing { task } => {
                self.tasks.remove(task);
                return;
            }
            Event::TimerFired { timer } => {
                self.timers.remove(timer);
                return;
            }
            Event::Start | Event::Stop { .. } | Event::Redrive | Event::TaskHeartbeat { .. } => {
                return;
            }
        };
        if let Some(open) = self.tasks.get_mut(task) {
            open.progress = progress;
        }
    }
}
