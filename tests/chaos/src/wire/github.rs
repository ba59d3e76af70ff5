//! The way from the functions to GitHub.

use super::{json, name};
use crate::faults::{Faults, Kind};
use crate::time::Time;
use bytes::Bytes;
use github::{Http, Server};
use github_emulator::transport::{Transport, Undelivered};
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tower::Service;

/// Longer than any client waits.
const NEVER: Duration = Duration::from_secs(3600);

/// The way to GitHub, which counts what goes along it.
#[derive(Clone)]
pub struct GitHub {
    to: Transport,
    faults: Faults,
    caller: String,
    calls: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl GitHub {
    /// A way to `to`.
    pub fn new(to: Transport, faults: Faults) -> Self {
        Self {
            to,
            faults,
            caller: String::new(),
            calls: Arc::default(),
        }
    }

    /// The client of a function; what goes wrong is named `mint: GET /path`.
    pub fn client(&self, caller: &str, server: &Server, time: Time) -> Http {
        let way = Self {
            caller: caller.to_owned(),
            ..self.clone()
        };
        Http::with_service(server, time.for_functions(), way)
    }

    /// How many calls there were, by function.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn send(self, request: Request<Bytes>) -> io::Result<Response<Bytes>> {
        let name = name(&request);
        let name = format!("{}: {name}", self.caller);
        *self
            .calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(self.caller.clone())
            .or_default() += 1;
        let dice = self.faults.dice();
        tokio::time::sleep(dice.millis(15, 120)).await;
        if let Some(refused) = self.refusal(&name) {
            return Ok(refused);
        }
        let job = 0;
        if self.faults.strikes(Kind::GitHubTimeout, &name, job) {
            tokio::time::sleep(NEVER).await;
        }
        let lost = self.faults.strikes(Kind::GitHubAnswerLost, &name, job);
        let answer = (self.to)(request).await.map_err(|error| match error {
            Undelivered::TimedOut => io::Error::from(io::ErrorKind::TimedOut),
            Undelivered::Unreachable => io::Error::from(io::ErrorKind::ConnectionReset),
        })?;
        if lost {
            return Ok(json(502, "{\"message\": \"Server Error\"}"));
        }
        tokio::time::sleep(dice.millis(15, 120)).await;
        Ok(answer)
    }

    /// What GitHub answers instead of doing anything.
    fn refusal(&self, name: &str) -> Option<Response<Bytes>> {
        let said = [
            (Kind::GitHub401, 401, "Bad credentials"),
            (
                Kind::GitHub403,
                403,
                "Resource not accessible by integration",
            ),
            (Kind::GitHub404, 404, "Not Found"),
            (Kind::GitHub409, 409, "Already exists"),
            (Kind::GitHub422, 422, "Validation Failed"),
            (
                Kind::GitHub429,
                429,
                "You have exceeded a secondary rate limit.",
            ),
            (Kind::GitHub500, 500, "Server Error"),
        ];
        for (kind, status, message) in said {
            // Only a registration can meet a name that is taken.
            if kind == Kind::GitHub409 && !name.ends_with("generate-jitconfig") {
                continue;
            }
            if !self.faults.strikes(kind, name, 0) {
                continue;
            }
            let mut answer = json(status, &format!("{{\"message\": \"{message}\"}}"));
            if kind == Kind::GitHub429 {
                let seconds = self.faults.dice().between(1, 120);
                answer
                    .headers_mut()
                    .insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
            }
            return Some(answer);
        }
        None
    }
}

impl<B> Service<Request<B>> for GitHub
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: std::fmt::Debug,
{
    type Response = Response<Full<Bytes>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await;
            let body = body.map_err(|error| io::Error::other(format!("{error:?}")))?;
            let request = Request::from_parts(head, body.to_bytes());
            Ok(this.send(request).await?.map(Full::new))
        })
    }
}
