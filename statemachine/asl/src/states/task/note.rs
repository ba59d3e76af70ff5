//! What the history tells of a task. A function called by its ARN, an activity
//! and a service integration each have their own types of events.

use super::Task;
use crate::{engine::Place, history::Details, states::resource::Resource, text::Text};

/// Something that happened to a task.
pub(super) enum Note<'a> {
    /// Taken up, by the worker of that name.
    Started(Option<&'a str>),
    Submitted(&'a Text),
    Succeeded(&'a Text),
    TimedOut,
    /// An error and its cause; what is empty is none.
    Failed(&'a str, &'a str),
    StartFailed(&'a str, &'a str),
    SubmitFailed(&'a str, &'a str),
}

impl Task {
    /// What errors name as the cause of a result.
    pub(super) fn called(&self) -> &str {
        match &self.resource {
            Resource::Lambda | Resource::Activity => &self.arn,
            Resource::Service(service) => &service.resource_type,
        }
    }

    /// The event of the call, its arguments evaluated.
    pub(super) fn scheduled(
        &self,
        place: &mut Place<'_>,
        arguments: &Text,
        timeout: Option<u64>,
        heartbeat: Option<u64>,
    ) -> (&'static str, Details) {
        let input = arguments.clone();
        match &self.resource {
            Resource::Lambda => (
                "LambdaFunctionScheduled",
                Details::LambdaScheduled {
                    resource: self.arn.clone(),
                    input,
                    timeout,
                },
            ),
            Resource::Activity => (
                "ActivityScheduled",
                Details::ActivityScheduled {
                    resource: self.arn.clone(),
                    input,
                    timeout,
                    heartbeat,
                },
            ),
            Resource::Service(service) => (
                "TaskScheduled",
                Details::TaskScheduled {
                    service: service.clone(),
                    region: place.core.region(),
                    parameters: input,
                    timeout,
                    heartbeat,
                },
            ),
        }
    }

    /// Writes the event of what happened to the task.
    pub(super) fn note(&self, place: &mut Place<'_>, note: Note<'_>) {
        // Neither a function nor an activity is submitted to.
        let Some(kind) = note.kind(&self.resource) else {
            return;
        };
        let some = |text: &str| (!text.is_empty()).then(|| Text::from(text));
        let (error, cause) = match note {
            Note::TimedOut => (some("States.Timeout"), None),
            Note::Failed(error, cause)
            | Note::StartFailed(error, cause)
            | Note::SubmitFailed(error, cause) => (some(error), some(cause)),
            _ => (None, None),
        };
        let details = match (&self.resource, note) {
            (Resource::Lambda, Note::Started(_)) => Details::None,
            (Resource::Activity, Note::Started(worker)) => Details::ActivityStarted {
                worker: worker.map(Text::from),
            },
            (Resource::Service(service), Note::Started(_)) => Details::Task {
                service: service.clone(),
            },
            (Resource::Service(service), Note::Submitted(output) | Note::Succeeded(output)) => {
                Details::TaskOutput {
                    service: service.clone(),
                    output: output.clone(),
                }
            }
            (_, Note::Submitted(output) | Note::Succeeded(output)) => Details::Output {
                output: output.clone(),
            },
            (Resource::Service(service), _) => Details::TaskError {
                service: service.clone(),
                error,
                cause,
            },
            (_, _) => Details::Error { error, cause },
        };
        place.emit(kind, details);
    }
}

impl Note<'_> {
    fn kind(&self, resource: &Resource) -> Option<&'static str> {
        let [lambda, activity, service] = match self {
            Note::Started(_) => ["LambdaFunctionStarted", "ActivityStarted", "TaskStarted"],
            Note::Submitted(_) => ["", "", "TaskSubmitted"],
            Note::Succeeded(_) => [
                "LambdaFunctionSucceeded",
                "ActivitySucceeded",
                "TaskSucceeded",
            ],
            Note::TimedOut => ["LambdaFunctionTimedOut", "ActivityTimedOut", "TaskTimedOut"],
            Note::Failed(..) => ["LambdaFunctionFailed", "ActivityFailed", "TaskFailed"],
            Note::StartFailed(..) => [
                "LambdaFunctionStartFailed",
                "ActivityFailed",
                "TaskStartFailed",
            ],
            Note::SubmitFailed(..) => {
                ["LambdaFunctionFailed", "ActivityFailed", "TaskSubmitFailed"]
            }
        };
        let kind = match resource {
            Resource::Lambda => lambda,
            Resource::Activity => activity,
            Resource::Service(_) => service,
        };
        (!kind.is_empty()).then_some(kind)
    }
}
