//! Shapes of the model: as the file has them, and as checks need them.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use regex_lite::Regex;
use serde::Deserialize;

use super::{Operation, Service, constraints, pattern};

#[derive(Deserialize)]
pub(super) struct RawModel {
    pub(super) services: BTreeMap<String, RawService>,
}

#[derive(Deserialize)]
pub(super) struct RawService {
    pub(super) prefix: String,
    operations: BTreeMap<String, RawOperation>,
    pub(super) shapes: BTreeMap<String, RawShape>,
}

#[derive(Deserialize)]
struct RawOperation {
    input: Option<String>,
    http: Option<[String; 2]>,
}

#[derive(Deserialize)]
pub(super) struct RawShape {
    #[serde(rename = "type")]
    kind: String,
    min: Option<f64>,
    max: Option<f64>,
    pub(super) pattern: Option<String>,
    #[serde(rename = "enum", default)]
    values: Vec<String>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    members: BTreeMap<String, String>,
    #[serde(default)]
    locations: BTreeMap<String, [String; 2]>,
    payload: Option<String>,
    member: Option<String>,
    key: Option<String>,
    value: Option<String>,
}

/// A shape whose parts are found by their place in [`Service::shapes`].
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) pattern: Option<String>,
    compiled: OnceLock<Option<Regex>>,
    pub(super) values: Vec<String>,
    /// Refusals do not repeat the value.
    pub(super) sensitive: bool,
    /// `max` counts bytes: Step Functions' inputs and outputs.
    pub(super) sized: bool,
}

pub(super) enum Kind {
    Structure {
        name: String,
        members: Vec<Member>,
        /// The member that is the body, in REST protocols.
        payload: Option<String>,
    },
    List(usize),
    Map(usize, usize),
    Text,
    Blob,
    Flag,
    /// A whole number within its type's range.
    Whole(i64, i64),
    Number,
    Time,
    /// A document: anything.
    Any,
}

pub(super) struct Member {
    pub(super) name: String,
    pub(super) shape: usize,
    pub(super) required: bool,
    /// `uri`, `querystring` or `header` and the name there, in REST protocols.
    pub(super) location: Option<[String; 2]>,
}

impl Shape {
    /// The pattern, compiled once; nothing where there is none that is understood.
    pub(super) fn regex(&self) -> Option<&Regex> {
        let text = self.pattern.as_deref()?;
        self.compiled
            .get_or_init(|| pattern::compile(text))
            .as_ref()
    }
}

impl Service {
    pub(super) fn new(name: &str, raw: RawService) -> Self {
        let numbers: HashMap<String, usize> = raw
            .shapes
            .keys()
            .enumerate()
            .map(|(number, name)| (name.clone(), number))
            .collect();
        let number = |name: &str| numbers.get(name).copied();
        let operations = raw.operations.into_iter().map(|(name, raw)| {
            let input = raw.input.as_deref().and_then(number);
            let http = raw.http;
            (name, Operation { input, http })
        });
        let operations = operations.collect();
        let shapes = raw.shapes.into_iter();
        let shapes = shapes.map(|(name, raw)| shape(name, raw, &number));
        Self {
            name: name.to_owned(),
            constraints: constraints(name),
            operations,
            shapes: shapes.collect(),
        }
    }
}

/// Step Functions' shape whose limit is one of bytes.
const SIZED: &str = "SensitiveData";

fn shape(name: String, raw: RawShape, number: &impl Fn(&str) -> Option<usize>) -> Shape {
    let sized = name == SIZED;
    let part = |part: &Option<String>| part.as_deref().and_then(number).unwrap_or_default();
    let kind = match raw.kind.as_str() {
        "structure" => Kind::Structure {
            name,
            members: raw
                .members
                .into_iter()
                .map(|(name, shape)| Member {
                    shape: number(&shape).unwrap_or_default(),
                    required: raw.required.contains(&name),
                    location: raw.locations.get(&name).cloned(),
                    name,
                })
                .collect(),
            payload: raw.payload,
        },
        "list" => Kind::List(part(&raw.member)),
        "map" => Kind::Map(part(&raw.key), part(&raw.value)),
        "string" => Kind::Text,
        "blob" => Kind::Blob,
        "boolean" => Kind::Flag,
        "integer" => Kind::Whole(i32::MIN.into(), i32::MAX.into()),
        "long" => Kind::Whole(i64::MIN, i64::MAX),
        "float" | "double" => Kind::Number,
        "timestamp" => Kind::Time,
        _ => Kind::Any,
    };
    Shape {
        kind,
        min: raw.min,
        max: raw.max,
        pattern: raw.pattern,
        compiled: OnceLock::new(),
        values: raw.values,
        sensitive: raw.sensitive,
        sized,
    }
}
