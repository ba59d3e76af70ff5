//! One signed call to any AWS service, answered as JSON.
//!
//! Endpoint, credentials, signature, time-outs and retries are the AWS SDK's
//! own runtime; only the typed operations are left out, since doctor reads a
//! little of very many services (docs/decisions says why). At most [`AT_ONCE`]
//! calls are open at a time.

mod fault;
pub(crate) mod service;
pub(crate) mod xml;

pub(crate) use fault::Fault;

use anyhow::{Result, anyhow};
use aws_config::SdkConfig;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_smithy_http_client::tls;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{AuthSchemeOptionResolverParams, SharedAuthScheme};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use fault::Refusal;
use serde_json::Value;
use service::{Protocol, Service};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many calls are open at a time: far below every service's own limit.
const AT_ONCE: usize = 8;
/// Connecting, one attempt, one call with its second attempt.
const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(10);
const CALL: Duration = Duration::from_secs(20);
/// The first try included.
const ATTEMPTS: u32 = 2;

/// Calls in one account and region.
#[derive(Debug)]
pub(crate) struct Aws {
    config: SdkConfig,
    http: SharedHttpClient,
    region: String,
    open: Semaphore,
}

/// A request before it is signed.
#[derive(Debug, Clone)]
struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// An answer, and whether the local place gave it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) body: Value,
    pub(crate) by_place: bool,
}

impl Aws {
    /// Nothing is called yet.
    ///
    /// # Errors
    /// The configuration has no credentials provider, or no region.
    pub(crate) fn new(config: SdkConfig) -> Result<Self> {
        let region = config
            .region()
            .map(ToString::to_string)
            .ok_or_else(|| anyhow!("no AWS region is set: give --region"))?;
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(tls::Provider::Rustls(
                tls::rustls_provider::CryptoMode::AwsLc,
            ))
            .build_https();
        Ok(Self {
            config,
            http,
            region,
            open: Semaphore::new(AT_ONCE),
        })
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// Calls an operation of a JSON protocol.
    pub(crate) async fn json(
        &self,
        service: Service,
        operation: &str,
        input: Value,
    ) -> Result<Value, Fault> {
        let Protocol::Json {
            target,
            content_type,
        } = service.protocol
        else {
            let seen = format!("{} does not speak JSON", service.name);
            return Err(Fault::unanswered(service, operation, seen));
        };
        let request = Request {
            method: "POST",
            path: "/".to_owned(),
            headers: vec![
                ("content-type", content_type.to_owned()),
                ("x-amz-target", format!("{target}.{operation}")),
            ],
            body: input.to_string(),
        };
        Ok(self.send(service, operation, request).await?.body)
    }

    /// Calls an operation of a query protocol.
    pub(crate) async fn query(
        &self,
        service: Service,
        operation: &str,
        input: &[(String, String)],
    ) -> Result<Answer, Fault> {
        let Protocol::Query { version } = service.protocol else {
            let seen = format!("{} does not speak the query protocol", service.name);
            return Err(Fault::unanswered(service, operation, seen));
        };
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("Action", operation);
        body.append_pair("Version", version);
        body.extend_pairs(input);
        let request = Request {
            method: "POST",
            path: "/".to_owned(),
            headers: vec![(
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
            )],
            body: body.finish(),
        };
        self.send(service, operation, request).await
    }

    /// Reads a path; `operation` is its name in IAM.
    pub(crate) async fn get(
        &self,
        service: Service,
        operation: &str,
        path: String,
    ) -> Result<Value, Fault> {
        let request = Request {
            method: "GET",
            path,
            headers: Vec::new(),
            body: String::new(),
        };
        Ok(self.send(service, operation, request).await?.body)
    }

    async fn send(
        &self,
        service: Service,
        operation: &str,
        request: Request,
    ) -> Result<Answer, Fault> {
        // Nobody closes it.
        let _open = self.open.acquire().await;
        let name = operation.to_owned();
        let call = Operation::builder()
            .service_name(service.name)
            .operation_name(name)
            .behavior_version(BehaviorVersion::latest())
            .http_client(self.http.clone())
            .endpoint_url(&self.endpoint(service))
            .standard_retry(&RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(TransientErrorClassifier::<Refusal>::new())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT)
                    .operation_attempt_timeout(ATTEMPT)
                    .operation_timeout(CALL)
                    .build(),
            )
            .runtime_plugin(self.signature(service))
            .serializer(serialize)
            .deserializer(deserialize)
            .build();
        call.invoke(request).await.map_err(|error| match error {
            SdkError::ServiceError(refused) => {
                Fault::refused(service, operation, refused.into_err())
            }
            other => Fault::unanswered(service, operation, innermost(&other)),
        })
    }

