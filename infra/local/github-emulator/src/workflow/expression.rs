//! Evaluates `${{ … }}`: the parser is zizmor's, the evaluation ours.
//!
//! Contexts are one JSON object (`github`, `matrix`, `env`, `needs`, …) whose
//! names are looked up without regard to case; what is not there is null, as
//! on GitHub. The same code serves GitHub's side (names, labels, job
//! conditions) and the stand-in runner's (steps).

use github_actions_expressions::call::{Call, Function};
use github_actions_expressions::op::BinOp;
use github_actions_expressions::{Evaluation, Expr, SpannedExpr};
use serde_json::Value;

use super::functions;

/// How things stand, for `success()`, `failure()` and `cancelled()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing has failed so far.
    Success,
    /// Something before has failed.
    Failure,
    /// The job or run is being cancelled.
    Cancelled,
    /// A job before was skipped: neither success nor failure.
    Skipped,
}

/// The contexts that GitHub knows; any other root is an error.
const CONTEXTS: [&str; 12] = [
    "github", "env", "vars", "job", "jobs", "steps", "runner", "secrets", "strategy", "matrix",
    "needs", "inputs",
];

/// Evaluates one expression, without its `${{ }}`.
pub(crate) fn evaluate(
    expression: &str,
    contexts: &Value,
    standing: Standing,
) -> Result<Evaluation, String> {
    let parsed = Expr::parse(expression).map_err(|error| error.to_string())?;
    Evaluator { contexts, standing }.evaluate(&parsed)
}

/// Replaces every `${{ … }}` in `template` by its value.
pub(crate) fn interpolate(
    template: &str,
    contexts: &Value,
    standing: Standing,
) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some(start) = rest.find("${{") {
        text.push_str(&rest[..start]);
        let inner = &rest[start + 3..];
        let end = closing(inner).ok_or("a `${{` is not closed by `}}`")?;
        let value = evaluate(inner[..end].trim(), contexts, standing)?;
        text.push_str(&value.sema().to_string());
        rest = &inner[end + 2..];
    }
    text.push_str(rest);
    Ok(text)
}

/// The expression of a template that is nothing but one `${{ … }}`.
pub(crate) fn sole_expression(template: &str) -> Option<&str> {
    let inner = template.trim().strip_prefix("${{")?;
    let end = closing(inner)?;
    (end + 2 == inner.len()).then(|| inner[..end].trim())
}

/// Where the `}}` is that ends an expression; one within a string does not.
pub(crate) fn closing(inner: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'}' if !quoted && inner[at..].starts_with("}}") => return Some(at),
            _ => {}
        }
    }
    None
}

/// A condition (`if:`), bare or in `${{ }}`. Without a status function in it,
/// it also asks for `success()`, as on GitHub.
pub(crate) fn holds(condition: &str, contexts: &Value, standing: Standing) -> Result<bool, String> {
    let expression = sole_expression(condition).unwrap_or(condition).trim();
    if expression.is_empty() {
        return Ok(standing == Standing::Success);
    }
    let parsed = Expr::parse(expression).map_err(|error| error.to_string())?;
    if !asks_status(&parsed) && standing != Standing::Success {
        return Ok(false);
    }
    Ok(Evaluator { contexts, standing }
        .evaluate(&parsed)?
        .as_boolean())
}

fn asks_status(expression: &SpannedExpr<'_>) -> bool {
    match &expression.inner {
        Expr::Call(Call { func, args }) => {
            matches!(
                func,
                Function::Success | Function::Failure | Function::Always | Function::Cancelled
            ) || args.iter().any(asks_status)
        }
        Expr::Index(inner) => asks_status(inner),
        Expr::Context(context) => context.parts.iter().any(asks_status),
        Expr::BinExpr(binary) => asks_status(&binary.lhs) || asks_status(&binary.rhs),
        Expr::UnExpr { expr, .. } => asks_status(expr),
        _ => false,
    }
}

struct Evaluator<'a> {
    contexts: &'a Value,
    standing: Standing,
}

