//! Lambda's own REST API: Invoke, GetFunction, GetFunctionConfiguration,
//! GetFunctionUrlConfig, ListFunctions.

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{Lambda, PAYLOAD_LIMIT, too_large};
use crate::server::error::AwsError;
use crate::server::rest;

pub(crate) fn routes(lambda: Arc<Lambda>) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .route("/2015-03-31/functions/{name}", get(get_function))
        .route(
            "/2015-03-31/functions/{name}/configuration",
            get(get_configuration),
        )
        .route("/2021-10-31/functions/{name}/url", get(get_url_config))
        .merge(super::versions_api::routes())
        .route("/2015-03-31/functions", get(list_functions))
        .route("/2015-03-31/functions/", get(list_functions))
        // The limit is checked by hand, for AWS's own answer.
        .layer(DefaultBodyLimit::max(PAYLOAD_LIMIT + 1024 * 1024))
        .with_state(lambda)
}

/// A version or an alias, where the name itself has none.
#[derive(serde::Deserialize)]
struct Qualifier {
    #[serde(rename = "Qualifier")]
    qualifier: Option<String>,
}

impl Qualifier {
    fn of(self, name: String) -> String {
        match self.qualifier {
            Some(qualifier) => format!("{name}:{qualifier}"),
            None => name,
        }
    }
}

async fn invoke(
    State(lambda): State<Arc<Lambda>>,
    Path(name): Path<String>,
    Query(asked): Query<Qualifier>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let kind = headers
        .get("x-amz-invocation-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("RequestResponse");
    // A body over even the outer bound never arrives whole.
    let Ok(body) = body else {
        return rest::refuse(&too_large(PAYLOAD_LIMIT));
    };
    answer(&lambda, &asked.of(name), kind, body)
        .await
        .unwrap_or_else(|error| rest::refuse(&error))
}

async fn answer(
    lambda: &Arc<Lambda>,
    name: &str,
    kind: &str,
    body: Bytes,
) -> Result<Response, AwsError> {
    lambda.function(name)?;
    if body.len() > PAYLOAD_LIMIT {
        return Err(too_large(PAYLOAD_LIMIT));
    }
    let payload = if body.is_empty() {
        Bytes::from_static(b"{}")
    } else {
        body
    };
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&payload) {
        let message = format!("Could not parse request body into json: {error}");
        return Err(AwsError::new("InvalidRequestContentException", message).with("Type", "User"));
    }
    match kind {
        "RequestResponse" => {
            let invocation = lambda.invoke(name, payload).await?;
            let (failed, payload) = match invocation.result {
                Ok(payload) => (false, payload),
                Err(error) => (true, error.document),
            };
            let head = [
                ("x-amzn-requestid", invocation.request_id.as_str()),
                ("x-amz-executed-version", invocation.version.as_str()),
            ];
            let mut response = (StatusCode::OK, head, payload).into_response();
            let headers = response.headers_mut();
            headers.insert("content-type", HeaderValue::from_static("application/json"));
            if failed {
                headers.insert(
                    "x-amz-function-error",
                    HeaderValue::from_static("Unhandled"),
                );
            }
            Ok(response)
        }
        "Event" => {
            let request_id = lambda.invoke_later(name, payload)?;
            Ok((StatusCode::ACCEPTED, [("x-amzn-requestid", request_id)]).into_response())
        }
        "DryRun" => Ok(StatusCode::NO_CONTENT.into_response()),
        other => {
            let message =
                format!("Invocation type {other} is not one of RequestResponse, Event, DryRun.");
            Err(AwsError::new("InvalidParameterValueException", message).with("Type", "User"))
        }
    }
}

async fn get_function(
    State(lambda): State<Arc<Lambda>>,
    Path(name): Path<String>,
    Query(asked): Query<Qualifier>,
) -> Response {
    match lambda.function(&asked.of(name)) {
        Ok(function) => axum::Json(json!({
            "Configuration": function.describe(),
            "Code": {"RepositoryType": "local"},
            "Concurrency": {"ReservedConcurrentExecutions": function.settings.concurrency},
        }))
        .into_response(),
        Err(error) => rest::refuse(&error),
    }
}

async fn get_configuration(
    State(lambda): State<Arc<Lambda>>,
    Path(name): Path<String>,
    Query(asked): Query<Qualifier>,
) -> Response {
    match lambda.function(&asked.of(name)) {
        Ok(function) => axum::Json(function.describe()).into_response(),
        Err(error) => rest::refuse(&error),
    }
}

/// Every function has a URL here, without authorization.
async fn get_url_config(
    State(lambda): State<Arc<Lambda>>,
    Path(name): Path<String>,
    Query(asked): Query<Qualifier>,
) -> Response {
    let name = asked.of(name);
    match lambda.function(&name) {
        Ok(function) => {
            let created = function.created();
            axum::Json(json!({
                "FunctionUrl": lambda.function_url(super::below_arn(&name)),
                "FunctionArn": function.arn(),
                "AuthType": "NONE",
                "CreationTime": created,
                "LastModifiedTime": created,
                "InvokeMode": "BUFFERED",
            }))
            .into_response()
        }
        Err(error) => rest::refuse(&error),
    }
}

async fn list_functions(State(lambda): State<Arc<Lambda>>) -> Response {
    let functions = lambda
        .functions
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    let all: Vec<Value> = functions
        .values()
        .map(|function| function.describe())
        .collect();
    axum::Json(json!({"Functions": all})).into_response()
}
