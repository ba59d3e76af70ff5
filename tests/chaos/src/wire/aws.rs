//! The way from the functions and the containers to AWS: the SDK's own clients,
//! whose connector ends in the place's router.

use crate::faults::{Faults, Kind};
use crate::time::Time;
use aws::Config;
use aws::config::Overrides;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use github_emulator::transport::Transport;
use http::{Request, Response};
use std::fmt;

/// What DynamoDB says when it has enough.
const THROTTLED: &str = "{\"__type\": \"com.amazonaws.dynamodb.v20120810#ThrottlingException\", \"message\": \"Rate exceeded\"}";

/// The way to AWS.
#[derive(Clone)]
pub struct Aws {
    to: Transport,
    faults: Faults,
}

impl Aws {
    /// A way to `to`.
    pub fn new(to: Transport, faults: Faults) -> Self {
        Self { to, faults }
    }

    /// The SDK's configuration for this way. A call is tried once: the pauses of the
    /// SDK's retries are random.
    pub async fn config(self, endpoint: &str, time: Time) -> Config {
        let connector = SharedHttpConnector::new(self);
        Config::load(Overrides {
            endpoint: Some(endpoint.to_owned()),
            region: Some(local::REGION.to_owned()),
            credentials: Some(("local".to_owned(), "local".to_owned())),
            http_client: Some(http_client_fn(move |_, _| connector.clone())),
            time_source: Some(time.for_sdk()),
            attempts: Some(1),
            ..Overrides::default()
        })
        .await
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let name = target.to_owned();
        let mut plain = Request::builder()
            .method(request.method())
            .uri(request.uri());
        for (name, value) in request.headers() {
            plain = plain.header(name, value);
        }
        let body = request.body().bytes().unwrap_or_default();
        let plain = plain.body(Bytes::copy_from_slice(body));
        let plain = plain.map_err(|error| ConnectorError::user(error.into()))?;
        let dice = self.faults.dice();
        tokio::time::sleep(dice.millis(2, 20)).await;
        let dynamodb = name.starts_with("DynamoDB");
        if dynamodb && self.faults.strikes(Kind::StoreThrottled, &name, 0) {
            return Ok(respond(super::json(400, THROTTLED)));
        }
        let lost = dynamodb && self.faults.strikes(Kind::StoreAnswerLost, &name, 0);
        if name.ends_with("PutEvents") && self.faults.strikes(Kind::EventTwice, &name, 0) {
            let again = (self.to)(plain.clone());
            let later = dice.millis(0, 20_000);
            tokio::spawn(async move {
                tokio::time::sleep(later).await;
                drop(again.await);
            });
        }
        let answer = (self.to)(plain).await;
        let answer = answer.map_err(|_| ConnectorError::io("nobody is there".into()))?;
        if lost {
            return Err(ConnectorError::timeout("the answer got lost".into()));
        }
        tokio::time::sleep(dice.millis(1, 10)).await;
        Ok(respond(answer))
    }
}

fn respond(answer: Response<Bytes>) -> HttpResponse {
    let (head, body) = answer.into_parts();
    let mut response = HttpResponse::new(head.status.into(), SdkBody::from(body));
    for (name, value) in &head.headers {
        let value = value.to_str().unwrap_or_default().to_owned();
        response
            .headers_mut()
            .insert(name.as_str().to_owned(), value);
    }
    response
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send(request))
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Aws")
    }
}
