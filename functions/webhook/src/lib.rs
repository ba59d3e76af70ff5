//! Checks GitHub's deliveries and puts `workflow_job` events on the event bus.
//!
//! The signature is checked over the raw body before anything is parsed. Every
//! answer is JSON with one sentence; nothing of a body or a signature is ever
//! logged. Where `GITHUB_HOOK_CIDRS` is set, other source addresses are refused
//! before anything of the request is looked at. GitHub does not deliver again by itself, so a delivery that the bus
//! did not take is answered with 503 and stands in GitHub's list of failures.

mod answer;
mod body;
mod errors;
mod event;
mod request;
mod source;
mod state;

use aws_lambda_events::lambda_function_urls::{
    LambdaFunctionUrlRequest as UrlRequest, LambdaFunctionUrlResponse as UrlResponse,
};

use answer::Answer;
pub use errors::Never;
pub use request::{Request, Response, RestResponse};
pub use state::State;

/// Serves Lambda's runtime API until the process ends.
pub async fn serve() -> Result<(), handler::RuntimeError> {
    handler::serve(State::from_env().await, handle_any).await
}

/// One delivery by function URL, HTTP API or REST API, answered in its own shape.
pub async fn handle_any(request: Request, state: &State) -> Result<Response, Never> {
    let (event, rest) = request.into_parts();
    let answer = handle(event, state).await?;
    Ok(Request::shape(rest, answer))
}

/// One delivery. Never fails: whatever happens has an HTTP status.
pub async fn handle(request: UrlRequest, state: &State) -> Result<UrlResponse, Never> {
    let source = request.request_context.http.source_ip.as_deref();
    if let Err(answer) = state.sources().check(source) {
        return Ok(answer.into_response());
    }
    let answer = match take(&request, state).await {
        Ok(answer) | Err(answer) => answer,
    };
    answer.log();
    Ok(answer.into_response())
}

async fn take(request: &UrlRequest, state: &State) -> Result<Answer, Answer> {
    let method = request.request_context.http.method.as_deref();
    if method.is_some_and(|method| method != "POST") {
        return Err(Answer::new(405, "GitHub's deliveries are POST requests."));
    }
    let body = body::read(request, state.body_limit())?;
    state.verify(&request.headers, &body).await?;
    event::take(&request.headers, &body, state).await
}
