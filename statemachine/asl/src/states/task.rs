//! Task: has something done elsewhere and waits for it.
//!
//! The interpreter keeps the time limits itself, as timers. An activity's begin
//! when a worker takes it up, all others with the call. A heartbeat is only
//! waited for where someone can send one, by a token; elsewhere
//! `HeartbeatSeconds` is evaluated and recorded.

mod note;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{State, resource::Resource};
use crate::{
    definition::{Amount, Reader},
    engine::{Activity, Delivery, Failure, Nature, PAYLOAD_LIMIT, Place, Step, too_large},
    event::{Command, Event, TaskId, TimerId},
    history::Details,
    jsonata::{Template, Values},
    text::Text,
};
use note::Note;

/// The fields of a Task state.
#[derive(Debug)]
pub(crate) struct Task {
    arn: Text,
    resource: Resource,
    arguments: Option<Template>,
    timeout: Option<Amount>,
    heartbeat: Option<Amount>,
}

/// One attempt at a task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TaskRun {
    pub(crate) task: TaskId,
    pub(crate) timeout: Option<TimerId>,
    pub(crate) heartbeat: Option<TimerId>,
    /// What someone else names the task by.
    pub(crate) token: Option<Text>,
    limits: Limits,
    started: bool,
    /// The event of an activity that is not known to exist yet.
    unscheduled: Option<Box<Details>>,
}

/// Seconds that a task may take.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Limits {
    timeout: Option<u64>,
    /// Only where a heartbeat is waited for.
    heartbeat: Option<u64>,
}

impl Task {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Task> {
        let arn = reader.required_string("Resource")?;
        let resource = Resource::read(reader, arn);
        let task = Task {
            arn: Text::from(arn),
            resource,
            arguments: reader.template("Arguments"),
            timeout: Amount::read(reader, "TimeoutSeconds", 1),
            heartbeat: Amount::read(reader, "HeartbeatSeconds", 1),
        };
        if let (Some(Amount::Literal(timeout)), Some(Amount::Literal(heartbeat))) =
            (&task.timeout, &task.heartbeat)
            && heartbeat >= timeout
        {
            reader.problem("HeartbeatSeconds", "This must be less than TimeoutSeconds.");
        }
        Some(task)
    }

    pub(super) fn begin(&self, state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
        place.token = self.resource.has_token().then(|| place.core.next_token());
        let arguments = match &self.arguments {
            None => place.frame.input.clone(),
            Some(template) => place.evaluate(Values::default(), |view| {
                template.evaluate(view, "Arguments")
            })?,
        };
        place.within_limit(&arguments)?;
        let timeout = amount(self.timeout.as_ref(), "TimeoutSeconds", place)?;
        let heartbeat = amount(self.heartbeat.as_ref(), "HeartbeatSeconds", place)?;
        let (kind, details) = self.scheduled(place, &arguments, timeout, heartbeat);
        let is_activity = matches!(self.resource, Resource::Activity);
        let mut run = TaskRun {
            task: place.core.next_task(),
            timeout: None,
            heartbeat: None,
            token: place.token.clone(),
            limits: Limits {
                timeout,
                heartbeat: heartbeat.filter(|_| place.token.is_some()),
            },
            started: false,
            unscheduled: None,
        };
        if is_activity {
            run.unscheduled = Some(Box::new(details));
        } else {
            place.emit(kind, details);
            run.set_limits(place);
        }
        let (task, token) = (run.task, run.token.clone());
        place.frame.activity = Activity::Task(run);
        place.core.command(Command::StartTask {
            task,
            state: state.name.to_string(),
            resource: self.arn.to_string(),
            arguments: arguments.to_value(),
            token: token.map(|token| token.to_string()),
        });
        Ok(Step::Pending)
    }

