//! The Lambda Runtime API, one base path per environment:
//! `/lambda-runtime/{environment}/2018-06-01/runtime/…`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::json;

use super::{FunctionError, Lambda, PAYLOAD_LIMIT};

const ERROR_TYPE: &str = "lambda-runtime-function-error-type";

pub(crate) fn routes(lambda: Arc<Lambda>) -> Router {
    Router::new()
        .route(
            "/lambda-runtime/{environment}/2018-06-01/runtime/invocation/next",
            get(next),
        )
        .route(
            "/lambda-runtime/{environment}/2018-06-01/runtime/invocation/{request}/response",
            post(response),
        )
        .route(
            "/lambda-runtime/{environment}/2018-06-01/runtime/invocation/{request}/error",
            post(error),
        )
        .route(
            "/lambda-runtime/{environment}/2018-06-01/runtime/init/error",
            post(init_error),
        )
        .layer(DefaultBodyLimit::disable())
        .with_state(lambda)
}

async fn next(State(lambda): State<Arc<Lambda>>, Path(environment): Path<String>) -> Response {
    let Some(environment) = lambda.environment(&environment) else {
        return refuse(
            StatusCode::FORBIDDEN,
            "InvalidEnvironment",
            "There is no such environment.",
        );
    };
    let Some(next) = environment.next().await else {
        return refuse(
            StatusCode::GONE,
            "Runtime.Shutdown",
            "The environment is over.",
        );
    };
    let built = Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .header("lambda-runtime-aws-request-id", next.request_id)
        .header("lambda-runtime-deadline-ms", next.deadline_ms)
        .header("lambda-runtime-invoked-function-arn", next.function_arn)
        .header(
            "lambda-runtime-trace-id",
            "Root=1-00000000-000000000000000000000000;Sampled=0",
        )
        .body(Body::from(next.payload));
    built.unwrap_or_else(|_| {
        refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Runtime.Unknown",
            "The event has no id.",
        )
    })
}

async fn response(
    State(lambda): State<Arc<Lambda>>,
    Path((environment, request)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    if body.len() > PAYLOAD_LIMIT {
        let message = format!(
            "Response payload size ({} bytes) exceeded maximum allowed payload size ({PAYLOAD_LIMIT} bytes).",
            body.len()
        );
        let failed = FunctionError::new("Function.ResponseSizeTooLarge", &message);
        finish(&lambda, &environment, &request, Err(failed));
        return refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            &message,
        );
    }
    finish(&lambda, &environment, &request, Ok(body))
}

async fn error(
    State(lambda): State<Arc<Lambda>>,
    Path((environment, request)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    finish(
        &lambda,
        &environment,
        &request,
        Err(FunctionError::reported(body, error_type(&headers))),
    )
}

async fn init_error(
    State(lambda): State<Arc<Lambda>>,
    Path(environment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match lambda.environment(&environment) {
        Some(environment) => {
            environment.fail_init(FunctionError::reported(body, error_type(&headers)));
            accepted()
        }
        None => refuse(
            StatusCode::FORBIDDEN,
            "InvalidEnvironment",
            "There is no such environment.",
        ),
    }
}

fn finish(
    lambda: &Lambda,
    environment: &str,
    request: &str,
    result: Result<Bytes, FunctionError>,
) -> Response {
    let known = lambda
        .environment(environment)
        .is_some_and(|environment| environment.answer(request, result));
    if known {
        accepted()
    } else {
        refuse(
            StatusCode::BAD_REQUEST,
            "InvalidRequestID",
            "Invalid request ID",
        )
    }
}

fn error_type(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(ERROR_TYPE)
        .and_then(|value| value.to_str().ok())
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, axum::Json(json!({"status": "OK"}))).into_response()
}

fn refuse(status: StatusCode, error_type: &str, message: &str) -> Response {
    (
        status,
        axum::Json(json!({"errorType": error_type, "errorMessage": message})),
    )
        .into_response()
}
