//! AWS's own service models of what the place serves: which operations there are,
//! and what their inputs look like.
//!
//! `model.json` is taken from botocore without its texts (tests/wire/model.py, which
//! the tests compare with a pinned botocore). Every request is checked against it
//! before a service sees it (`check`), in the words of AWS's common layer, and an
//! operation that is not in it is served by nobody.

mod check;
mod pattern;
mod refusal;
pub(crate) mod rest;
mod shape;

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value;

use crate::server::error::AwsError;
use shape::{RawModel, Shape};

/// What a service itself says of a value that its model forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Constraints {
    /// The common layer refuses it, with this exception.
    Common(&'static str),
    /// The service refuses it in words of its own; only types are checked here.
    Own,
}

/// One service: its operations, and the shapes of their inputs.
pub(crate) struct Service {
    /// botocore's name.
    pub(crate) name: String,
    constraints: Constraints,
    operations: HashMap<String, Operation>,
    shapes: Vec<Shape>,
}

/// One operation.
pub(crate) struct Operation {
    /// Where its input's shape is; nothing where it has no input.
    input: Option<usize>,
    /// Method and path, in REST protocols.
    http: Option<[String; 2]>,
}

/// All services, by botocore's names.
pub(crate) struct Model {
    services: HashMap<String, Service>,
    /// The names by what `X-Amz-Target` begins with.
    prefixes: HashMap<String, String>,
}

impl Model {
    /// The model of this place.
    pub(crate) fn get() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        MODEL.get_or_init(|| {
            let raw: RawModel = serde_json::from_str(include_str!("model.json"))
                .expect("model.json is compared with botocore by a test");
            Self::new(raw)
        })
    }

    fn new(raw: RawModel) -> Self {
        let mut model = Self {
            services: HashMap::new(),
            prefixes: HashMap::new(),
        };
        for (name, raw) in raw.services {
            if !raw.prefix.is_empty() {
                model.prefixes.insert(raw.prefix.clone(), name.clone());
            }
            let service = Service::new(&name, raw);
            model.services.insert(name, service);
        }
        model
    }

    /// The service that a target's first part names.
    pub(crate) fn by_target(&self, prefix: &str) -> Option<&Service> {
        self.services.get(self.prefixes.get(prefix)?)
    }

    fn service(&self, name: &str) -> Option<&Service> {
        self.services.get(name)
    }
}

impl Service {
    /// Checks an operation's input.
    ///
    /// # Errors
    /// `UnknownOperationException`, `SerializationException` for wrong types, and the
    /// service's own exception for values that its model forbids.
    pub(crate) fn check(&self, operation: &str, input: &Value) -> Result<(), AwsError> {
        let known = self.operations.get(operation);
        let known = known.ok_or_else(|| AwsError::unknown_operation(operation))?;
        known
            .input
            .map_or(Ok(()), |shape| check::input(self, shape, input))
    }
}

/// Who refuses what the model forbids, by botocore's name of the service. DynamoDB, ECS
/// and SQS have sentences of their own for it.
fn constraints(service: &str) -> Constraints {
    match service {
        "dynamodb" | "ecs" | "sqs" => Constraints::Own,
        "logs" => Constraints::Common("InvalidParameterException"),
        _ => Constraints::Common("ValidationException"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Patterns that no operation needs, in a syntax that is not understood here.
    const UNREAD: [&str; 2] = ["TagKey", "TagValue"];

    #[test]
    fn every_pattern_of_the_model_is_understood() {
        let raw: RawModel = serde_json::from_str(include_str!("model.json"))
            .unwrap_or_else(|error| panic!("{error}"));
        let mut patterns = 0;
        for (service, raw) in &raw.services {
            for (name, shape) in &raw.shapes {
                let Some(pattern) = &shape.pattern else {
                    continue;
                };
                patterns += 1;
                let read = pattern::compile(pattern).is_some();
                let unread =
                    UNREAD.contains(&name.as_str()) && constraints(service) == Constraints::Own;
                assert_ne!(read, unread, "{service}.{name}: {pattern}");
            }
        }
        assert!(patterns > 40, "the model was read");
    }
}
