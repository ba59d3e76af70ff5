//! A task of an execution that the place itself performs, from its start to its end.

use std::sync::Arc;

use asl::{Event, TaskId};
use serde_json::Value;
use tokio::sync::Notify;

use super::fault::Fault;
use super::record::Record;
use super::tasks::{self, Reports};

impl Record {
    pub(super) async fn perform(
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
        // What a call changes in the place, and that it was made: both or neither.
        let at_once = tasks::is_at_once(&resource, &arguments);
        let _whole = at_once.then(|| self.context.shelf.whole());
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
                Ok(output) if tasks::callback(&resource).is_some() => {
                    return reports.called(output);
                }
                Ok(output) => Event::TaskSucceeded { task, output },
                Err(failure) if tasks::callback(&resource).is_some() => {
                    failure.submitting().event(task)
                }
                Err(failure) => failure.event(task),
            },
        };
        self.end_task(task, end);
    }

    /// A task that the place performs has ended.
    pub(super) fn end_task(self: &Arc<Self>, task: TaskId, end: Event) {
        let mut inner = self.lock();
        inner.tasks.remove(&task);
        self.forget_token(&mut inner, task);
        self.step(&mut inner, end);
    }

    /// The call of a task is over that someone else reports on.
    pub(super) fn called(self: &Arc<Self>, task: TaskId, output: Value) {
        let mut inner = self.lock();
        inner.tasks.remove(&task);
        self.step(&mut inner, Event::TaskSubmitted { task, output });
    }
}
