//! A field that is a whole number or an expression for one: `TimeoutSeconds`,
//! `Seconds`, `MaxConcurrency` and the like.

use serde_json::Value;

use super::Reader;
use crate::jsonata::{Expression, Fault, Template, View};
use jsonata_core::value::JValue;

/// The most seconds a field takes.
pub(crate) const MOST_SECONDS: u64 = 99_999_999;

/// A whole number, now or when it is evaluated.
#[derive(Debug)]
pub(crate) enum Amount {
    Literal(u64),
    Expression(Box<Expression>),
}

impl Amount {
    pub(crate) fn read(reader: &mut Reader<'_>, key: &str) -> Option<Amount> {
        match reader.take(key)? {
            Value::Number(number) => match number.as_u64().filter(|n| *n <= MOST_SECONDS) {
                Some(number) => Some(Amount::Literal(number)),
                None => {
                    reader.problem(
                        key,
                        format!("This must be a whole number from 0 to {MOST_SECONDS}."),
                    );
                    None
                }
            },
            value => {
                let path = reader.at(key);
                match Template::parse(value, &path, reader.problems) {
                    Template::Expression(expression) => Some(Amount::Expression(expression)),
                    _ => {
                        reader.problem(key, "This must be a number or one JSONata expression.");
                        None
                    }
                }
            }
        }
    }

    pub(crate) fn evaluate(&self, view: &View<'_>, location: &str) -> Result<u64, Fault> {
        let expression = match self {
            Amount::Literal(number) => return Ok(*number),
            Amount::Expression(expression) => expression,
        };
        let value = view.value(expression, location)?;
        match value {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss
            )]
            // whole, not negative, and small: the guard says so
            JValue::Number(number)
                if number >= 0.0 && number.fract() == 0.0 && number <= MOST_SECONDS as f64 =>
            {
                Ok(number as u64)
            }
            JValue::Number(number) => Err(Fault {
                location: Some(location.into()),
                message: format!(
                    "The {location} field must be a whole number from 0 to {MOST_SECONDS} but was: {number}"
                ),
            }),
            other => Err(Fault::unexpected(expression, location, "number", &other)),
        }
    }
}
