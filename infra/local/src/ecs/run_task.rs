//! RunTask: checks everything, makes the tasks, and sets their lives going.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Ecs;
use super::definitions::Definition;
use super::fault::EcsFault;
use super::input::{client, text};
use super::request::Request;
use super::state::State;
use super::task::Task;
use super::{life_cycle, mishap, overrides};
use crate::server::error::AwsError;

/// An answer that a client token will give again.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Remembered {
    request: Value,
    task_ids: Vec<String>,
    at: DateTime<Utc>,
}

/// How long AWS remembers a client token.
const TOKEN_HOURS: i64 = 24;

impl Ecs {
    pub(super) fn run_task(self: &Arc<Self>, input: &Value) -> Result<Value, AwsError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| {
            AwsError::new(
                "ServerException",
                "RunTask was called outside of the place's runtime.",
            )
            .with_status(500)
        })?;
        let mut state = self.state();
        if state.closed {
            return Err(
                AwsError::new("ServerException", "The place is shutting down.").with_status(500),
            );
        }
        let now = self.clock.now();
        let cluster = state.cluster(input)?.clone();
        let reference = text(input, "taskDefinition")?
            .ok_or_else(|| client("TaskDefinition can not be null or empty."))?;
        let definition = state
            .definition(reference)
            .map(Arc::clone)
            .ok_or_else(|| client("TaskDefinition not found."))?;
        let request = Request::read(input, &cluster)?;
        let size = overrides::check(&input["overrides"], &definition)?;
        let token = text(input, "clientToken")?;
        if let Some(token) = token
            && let Some(answer) = remembered(&state, token, input, now)?
        {
            return Ok(answer);
        }
        let ordered = state.faults.take();
        let fault = ordered.or_else(|| self.mishap(&definition.family));
        match &fault {
            Some(EcsFault::RefuseRunTask { code, message }) => {
                return Err(mishap::refusal(code, message));
            }
            Some(EcsFault::Failure { reason }) => {
                return Ok(json!({ "tasks": [], "failures": [{ "reason": reason }] }));
            }
            _ => {}
        }
        let (mut answer, mut task_ids) = (Vec::new(), Vec::new());
        let _whole = self.shelf.whole();
        for _ in 0..request.count {
            let task = Task::new(
                state.tasks.next(),
                &self.settings,
                &cluster,
                &definition,
                &request,
                size,
                &input["overrides"],
                now,
            );
            answer.push(task.to_wire(true));
            task_ids.push(task.id.clone());
            self.publish(&task);
            self.keep_task(&task);
            let life = life_cycle::live(Arc::clone(self), self.birth(&task, &definition, &fault));
            self.lives().push(runtime.spawn(life));
            state.tasks.push(task);
        }
        if let Some(token) = token {
            let remembered = Remembered {
                request: input.clone(),
                task_ids,
                at: now,
            };
            self.keep_token(token, &remembered);
            state.tokens.insert(token.to_owned(), remembered);
        }
        Ok(json!({ "tasks": answer, "failures": [] }))
    }

    pub(super) fn birth(
        &self,
        task: &Task,
        definition: &Definition,
        fault: &Option<EcsFault>,
    ) -> life_cycle::Birth {
        life_cycle::Birth {
            id: task.id.clone(),
            spec: self.spec(task, definition),
            fault: fault.clone(),
            pending: task.last_status == "PENDING",
            stop: task.stop.subscribe(),
        }
    }

    /// Tells every listener how a task is now.
    pub(super) fn publish(&self, task: &Task) {
        // Nobody listening is no error.
        let _ = self.changes.send(task.to_wire(false));
    }
}

/// The answer to a repeated request; a token used for another one is refused.
fn remembered(
    state: &State,
    token: &str,
    input: &Value,
    now: DateTime<Utc>,
) -> Result<Option<Value>, AwsError> {
    let Some(remembered) = state.tokens.get(token) else {
        return Ok(None);
    };
    if now - remembered.at > TimeDelta::hours(TOKEN_HOURS) {
        return Ok(None);
    }
    if remembered.request != *input {
        return Err(AwsError::new(
            "ConflictException",
            "The RunTask request could not be processed due to conflicts. The provided clientToken is already in use with a different RunTask request.",
        )
        .with("resourceIds", json!(remembered.task_ids)));
    }
    let tasks: Vec<Value> = remembered
        .task_ids
        .iter()
        .filter_map(|id| state.task(id))
        .map(|task| task.to_wire(true))
        .collect();
    Ok(Some(json!({ "tasks": tasks, "failures": [] })))
}
