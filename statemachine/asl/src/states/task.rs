//! Task: has something done elsewhere and waits for it.
//!
//! The interpreter keeps the time limit itself, as a timer. `HeartbeatSeconds`
//! is evaluated and recorded; only callbacks send heartbeats, and those are
//! not supported, so there is nothing to enforce.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{State, resource::Resource};
use crate::{
    definition::{Amount, Reader},
    engine::{Activity, Delivery, Failure, Place, Step},
    event::{Command, Event, TaskId, TimerId},
    history::Details,
    jsonata::{Template, Values},
    text::Text,
};

/// The fields of a Task state.
#[derive(Debug)]
pub(crate) struct Task {
    arn: String,
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
    started: bool,
}

impl Task {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Task> {
        let arn = reader.required_string("Resource")?;
        let resource = Resource::read(reader, arn);
        Some(Task {
            arn: arn.to_owned(),
            resource,
            arguments: reader.template("Arguments"),
            timeout: Amount::read(reader, "TimeoutSeconds"),
            heartbeat: Amount::read(reader, "HeartbeatSeconds"),
        })
    }

    pub(super) fn begin(&self, state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
        place.room_for_events()?;
        let arguments = match &self.arguments {
            None => place.frame.input.clone(),
            Some(template) => place.evaluate(Values::default(), |view| {
                template.evaluate(view, "Arguments")
            })?,
        };
        place.within_limit(&arguments)?;
        let timeout = amount(self.timeout.as_ref(), "TimeoutSeconds", place)?;
        let heartbeat = amount(self.heartbeat.as_ref(), "HeartbeatSeconds", place)?;
        let (kind, details) = match &self.resource {
            Resource::Lambda => (
                "LambdaFunctionScheduled",
                Details::LambdaScheduled {
                    resource: Text::from(self.arn.as_str()),
                    input: arguments.clone(),
                    timeout,
                },
            ),
            Resource::Service(service) => (
                "TaskScheduled",
                Details::TaskScheduled {
                    service: service.clone(),
                    region: place.core.region(),
                    parameters: arguments.clone(),
                    timeout,
                    heartbeat,
                },
            ),
        };
        place.emit(kind, details);
        let task = place.core.next_task();
        let timeout = timeout.map(|seconds| {
            let at = place.core.after(seconds);
            place.core.set_timer(at)
        });
        place.frame.activity = Activity::Task(TaskRun {
            task,
            timeout,
            started: false,
        });
        place.core.command(Command::StartTask {
            task,
            state: state.name.to_string(),
            resource: self.arn.clone(),
            arguments: arguments.to_value(),
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
        let (task, timeout) = (run.task, run.timeout);
        let timed_out = matches!(delivery.event, Event::TimerFired { .. });
        if !run.started && !timed_out && !matches!(delivery.event, Event::TaskStartFailed { .. }) {
            run.started = true;
            self.note(place, "Started", None, None);
        }
        if matches!(delivery.event, Event::TaskStarted { .. }) {
            return Ok(Step::Pending);
        }
        if let Event::TaskSubmitted { output, .. } = delivery.event {
            self.note(place, "Submitted", Some(&Text::json(output)), None);
            return Ok(Step::Pending);
        }
        // Everything else ends this attempt.
        place.frame.activity = Activity::Idle;
        if timed_out {
            place.core.command(Command::CancelTask { task });
            self.note(place, "TimedOut", None, Some(("States.Timeout", None)));
            return Err(Failure::new("States.Timeout", ""));
        }
        if let Some(timer) = timeout {
            place.core.cancel_timer(timer);
        }
        match delivery.event {
            Event::TaskSucceeded { output, .. } => self.succeeded(state, place, output),
            Event::TaskFailed { error, cause, .. } => {
                self.note(place, "Failed", None, Some((error, Some(cause))));
                Err(Failure::new(error, cause))
            }
            Event::TaskStartFailed { error, cause, .. } => {
                self.note(place, "StartFailed", None, Some((error, Some(cause))));
                Err(Failure::new(error, cause))
            }
            Event::TaskSubmitFailed { error, cause, .. } => {
                self.note(place, "SubmitFailed", None, Some((error, Some(cause))));
                Err(Failure::new(error, cause))
            }
            _ => Ok(Step::Pending),
        }
    }

    fn succeeded(
        &self,
        state: &State,
        place: &mut Place<'_>,
        output: &Value,
    ) -> Result<Step, Failure> {
        let result = Text::json(output);
        place.within_limit(&result)?;
        self.note(place, "Succeeded", Some(&result), None);
        state.leave(place, Some(&result), &result)
    }

    /// Writes the history event of what happened to the task.
    fn note(
        &self,
        place: &mut Place<'_>,
        what: &str,
        output: Option<&Text>,
        error: Option<(&str, Option<&String>)>,
    ) {
        let error = error.map(|(error, cause)| {
            (
                Text::from(error),
                cause.map(|cause| Text::from(cause.as_str())),
            )
        });
        let (kind, details) = match &self.resource {
            Resource::Lambda => (
                match what {
                    "Started" => "LambdaFunctionStarted",
                    "Succeeded" => "LambdaFunctionSucceeded",
                    "TimedOut" => "LambdaFunctionTimedOut",
                    "StartFailed" => "LambdaFunctionStartFailed",
                    // a function's ARN is called, not submitted to
                    "Submitted" => return,
                    _ => "LambdaFunctionFailed",
                },
                match (output, error) {
                    (Some(output), _) => Details::Output {
                        output: output.clone(),
                    },
                    (None, Some((error, cause))) => Details::Error {
                        error: Some(error),
                        cause,
                    },
                    (None, None) => Details::None,
                },
            ),
            Resource::Service(service) => (
                match what {
                    "Started" => "TaskStarted",
                    "Submitted" => "TaskSubmitted",
                    "Succeeded" => "TaskSucceeded",
                    "TimedOut" => "TaskTimedOut",
                    "StartFailed" => "TaskStartFailed",
                    "SubmitFailed" => "TaskSubmitFailed",
                    _ => "TaskFailed",
                },
                match (output, error) {
                    (Some(output), _) => Details::TaskOutput {
                        service: service.clone(),
                        output: output.clone(),
                    },
                    (None, Some((error, cause))) => Details::TaskError {
                        service: service.clone(),
                        error,
                        cause,
                    },
                    (None, None) => Details::Task {
                        service: service.clone(),
                    },
                },
            ),
        };
        place.emit(kind, details);
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