impl Evaluator<'_> {
    fn evaluate(&self, expression: &SpannedExpr<'_>) -> Result<Evaluation, String> {
        match &expression.inner {
            Expr::Literal(literal) => Ok(literal_value(literal)),
            Expr::Star => Err("`*` is not supported in expressions here".to_owned()),
            Expr::Identifier(name) => self.context(name.as_str()),
            Expr::Index(inner) => self.evaluate(inner),
            Expr::Call(call) => {
                let mut arguments = Vec::new();
                for argument in &call.args {
                    arguments.push(self.evaluate(argument)?);
                }
                functions::call(&call.func, &arguments, self.standing)
            }
            Expr::Context(context) => self.path(&context.parts),
            Expr::UnExpr { expr, .. } => {
                Ok(Evaluation::Boolean(!self.evaluate(expr)?.as_boolean()))
            }
            Expr::BinExpr(binary) => {
                let left = self.evaluate(&binary.lhs)?;
                match binary.op {
                    BinOp::And if !left.as_boolean() => return Ok(left),
                    BinOp::Or if left.as_boolean() => return Ok(left),
                    BinOp::And | BinOp::Or => return self.evaluate(&binary.rhs),
                    _ => {}
                }
                let right = self.evaluate(&binary.rhs)?;
                let (left, right) = (left.sema(), right.sema());
                Ok(Evaluation::Boolean(match binary.op {
                    BinOp::Eq => left == right,
                    BinOp::Neq => left != right,
                    BinOp::Gt => left > right,
                    BinOp::Ge => left >= right,
                    BinOp::Lt => left < right,
                    BinOp::Le => left <= right,
                    BinOp::And | BinOp::Or => unreachable!("answered above"),
                }))
            }
        }
    }

    fn context(&self, name: &str) -> Result<Evaluation, String> {
        if !is_context(name) {
            return Err(format!("`{name}` is not a context of GitHub Actions"));
        }
        Ok(property(&to_evaluation(self.contexts), name))
    }

    fn path(&self, parts: &[SpannedExpr<'_>]) -> Result<Evaluation, String> {
        let Some((head, tail)) = parts.split_first() else {
            return Ok(Evaluation::Null);
        };
        let mut value = self.evaluate(head)?;
        for part in tail {
            value = match &part.inner {
                Expr::Identifier(name) => property(&value, name.as_str()),
                Expr::Index(index) => match (&value, self.evaluate(index)?) {
                    (Evaluation::Array(items), Evaluation::Number(at)) => {
                        items.get(at as usize).cloned().unwrap_or(Evaluation::Null)
                    }
                    (_, key) => property(&value, &key.sema().to_string()),
                },
                _ => return Err("`*` is not supported in expressions here".to_owned()),
            };
        }
        Ok(value)
    }
}

/// Whether GitHub knows a context of this name.
pub(crate) fn is_context(name: &str) -> bool {
    CONTEXTS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

fn literal_value(literal: &github_actions_expressions::literal::Literal<'_>) -> Evaluation {
    use github_actions_expressions::literal::Literal;
    match literal {
        Literal::String(text) => Evaluation::String(text.to_string()),
        Literal::Number(number) => Evaluation::Number(*number),
        Literal::Boolean(value) => Evaluation::Boolean(*value),
        Literal::Null => Evaluation::Null,
    }
}

fn property(value: &Evaluation, name: &str) -> Evaluation {
    match value {
        Evaluation::Object(entries) => entries
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map_or(Evaluation::Null, |(_, value)| value.clone()),
        _ => Evaluation::Null,
    }
}

/// A JSON value as the expressions see it.
pub(crate) fn to_evaluation(value: &Value) -> Evaluation {
    Evaluation::try_from(value.clone()).unwrap_or(Evaluation::Null)
}

/// What an expression gave, as JSON.
pub(crate) fn to_json(value: Evaluation) -> Value {
    value.try_into().unwrap_or(Value::Null)
}
