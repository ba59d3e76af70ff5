//! A field's value with `{% … %}` anywhere in it.
//!
//! Parts without an expression are kept as finished JSON text; evaluating a
//! template writes JSON text straight away, with no value in between.

use serde_json::Value;

use super::{Available, Expression, Fault, View};
use crate::{definition::Problems, text::Text};

/// A field's value, parsed.
#[derive(Debug)]
pub(crate) enum Template {
    /// Finished JSON text: nothing in it is evaluated.
    Literal(Text),
    Expression(Box<Expression>),
    Array(Vec<Template>),
    /// The key as JSON text, the key, the value.
    Object(Vec<(Text, Text, Template)>),
}

impl Template {
    pub(crate) fn parse(value: &Value, path: &str, problems: &mut Problems) -> Template {
        match value {
            Value::String(text) => match Expression::source_of(text) {
                Some(source) => match Expression::parse(source) {
                    Ok(expression) => Template::Expression(Box::new(expression)),
                    Err(message) => {
                        problems.add(
                            path,
                            format!("The JSONata expression does not parse: {message}"),
                        );
                        Template::Literal(Text::json(value))
                    }
                },
                None => Template::Literal(Text::json(value)),
            },
            Value::Array(items) => {
                let parts: Vec<Template> = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| {
                        Template::parse(item, &format!("{path}[{index}]"), problems)
                    })
                    .collect();
                if parts.iter().all(Template::is_literal) {
                    return Template::Literal(Text::json(value));
                }
                Template::Array(parts)
            }
            Value::Object(fields) => {
                let parts: Vec<(Text, Text, Template)> = fields
                    .iter()
                    .map(|(key, item)| {
                        let part = Template::parse(item, &format!("{path}/{key}"), problems);
                        (
                            Text::json(&Value::String(key.clone())),
                            Text::from(key.as_str()),
                            part,
                        )
                    })
                    .collect();
                if parts.iter().all(|(_, _, part)| part.is_literal()) {
                    return Template::Literal(Text::json(value));
                }
                Template::Object(parts)
            }
            other => Template::Literal(Text::json(other)),
        }
    }

    /// A value of `$states` that an expression in here names, although it is
    /// not at hand where the template stands.
    pub(crate) fn names_unavailable(&self, available: Available) -> Option<&'static str> {
        match self {
            Template::Literal(_) => None,
            Template::Expression(expression) => expression.needs.unavailable(available),
            Template::Array(parts) => parts
                .iter()
                .find_map(|part| part.names_unavailable(available)),
            Template::Object(parts) => parts
                .iter()
                .find_map(|(_, _, part)| part.names_unavailable(available)),
        }
    }

    fn is_literal(&self) -> bool {
        matches!(self, Template::Literal(_))
    }

    /// The value as JSON text. `location` is the field's name, for errors.
    pub(crate) fn evaluate(&self, view: &View<'_>, location: &str) -> Result<Text, Fault> {
        match self {
            Template::Literal(text) => return Ok(text.clone()),
            Template::Expression(expression) => return view.text(expression, location),
            Template::Array(_) | Template::Object(_) => {}
        }
        let mut out = String::new();
        self.write(view, &mut location.to_owned(), &mut out)?;
        Ok(Text::from(out))
    }

    fn write(&self, view: &View<'_>, location: &mut String, out: &mut String) -> Result<(), Fault> {
        let length = location.len();
        match self {
            Template::Literal(text) => out.push_str(text),
            Template::Expression(expression) => {
                out.push_str(&view.json(expression, location)?);
            }
            Template::Array(parts) => {
                out.push('[');
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    location.push_str(&format!("[{index}]"));
                    part.write(view, location, out)?;
                    location.truncate(length);
                }
                out.push(']');
            }
            Template::Object(parts) => {
                out.push('{');
                for (index, (json, key, part)) in parts.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    out.push_str(json);
                    out.push(':');
                    location.push('/');
                    location.push_str(key);
                    part.write(view, location, out)?;
                    location.truncate(length);
                }
                out.push('}');
            }
        }
        Ok(())
    }
}
