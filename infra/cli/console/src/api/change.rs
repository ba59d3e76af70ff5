//! What changes something: redrives and cancels. The guard has let only the
//! console's own page through.

use super::{Answer, fields, json};
use crate::error::ApiError;
use crate::name;
use crate::operations::{self, Refused};
use crate::poller;
use crate::shared::Shared;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use domain::names::failure;
use observe::cancel::{CancelError, Options};
use observe::fleet::ReadError;
use observe::redrive::{Eligible, Plan};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json as value};
use std::sync::Arc;

/// The largest body. Names of some thousand executions need more than words do.
const BODY: usize = 64 * 1024;
const NAMES_BODY: usize = 1024 * 1024;
/// The most executions that are redriven at once.
const MOST: usize = 10_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redrive {
    names: Option<Vec<String>>,
    filter: Option<Value>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancel {
    #[serde(default)]
    even_if_running: bool,
}

pub(super) async fn redrive(State(shared): State<Arc<Shared>>, body: Body) -> Answer {
    let asked: Redrive = read(body, NAMES_BODY).await?;
    shared.seen();
    let (plan, refused) = match (asked.names, asked.filter) {
        (Some(names), None) => of_names(&shared, names).await?,
        (None, Some(filter)) => of_filter(&shared, &filter).await?,
        _ => {
            return Err(ApiError::InvalidRequest(
                "It is not said what to redrive: give either names or a filter.".to_owned(),
            ));
        }
    };
    let refused: Vec<Refused> = plan
        .refused
        .iter()
        .map(Refused::from)
        .chain(refused)
        .collect();
    if asked.dry_run {
        let eligible: Vec<Value> = plan.eligible.iter().map(shown).collect();
        return json(&value!({"eligible": eligible, "refused": refused}));
    }
    for one in &plan.eligible {
        shared.reading.forget(&one.name);
    }
    let count = plan.eligible.len();
    let operation = operations::begin(&shared, plan, refused)?;
    json(&value!({"operation": operation, "count": count}))
}

fn shown(one: &Eligible) -> Value {
    value!({"name": one.name, "repository": one.repository, "job": one.job, "error": one.error})
}

async fn of_names(shared: &Shared, names: Vec<String>) -> Result<(Plan, Vec<Refused>), ApiError> {
    if names.is_empty() || names.len() > MOST {
        return Err(ApiError::InvalidRequest(format!(
            "{} executions are named: name 1 to {MOST}.",
            names.len()
        )));
    }
    let (names, impossible): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| name::possible(name));
    let refused = impossible.into_iter().map(|name| Refused {
        name,
        because: "This is no execution's name.".to_owned(),
    });
    Ok((Plan::of(shared.fleet(), &names).await?, refused.collect()))
}

/// What the list shows for the filter, as it is now.
async fn of_filter(shared: &Arc<Shared>, filter: &Value) -> Result<(Plan, Vec<Refused>), ApiError> {
    let filter = fields::redrive_filter(filter)?;
    shared.ready().await;
    // A filter by a job's words finds only what was read.
    let by_list = observe::board::Filter {
        status: filter.status.clone(),
        since: filter.since,
        ..observe::board::Filter::default()
    };
    let unread: Vec<String> = shared
        .board
        .rows(&by_list)
        .rows
        .into_iter()
        .filter(|row| row.details.is_none())
        .map(|row| row.name)
        .collect();
    shared.board.want(&unread).await;
    let (mut names, mut refused) = (Vec::new(), Vec::new());
    for row in shared.board.rows(&filter).rows.into_iter().take(MOST) {
        let error = row
            .details
            .as_ref()
            .and_then(|details| details.error.as_deref());
        // Only a changed policy helps them: who wants that asks for them.
        if error == Some(failure::JOB_REJECTED) && filter.error != failure::JOB_REJECTED {
            refused.push(Refused {
                name: row.name,
                because: format!(
                    "The policy rejected its job: change the policy, then redrive those with the error {}.",
                    failure::JOB_REJECTED
                ),
            });
        } else {
            names.push(row.name);
        }
    }
    Ok((Plan::of(shared.fleet(), &names).await?, refused))
}

pub(super) async fn operation(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Answer {
    json(&shared.operations.get(&id).ok_or(ApiError::NoOperation)?)
}

pub(super) async fn cancel(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    body: Body,
) -> Answer {
    let asked: Cancel = read(body, BODY).await?;
    if !name::possible(&name) {
        return Err(ApiError::NoExecution);
    }
    shared.seen();
    let options = Options {
        even_if_running: asked.even_if_running,
        by: "the console".to_owned(),
    };
    let cancelled = match observe::cancel::cancel(shared.fleet(), &name, &options).await {
        Ok(cancelled) => cancelled,
        Err(CancelError::Call(ReadError::NoExecution(_))) => return Err(ApiError::NoExecution),
        Err(error) => return Err(ApiError::Cancel(error)),
    };
    tracing::info!(execution = %name, even_if_running = asked.even_if_running, "cancelled");
    shared.reading.forget(&name);
    if let Ok(row) = shared.board.again(&cancelled.arn).await {
        poller::tell_rows(&shared, &[&row]);
        let hint = value!({"name": name, "hint": "changed"});
        shared.hub.tell_about(&name, "execution", &hint);
    }
    json(&value!({"cancelled": true, "left": cancelled.left}))
}

/// Reads a body of JSON up to a limit.
async fn read<T: DeserializeOwned>(body: Body, limit: usize) -> Result<T, ApiError> {
    let bytes = to_bytes(body, limit)
        .await
        .map_err(|_| ApiError::BodyTooLarge(limit))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        ApiError::InvalidRequest(format!("The body is not what is asked for here: {error}."))
    })
}
