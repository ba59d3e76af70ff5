//! Function URLs: `/lambda-url/{function}/…`, without authorization.
//!
//! The HTTP request becomes an event of payload format 2.0, the function's
//! answer becomes the HTTP response ([`super::http_event`]).

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;

use super::{Lambda, PAYLOAD_LIMIT, http_event};

pub(crate) fn routes(lambda: Arc<Lambda>) -> Router {
    Router::new()
        .route("/lambda-url/{function}", any(serve))
        .route("/lambda-url/{function}/{*path}", any(serve))
        .route("/lambda-url/{function}/", any(serve))
        .with_state(lambda)
}

async fn serve(State(lambda): State<Arc<Lambda>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let below = head.uri.path().trim_start_matches("/lambda-url/");
    let (name, path) = below
        .split_once('/')
        .map_or((below, String::new()), |(name, path)| {
            (name, path.to_owned())
        });
    if lambda.function(name).is_err() {
        return message(StatusCode::NOT_FOUND, "There is no function with this URL.");
    }
    let Ok(body) = to_bytes(body, PAYLOAD_LIMIT).await else {
        return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    let event = http_event::request(name, &format!("/{path}"), &head, &body, lambda.clock.now());
    match lambda.invoke(name, Bytes::from(event.to_string())).await {
        Ok(invocation) => match invocation.result {
            Ok(payload) => http_event::response(&payload)
                .map_or_else(|_| bad_gateway(), |answer| answer.map(Body::from)),
            Err(_) => bad_gateway(),
        },
        Err(error) if error.status == 413 => {
            message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
        }
        Err(error) if error.status == 429 => {
            message(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests")
        }
        Err(_) => bad_gateway(),
    }
}

fn bad_gateway() -> Response {
    (StatusCode::BAD_GATEWAY, "Internal Server Error").into_response()
}

fn message(status: StatusCode, text: &str) -> Response {
    (status, axum::Json(serde_json::json!({"Message": text}))).into_response()
}
