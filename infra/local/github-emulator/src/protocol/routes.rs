//! The emulator's side of the runner protocol, below `/_runner`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use super::wire;
use crate::ids::{JobId, RunnerId};
use crate::shared::Shared;
use crate::world::SessionError;

/// All routes, with their full paths.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_runner/nonce", post(nonce))
        .route("/_runner/session", post(open).delete(close))
        .route("/_runner/message", get(message))
        .route("/_runner/jobs/{id}/acquire", post(acquire))
        .route("/_runner/jobs/{id}/log", post(log))
        .route("/_runner/jobs/{id}/steps", post(step))
        .route("/_runner/jobs/{id}/cancellation", get(cancellation))
        .route("/_runner/jobs/{id}/complete", post(complete))
}

async fn nonce(State(shared): State<Arc<Shared>>) -> Json<wire::Nonce> {
    Json(wire::Nonce {
        nonce: shared.change(|world, _| world.new_nonce()),
    })
}

async fn open(
    State(shared): State<Arc<Shared>>,
    Json(asked): Json<wire::OpenSession>,
) -> Result<Json<wire::Session>, StatusCode> {
    match shared.change(|world, now| world.open_session(&asked, now)) {
        Ok(token) => Ok(Json(wire::Session { token })),
        Err(SessionError::Unknown) => Err(StatusCode::NOT_FOUND),
        Err(SessionError::Conflict) => Err(StatusCode::CONFLICT),
        Err(SessionError::Proof) => Err(StatusCode::UNAUTHORIZED),
        Err(SessionError::Version) => Err(StatusCode::UPGRADE_REQUIRED),
    }
}

async fn close(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> StatusCode {
    shared.change(|world, now| world.close_session(&token(&headers), now));
    StatusCode::NO_CONTENT
}

fn token(headers: &HeaderMap) -> String {
    let value = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    value
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default()
        .to_owned()
}

/// The runner of this request, or 401 where its session has ended.
fn runner(shared: &Arc<Shared>, headers: &HeaderMap) -> Result<RunnerId, StatusCode> {
    let found = shared.change(|world, now| {
        world
            .by_session(&token(headers), now)
            .map(|runner| runner.id)
    });
    found.ok_or(StatusCode::UNAUTHORIZED)
}

/// Counts a question as open for as long as it lives: a runner is only given
/// a job while it listens, and a broken connection ends that.
struct Open {
    shared: Arc<Shared>,
    runner: RunnerId,
    for_message: bool,
}

impl Open {
    fn new(shared: &Arc<Shared>, runner: RunnerId, for_message: bool) -> Self {
        let open = Self {
            shared: Arc::clone(shared),
            runner,
            for_message,
        };
        open.count(1);
        open
    }

    fn count(&self, by: i32) {
        self.shared.change(|world, now| {
            if let Some(runner) = world.runners.get_mut(&self.runner) {
                let open = if self.for_message {
                    &mut runner.polls
                } else {
                    &mut runner.watches
                };
                *open = open.saturating_add_signed(by);
                runner.last_seen = now;
            }
        });
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.count(-1);
    }
}

async fn message(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let id = match runner(&shared, &headers) {
        Ok(id) => id,
        Err(status) => return status.into_response(),
    };
    let _open = Open::new(&shared, id, true);
    let answer = shared
        .poll(|| {
            shared.look(|world, _| match world.runners.get(&id) {
                None => Some(Err(StatusCode::UNAUTHORIZED)),
                Some(runner) => runner
                    .job
                    .map(|job| Ok(Json(wire::Offer { job_id: job.0 }))),
            })
        })
        .await;
    match answer {
        Some(answer) => answer.into_response(),
        // Else runners would ask again at once, and again.
        None if shared.is_closing() => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn acquire(
    State(shared): State<Arc<Shared>>,
    Path(job): Path<u64>,
    headers: HeaderMap,
) -> Result<Json<wire::JobMessage>, StatusCode> {
    let id = runner(&shared, &headers)?;
    let message = shared.change(|world, now| world.acquire(id, JobId(job), now));
    message.map(Json).ok_or(StatusCode::GONE)
}

fn done(done: bool) -> Result<StatusCode, StatusCode> {
    if done {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(StatusCode::GONE)
    }
}

async fn log(
    State(shared): State<Arc<Shared>>,
    Path(job): Path<u64>,
    headers: HeaderMap,
    Json(log): Json<wire::LogLines>,
) -> Result<StatusCode, StatusCode> {
    let id = runner(&shared, &headers)?;
    done(shared.change(|world, _| world.append_log(id, JobId(job), log.lines)))
}

async fn step(
    State(shared): State<Arc<Shared>>,
    Path(job): Path<u64>,
    headers: HeaderMap,
    Json(report): Json<wire::StepReport>,
) -> Result<StatusCode, StatusCode> {
    let id = runner(&shared, &headers)?;
    done(shared.change(|world, now| world.report_step(id, JobId(job), report, now)))
}

async fn cancellation(
    State(shared): State<Arc<Shared>>,
    Path(job): Path<u64>,
    headers: HeaderMap,
) -> Result<Json<wire::Cancellation>, StatusCode> {
    let id = runner(&shared, &headers)?;
    let _open = Open::new(&shared, id, false);
    let asked = || shared.look(|world, _| world.is_cancel_requested(JobId(job)).then_some(()));
    let cancelled = shared.poll(asked).await.is_some();
    if !cancelled && shared.is_closing() {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    Ok(Json(wire::Cancellation { cancelled }))
}

async fn complete(
    State(shared): State<Arc<Shared>>,
    Path(job): Path<u64>,
    headers: HeaderMap,
    Json(completion): Json<wire::Completion>,
) -> Result<StatusCode, StatusCode> {
    let id = runner(&shared, &headers)?;
    done(shared.change(|world, now| world.complete(id, JobId(job), completion, now)))
}
