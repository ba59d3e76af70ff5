//! How requests reach who answers them: over TCP, or through a closure of this
//! process. The emulator's events go this way, and the stand-in runner's calls.

use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response};
use tower::ServiceExt as _;

/// Why a request has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undelivered {
    /// The receiver did not answer in time.
    TimedOut,
    /// There was nobody.
    Unreachable,
}

/// The receiver's answer, some day.
pub type Answering = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Undelivered>> + Send>>;

/// Sends one request; time limits are kept by whoever calls it.
pub type Transport = Arc<dyn Fn(Request<Bytes>) -> Answering + Send + Sync>;

/// Over TCP to this machine only: the emulator's events never leave it.
pub(crate) fn loopback() -> Transport {
    // A proxy would not find what is on this machine.
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client without TLS and proxies needs nothing of the system");
    let send = over(client);
    Arc::new(move |request| match request.uri().host() {
        Some("127.0.0.1" | "localhost" | "[::1]") => send(request),
        _ => Box::pin(std::future::ready(Err(Undelivered::Unreachable))),
    })
}

/// Through `client`.
pub(crate) fn over(client: reqwest::Client) -> Transport {
    Arc::new(move |request| {
        let client = client.clone();
        Box::pin(async move {
            let request = request.map(reqwest::Body::from);
            let request =
                reqwest::Request::try_from(request).map_err(|_| Undelivered::Unreachable)?;
            let answer = client.execute(request).await;
            let answer = answer.map_err(|error| match error.is_timeout() {
                true => Undelivered::TimedOut,
                false => Undelivered::Unreachable,
            })?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = answer.bytes().await.map_err(|_| Undelivered::TimedOut)?;
            let mut response = Response::new(body);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    })
}

/// To `router`, without a connection. An answer of endless length never comes.
pub fn to(router: axum::Router) -> Transport {
    Arc::new(move |request| {
        let router = router.clone();
        Box::pin(async move {
            let answer = router.oneshot(request.map(Body::from)).await;
            let (head, body) = match answer {
                Ok(answer) => answer.into_parts(),
                Err(never) => match never {},
            };
            let body = to_bytes(body, usize::MAX).await;
            let body = body.map_err(|_| Undelivered::Unreachable)?;
            Ok(Response::from_parts(head, body))
        })
    })
}
