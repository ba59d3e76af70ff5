//! A field that is a whole number or an expression for one: `TimeoutSeconds`,
//! `Seconds`, `MaxConcurrency` and the like.

use serde_json::Value;

use super::Reader;
use crate::jsonata::{Available, Expression, Fault, Template, View};
use jsonata_core::value::JValue;

/// The most seconds a field takes.
pub(crate) const MOST_SECONDS: u64 = 99_999_999;

/// A whole number, now or when it is evaluated.
#[derive(Debug)]
pub(crate) enum Amount {
    Literal(u64),
    Expression {
        expression: Box<Expression>,
        least: u64,
    },
}

impl Amount {
    /// Reads a field whose number is at least `least`.
    pub(crate) fn read(reader: &mut Reader<'_>, key: &str, least: u64) -> Option<Amount> {
        let range = least..=MOST_SECONDS;
        match reader.take(key)? {
            Value::Number(number) => match number.as_u64().filter(|n| range.contains(n)) {
                Some(number) => Some(Amount::Literal(number)),
                None => {
                    reader.problem(
                        key,
                        format!("This must be a whole number from {least} to {MOST_SECONDS}."),
                    );
                    None
                }
            },
            value => match reader.parse(value, &reader.at(key), Available::Neither) {
                Template::Expression(expression) => Some(Amount::Expression { expression, least }),
                _ => {
                    reader.problem(key, "This must be a number or one JSONata expression.");
                    None
                }
            },
        }
    }

    pub(crate) fn evaluate(&self, view: &View<'_>, location: &str) -> Result<u64, Fault> {
        let (expression, least) = match self {
            Amount::Literal(number) => return Ok(*number),
            Amount::Expression { expression, least } => (expression, *least),
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
                if number >= least as f64
                    && number.fract() == 0.0
                    && number <= MOST_SECONDS as f64 =>
            {
                Ok(number as u64)
            }
            JValue::Number(number) => Err(Fault {
                location: Some(location.into()),
                message: format!(
                    "The {location} field must be a whole number from {least} to {MOST_SECONDS} but was: {number}"
                ),
            }),
            other => Err(Fault::unexpected(expression, location, "number", &other)),
        }
    }
}
