//! The functions of GitHub's expressions.

use github_actions_expressions::Evaluation;
use github_actions_expressions::call::Function;
use serde_json::Value;

use super::expression::{Standing, to_evaluation, to_json};

/// Calls `function`; the parser has checked the number of arguments.
pub(crate) fn call(
    function: &Function,
    arguments: &[Evaluation],
    standing: Standing,
) -> Result<Evaluation, String> {
    let text = |at: usize| {
        arguments
            .get(at)
            .map_or_else(String::new, |value| value.sema().to_string())
    };
    let low = |at: usize| text(at).to_lowercase();
    Ok(match function {
        Function::Success => Evaluation::Boolean(standing == Standing::Success),
        Function::Failure => Evaluation::Boolean(standing == Standing::Failure),
        Function::Cancelled => Evaluation::Boolean(standing == Standing::Cancelled),
        Function::Always => Evaluation::Boolean(true),
        Function::Contains => Evaluation::Boolean(match arguments.first() {
            Some(Evaluation::Array(items)) => items.iter().any(|item| {
                arguments
                    .get(1)
                    .is_some_and(|wanted| item.sema() == wanted.sema())
            }),
            _ => low(0).contains(&low(1)),
        }),
        Function::StartsWith => Evaluation::Boolean(low(0).starts_with(&low(1))),
        Function::EndsWith => Evaluation::Boolean(low(0).ends_with(&low(1))),
        Function::Format => Evaluation::String(format(&text(0), &arguments[1..])?),
        Function::Join => {
            let separator = if arguments.len() > 1 {
                text(1)
            } else {
                ",".to_owned()
            };
            match arguments.first() {
                Some(Evaluation::Array(items)) => {
                    let items: Vec<String> =
                        items.iter().map(|item| item.sema().to_string()).collect();
                    Evaluation::String(items.join(&separator))
                }
                _ => Evaluation::String(text(0)),
            }
        }
        Function::ToJSON => {
            let value = arguments.first().cloned().map_or(Value::Null, to_json);
            Evaluation::String(serde_json::to_string_pretty(&value).map_err(|e| e.to_string())?)
        }
        Function::FromJSON => {
            let value: Value = serde_json::from_str(&text(0))
                .map_err(|error| format!("fromJSON was given text that is not JSON: {error}"))?;
            to_evaluation(&value)
        }
        Function::Case => {
            let mut pairs = arguments.chunks_exact(2);
            let chosen = pairs
                .by_ref()
                .find(|pair| pair[0].as_boolean())
                .map(|pair| pair[1].clone());
            chosen
                .or_else(|| pairs.remainder().first().cloned())
                .or_else(|| arguments.last().cloned())
                .unwrap_or(Evaluation::Null)
        }
        Function::HashFiles => return Err("hashFiles is not supported here".to_owned()),
    })
}

/// `{0}` is the first argument, `{{` and `}}` are braces.
fn format(template: &str, arguments: &[Evaluation]) -> Result<String, String> {
    let mut text = String::new();
    let mut chars = template.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '{' | '}' if chars.peek() == Some(&char) => {
                chars.next();
                text.push(char);
            }
            '{' => {
                let number: String = chars.by_ref().take_while(|next| *next != '}').collect();
                let argument = number.parse().ok().and_then(|at: usize| arguments.get(at));
                let argument =
                    argument.ok_or_else(|| format!("format has no argument for `{{{number}}}`"))?;
                text.push_str(&argument.sema().to_string());
            }
            other => text.push(other),
        }
    }
    Ok(text)
}
