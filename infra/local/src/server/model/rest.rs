//! The REST protocols' inputs (Lambda, Scheduler): path, query, headers and body make
//! one input, which is checked before a service sees the request; and lists are given
//! out in pages (`pages`).

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::shape::{Kind, Member};
use super::{Model, Operation, Service};
use crate::server::error::AwsError;
use crate::server::json::object;
use crate::server::{pages, rest};

/// The largest body that is looked into; Lambda takes more, and reads it itself.
const BODY_LIMIT: usize = 7 * 1024 * 1024;

/// The services of this protocol.
const SERVICES: [&str; 2] = ["lambda", "scheduler"];

/// What was found out about a request.
struct Asked<'m> {
    service: &'m Service,
    name: &'m str,
    operation: &'m Operation,
    labels: Vec<(String, String)>,
}

/// Checks requests of the routes below.
pub(crate) async fn checked(request: Request, next: Next) -> Response {
    let Some(asked) = find(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    match asked.input(request).await {
        Ok((request, input)) => {
            let answer = next.run(request).await;
            let mut answer = paged(&asked, &input, answer).await;
            let head = answer.headers_mut().entry("x-amzn-requestid");
            if let Ok(id) = HeaderValue::try_from(Uuid::new_v4().to_string()) {
                head.or_insert(id);
            }
            answer
        }
        Err(error) => rest::refuse(&error),
    }
}

/// The page that was asked for, of an answer that has everything.
async fn paged(asked: &Asked<'_>, input: &Value, answer: Response) -> Response {
    let Some(list) = pages::of(&asked.service.name, asked.name) else {
        return answer;
    };
    if answer.status() != StatusCode::OK {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(whole) = serde_json::from_slice(&whole) else {
        return Response::from_parts(head, Body::from(whole));
    };
    match list.page(input, whole) {
        Ok(page) => {
            head.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(head, Body::from(page.to_string()))
        }
        Err(error) => rest::refuse(&error),
    }
}

/// The operation of a method and a path.
fn find(method: &Method, path: &str) -> Option<Asked<'static>> {
    SERVICES.into_iter().find_map(|service| {
        let service = Model::get().service(service)?;
        service.operations.iter().find_map(|(name, operation)| {
            let [verb, template] = operation.http.as_ref()?;
            let labels = (method.as_str() == verb).then(|| labels(template, path))??;
            Some(Asked {
                service,
                name,
                operation,
                labels,
            })
        })
    })
}

/// The parts of a path that its template leaves open.
fn labels(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let template = template.split('?').next()?.trim_end_matches('/');
    let (mut wanted, mut given) = (template.split('/'), path.trim_end_matches('/').split('/'));
    let mut labels = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(labels),
            (Some(wanted), Some(given)) => {
                let label = wanted
                    .strip_prefix('{')
                    .and_then(|open| open.strip_suffix('}'));
                match label {
                    Some(label) => labels.push((label.to_owned(), decoded(given))),
                    None if wanted == given => {}
                    None => return None,
                }
            }
            _ => return None,
        }
    }
}

/// Without percents.
fn decoded(text: &str) -> String {
    let text = percent_encoding::percent_decode_str(text);
    text.decode_utf8_lossy().into_owned()
}

impl Asked<'_> {
    /// The request as it was, and its input, which fits the model.
    async fn input(&self, request: Request) -> Result<(Request, Value), AwsError> {
        let shape = self.operation.input;
        let shape = shape.and_then(|shape| self.service.shapes.get(shape));
        let Some(Kind::Structure {
            members, payload, ..
        }) = shape.map(|shape| &shape.kind)
        else {
            return Ok((request, Value::Null));
        };
        let (head, body) = request.into_parts();
        let query = head.uri.query().unwrap_or_default().to_owned();
        let mut input = Map::new();
        let mut request = Request::from_parts(head, body);
        // A body that is one member is the service's own affair, and so is one that
        // no member stands in.
        if payload.is_none() && members.iter().any(|member| member.location.is_none()) {
            let (head, body) = request.into_parts();
            let body = to_bytes(body, BODY_LIMIT).await.map_err(|_| {
                AwsError::new("RequestTooLargeException", "The request is too large.")
                    .with_status(413)
            })?;
            input = object(&body)?;
            request = Request::from_parts(head, Body::from(body));
        }
        for member in members {
            let Some([place, name]) = &member.location else {
                continue;
            };
            let given = match place.as_str() {
                "uri" => self.labels.iter().find(|(label, _)| label == name),
                _ => None,
            };
            let given = given.map(|(_, value)| value.clone());
            let given = given.or_else(|| match place.as_str() {
                "querystring" => in_query(&query, name),
                "header" => {
                    let value = request.headers().get(name)?;
                    value.to_str().ok().map(str::to_owned)
                }
                _ => None,
            });
            if let Some(given) = given {
                input.insert(member.name.clone(), self.typed(member, given));
            }
        }
        let input = Value::Object(input);
        self.service.check(self.name, &input)?;
        Ok((request, input))
    }

    /// A text as its member's type; what is none stays a text, and is refused.
    fn typed(&self, member: &Member, given: String) -> Value {
        let kind = self
            .service
            .shapes
            .get(member.shape)
            .map(|shape| &shape.kind);
        let typed = match kind {
            Some(Kind::Whole(..)) => given.parse::<i64>().ok().map(Value::from),
            Some(Kind::Flag) => given.parse::<bool>().ok().map(Value::from),
            _ => None,
        };
        typed.unwrap_or(Value::String(given))
    }
}

fn in_query(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, value) = pairs.find(|(key, _)| key == name)?;
    Some(value.into_owned())
}
