//! Fail: ends its thread of control with an error. A redrive fails it again.

use serde_json::Value;

use crate::{
    definition::Reader,
    engine::{Failure, Nature, Place, Step},
    jsonata::{Fault, Template, Values},
    text::Text,
};

/// The fields of a Fail state.
#[derive(Debug)]
pub(crate) struct Fail {
    error: Option<Template>,
    cause: Option<Template>,
}

impl Fail {
    pub(super) fn read(reader: &mut Reader<'_>) -> Fail {
        Fail {
            error: field(reader, "Error"),
            cause: field(reader, "Cause"),
        }
    }

    pub(super) fn begin(&self, place: &mut Place<'_>) -> Result<Step, Failure> {
        let error = string(self.error.as_ref(), "Error", place)?;
        let cause = string(self.cause.as_ref(), "Cause", place)?;
        Err(Failure {
            error,
            cause,
            nature: Nature::Own,
        })
    }
}

fn field(reader: &mut Reader<'_>, key: &str) -> Option<Template> {
    let template = reader.template(key)?;
    if let Template::Literal(text) = &template
        && !matches!(text.to_value(), Value::String(_))
    {
        reader.problem(key, "This must be a string.");
    }
    Some(template)
}

fn string(
    template: Option<&Template>,
    location: &str,
    place: &mut Place<'_>,
) -> Result<Option<Text>, Failure> {
    let Some(template) = template else {
        return Ok(None);
    };
    place
        .evaluate(Values::default(), |view| match template {
            Template::Expression(expression) => {
                let value = view.value(expression, location)?;
                match value.as_str() {
                    Some(text) => Ok(Text::from(text)),
                    None => Err(Fault::unexpected(expression, location, "string", &value)),
                }
            }
            literal => Ok(match literal.evaluate(view, location)?.to_value() {
                Value::String(text) => Text::from(text),
                other => Text::json(&other),
            }),
        })
        .map(Some)
}
