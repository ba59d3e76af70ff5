//! Requests: an operation's input on its protocol, whole or spoiled.

use std::fmt;
use std::sync::OnceLock;

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::Value;

use super::inputs::{anything, value};

/// An operation of the place, as its model has it.
#[derive(Clone)]
pub(super) struct Operation {
    service: String,
    prefix: String,
    name: String,
    input: Option<String>,
    http: Option<[String; 2]>,
    pub(super) errors: Vec<String>,
}

/// A request and what it was meant to be.
pub(super) struct Made {
    /// Nothing where the request is nobody's.
    pub(super) operation: Option<Operation>,
    /// `X-Amz-Target`, where it has one.
    pub(super) target: Option<Vec<u8>>,
    method: String,
    path: String,
    kind: &'static str,
    body: Vec<u8>,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = String::from_utf8_lossy(self.target.as_deref().unwrap_or_default());
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(2000)]).into_owned();
        write!(f, "{} {} {target} {body}", self.method, self.path)
    }
}

impl Made {
    pub(super) fn request(&self) -> Request {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(&self.path);
        if let Some(target) = &self.target {
            request = request.header("x-amz-target", HeaderValue::from_bytes(target).unwrap());
        }
        let request = request.header("content-type", self.kind);
        request.body(Body::from(self.body.clone())).unwrap()
    }
}

fn model() -> &'static (Vec<Operation>, Value) {
    static MODEL: OnceLock<(Vec<Operation>, Value)> = OnceLock::new();
    MODEL.get_or_init(|| {
        let model = include_str!("../../../src/server/model/model.json");
        let model: Value = serde_json::from_str(model).unwrap();
        let services = model["services"].as_object().unwrap().iter();
        let operations =
            services
                .filter(|(name, _)| *name != "sts")
                .flat_map(|(service, about)| {
                    let prefix = about["prefix"].as_str().unwrap();
                    let all = about["operations"].as_object().unwrap().iter();
                    all.map(move |(name, operation)| Operation {
                        service: service.clone(),
                        prefix: prefix.to_owned(),
                        name: name.clone(),
                        input: operation["input"].as_str().map(str::to_owned),
                        http: serde_json::from_value(operation["http"].clone()).unwrap(),
                        errors: serde_json::from_value(operation["errors"].clone()).unwrap(),
                    })
                });
        let operations: Vec<Operation> = operations.collect();
        assert!(operations.len() > 100, "the model was read");
        (operations, model)
    })
}

pub(super) fn make(random: &mut StdRng) -> Made {
    let (operations, model) = model();
    let operation = operations.choose(random).unwrap().clone();
    let shapes = &model["services"][&operation.service]["shapes"];
    let input = operation.input.as_deref();
    let input = input.map_or(Value::Null, |input| value(shapes, input, random, 0));
    let kinds = [
        "application/x-amz-json-1.0",
        "application/x-amz-json-1.1",
        "application/json",
        "text/plain",
        "",
    ];
    let kind = *kinds.choose(random).unwrap();
    let mut made = match &operation.http {
        Some([method, template]) => {
            let shape = &shapes[operation.input.as_deref().unwrap_or_default()];
            let (path, rest) = path(template, shape, input, random);
            Made {
                method: method.clone(),
                path,
                target: None,
                kind,
                body: body(&rest, random),
                operation: Some(operation),
            }
        }
        None => Made {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            target: Some(format!("{}.{}", operation.prefix, operation.name).into_bytes()),
            kind,
            body: body(&input, random),
            operation: Some(operation),
        },
    };
    spoil(&mut made, random);
    made
}

/// The path with its labels and query, and what is left for the body.
fn path(template: &str, shape: &Value, input: Value, random: &mut StdRng) -> (String, Value) {
    let mut rest = input;
    let mut path = template.split('?').next().unwrap_or_default().to_owned();
    let mut query = Vec::new();
    for (member, place) in shape["locations"].as_object().into_iter().flatten() {
        let Some(value) = rest.as_object_mut().and_then(|rest| rest.remove(member)) else {
            continue;
        };
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let text = percent(&text);
        match (place[0].as_str(), place[1].as_str()) {
            (Some("uri"), Some(name)) => path = path.replace(&format!("{{{name}}}"), &text),
            (Some("querystring"), Some(name)) => query.push(format!("{name}={text}")),
            _ => {}
        }
    }
    let path = path.replace(['{', '}'], "x");
    if query.is_empty() || random.random_ratio(1, 10) {
        return (path, rest);
    }
    (format!("{path}?{}", query.join("&")), rest)
}

fn percent(text: &str) -> String {
    let escaped = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    });
    escaped.collect()
}

/// The body, sometimes cut off, with bytes changed, or something else.
fn body(input: &Value, random: &mut StdRng) -> Vec<u8> {
    let mut body = input.to_string().into_bytes();
    match random.random_range(0..100) {
        0..5 => body.truncate(random.random_range(0..=body.len())),
        5..10 => {
            for _ in 0..random.random_range(1..4) {
                let at = random.random_range(0..body.len().max(1));
                if let Some(byte) = body.get_mut(at) {
                    *byte = random.random();
                }
            }
        }
        10 => body = "[".repeat(random.random_range(1..5000)).into_bytes(),
        11 => body = r#"{"M":"#.repeat(random.random_range(1..5000)).into_bytes(),
        12 => body = anything(random, 0).to_string().into_bytes(),
        13 => {
            body = (0..random.random_range(0..50))
                .map(|_| random.random())
                .collect();
        }
        14 => body.clear(),
        _ => {}
    }
    body
}

/// Sends a few requests to nobody.
fn spoil(made: &mut Made, random: &mut StdRng) {
    if made.target.is_none() || !random.random_ratio(1, 25) {
        return;
    }
    let operation = made.operation.take().unwrap();
    made.target = match random.random_range(0..5) {
        0 => None,
        1 => Some(format!("{}.{}X", operation.prefix, operation.name).into_bytes()),
        2 => Some(operation.name.into_bytes()),
        3 => Some(b"\xFF\xFE.X".to_vec()),
        _ => Some(Vec::new()),
    };
}