    /// The service's address: its own setting, the one for all, or AWS's.
    fn endpoint(&self, service: Service) -> String {
        let own = service.name.to_uppercase().replace(' ', "_");
        if let Ok(given) = std::env::var(format!("AWS_ENDPOINT_URL_{own}"))
            && !given.is_empty()
        {
            return given;
        }
        if let Some(given) = self.config.endpoint_url() {
            return given.to_owned();
        }
        let region = &self.region;
        let domain = if region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        format!("https://{}.{region}.{domain}", service.host)
    }

    fn signature(&self, service: Service) -> StaticRuntimePlugin {
        let mut layer = Layer::new("signature");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigV4OperationSigningConfig {
            region: self.config.region().cloned().map(Into::into),
            name: Some(service.signing.into()),
            ..SigV4OperationSigningConfig::default()
        });
        let mut components = RuntimeComponentsBuilder::new("signature")
            .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
                SCHEME_ID,
            ])))
            .with_identity_cache(self.config.identity_cache());
        if let Some(credentials) = self.config.credentials_provider() {
            let resolver = SharedIdentityResolver::new(credentials);
            components = components.with_identity_resolver(SCHEME_ID, resolver);
        }
        StaticRuntimePlugin::new()
            .with_config(layer.freeze())
            .with_runtime_components(components)
    }
}

fn serialize(request: Request) -> Result<HttpRequest, BoxError> {
    let mut wire = HttpRequest::new(SdkBody::from(request.body));
    wire.set_method(request.method)?;
    wire.set_uri(request.path)?;
    for (name, value) in request.headers {
        wire.headers_mut().insert(name, value);
    }
    Ok(wire)
}

fn deserialize(response: &HttpResponse) -> Result<Answer, OrchestratorError<Refusal>> {
    let by_place = response.headers().get("server") == Some(local::SERVER);
    let bytes = response.body().bytes().unwrap_or_default();
    let text = String::from_utf8_lossy(bytes);
    let body = serde_json::from_str(&text)
        .ok()
        .or_else(|| xml::to_json(&text));
    let status = response.status();
    match body {
        Some(body) if status.is_success() => Ok(Answer { body, by_place }),
        body => Err(OrchestratorError::operation(refusal(
            status.as_u16(),
            response.headers().get("x-amzn-errortype"),
            &body.unwrap_or_default(),
            by_place,
        ))),
    }
}

/// The error's name and sentence, wherever the protocol has them.
fn refusal(status: u16, header: Option<&str>, body: &Value, by_place: bool) -> Refusal {
    let text = |pointers: &[&str]| {
        pointers
            .iter()
            .find_map(|pointer| body.pointer(pointer)?.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let in_body = text(&["/__type", "/code", "/Error/Code", "/Errors/Error/Code"]);
    let name = header.unwrap_or(&in_body);
    // `namespace#Name:http://…`
    let name = name.rsplit('#').next().unwrap_or(name);
    let name = name.split(':').next().unwrap_or(name);
    Refusal {
        status,
        code: name.to_owned(),
        message: text(&[
            "/message",
            "/Message",
            "/Error/Message",
            "/Errors/Error/Message",
        ]),
        by_place,
    }
}

/// The innermost error says what happened; the outer ones only who noticed.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