    pub(super) fn deliver(
        &self,
        state: &State,
        place: &mut Place<'_>,
        delivery: &Delivery<'_>,
    ) -> Result<Step, Failure> {
        let Activity::Task(run) = &mut place.frame.activity else {
            return Ok(Step::Pending);
        };
        match delivery.event {
            Event::TimerFired { timer } => return Err(self.timed_out(place, *timer)),
            Event::TaskHeartbeat { .. } => {
                if let (Some(timer), Some(seconds)) = (run.heartbeat, run.limits.heartbeat) {
                    place.core.cancel_timer(timer);
                    let at = place.core.after(seconds);
                    run.heartbeat = Some(place.core.set_timer(at));
                }
                return Ok(Step::Pending);
            }
            Event::ActivityMissing { .. } => {
                place.frame.activity = Activity::Idle;
                let message = format!("The activity {} does not exist.", self.arn);
                return Err(place.failure("States.Runtime", &message));
            }
            _ => {}
        }
        if let Some(details) = run.unscheduled.take() {
            place.emit("ActivityScheduled", *details);
        }
        if matches!(delivery.event, Event::ActivityScheduled { .. }) {
            return Ok(Step::Pending);
        }
        self.start_if_new(place, delivery.event);
        let Activity::Task(run) = &place.frame.activity else {
            return Ok(Step::Pending);
        };
        match delivery.event {
            Event::TaskStarted { .. } | Event::ActivityStarted { .. } => return Ok(Step::Pending),
            Event::TaskSubmitted { output, .. } => {
                self.note(place, Note::Submitted(&Text::json(output)));
                return Ok(Step::Pending);
            }
            _ => {}
        }
        // Everything else ends this attempt.
        for timer in [run.timeout, run.heartbeat].into_iter().flatten() {
            place.core.cancel_timer(timer);
        }
        place.frame.activity = Activity::Idle;
        match delivery.event {
            Event::TaskSucceeded { output, .. } => self.succeeded(state, place, output),
            Event::TaskFailed { error, cause, .. } => {
                self.note(place, Note::Failed(error, cause));
                Err(Failure::new(error, cause))
            }
            Event::TaskStartFailed { error, cause, .. } => {
                self.note(place, Note::StartFailed(error, cause));
                Err(Failure::new(error, cause))
            }
            Event::TaskSubmitFailed { error, cause, .. } => {
                self.note(place, Note::SubmitFailed(error, cause));
                Err(Failure::new(error, cause))
            }
            _ => Ok(Step::Pending),
        }
    }

    /// Writes that the task was taken up, once, before anything else about it.
    fn start_if_new(&self, place: &mut Place<'_>, event: &Event) {
        let Activity::Task(run) = &mut place.frame.activity else {
            return;
        };
        if run.started || matches!(event, Event::TaskStartFailed { .. }) {
            return;
        }
        run.started = true;
        if matches!(self.resource, Resource::Activity) {
            let mut run = run.clone();
            run.set_limits(place);
            place.frame.activity = Activity::Task(run);
        }
        let worker = match event {
            Event::ActivityStarted { worker, .. } => worker.as_deref(),
            _ => None,
        };
        self.note(place, Note::Started(worker));
    }

    fn timed_out(&self, place: &mut Place<'_>, fired: TimerId) -> Failure {
        let Activity::Task(run) = std::mem::replace(&mut place.frame.activity, Activity::Idle)
        else {
            return Failure::new("States.Timeout", "");
        };
        place.core.command(Command::CancelTask { task: run.task });
        let others = [run.timeout, run.heartbeat].into_iter().flatten();
        for timer in others.filter(|timer| *timer != fired) {
            place.core.cancel_timer(timer);
        }
        self.note(place, Note::TimedOut);
        Failure {
            nature: if run.heartbeat == Some(fired) {
                Nature::Heartbeat
            } else {
                Nature::Own
            },
            ..Failure::new("States.Timeout", "")
        }
    }

    fn succeeded(
        &self,
        state: &State,
        place: &mut Place<'_>,
        output: &Value,
    ) -> Result<Step, Failure> {
        let result = Text::json(output);
        if result.len() > PAYLOAD_LIMIT {
            let failure = Failure {
                nature: Nature::Result,
                ..too_large(self.called())
            };
            let cause = failure.cause.as_deref().unwrap_or_default();
            self.note(place, Note::Failed("States.DataLimitExceeded", cause));
            return Err(failure);
        }
        self.note(place, Note::Succeeded(&result));
        state.leave(place, Some(&result), &result)
    }
}

impl TaskRun {
    /// The time limits begin now.
    fn set_limits(&mut self, place: &mut Place<'_>) {
        let mut set = |seconds: Option<u64>| {
            seconds.map(|seconds| {
                let at = place.core.after(seconds);
                place.core.set_timer(at)
            })
        };
        self.timeout = set(self.limits.timeout);
        self.heartbeat = set(self.limits.heartbeat);
    }
}

fn amount(
    amount: Option<&Amount>,
    location: &str,
    place: &mut Place<'_>,
) -> Result<Option<u64>, Failure> {
    match amount {
        None => Ok(None),
        Some(amount) => place
            .evaluate(Values::default(), |view| amount.evaluate(view, location))
            .map(Some),
    }
}
