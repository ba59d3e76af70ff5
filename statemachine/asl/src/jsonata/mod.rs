//! JSONata as Step Functions speaks it.
//!
//! An expression is parsed once, with the definition, and remembers which
//! parts of `$states` and which variables it names, so that an evaluation
//! binds those and no others. Its tree is plain data: a definition can be
//! shared between threads.

mod evaluate;
mod functions;
mod needs;
mod path;
mod random;
mod template;

use jsonata_core::{ast::AstNode, parser};
use serde_json::Value;

pub(crate) use evaluate::{Cache, Fault, Values, View};
pub(crate) use needs::{Available, Needs};
use path::Path;
pub(crate) use random::Random;
pub(crate) use template::Template;

/// One `{% … %}`, parsed.
#[derive(Debug)]
pub(crate) struct Expression {
    /// What stands between the brackets, trimmed, as errors quote it.
    pub(crate) source: String,
    pub(crate) ast: AstNode,
    pub(crate) needs: Needs,
    /// The expression again, if it is a plain path.
    path: Option<Path>,
}

impl Expression {
    /// The text inside `{% %}`, or nothing when `text` is a plain string. As
    /// on AWS, a blank before the bracket makes it a plain string.
    pub(crate) fn source_of(text: &str) -> Option<&str> {
        text.strip_prefix("{%")?.strip_suffix("%}").map(str::trim)
    }

    /// Parses what stands between the brackets.
    pub(crate) fn parse(source: &str) -> Result<Expression, String> {
        let ast = parser::parse(source).map_err(|error| error.display_message())?;
        if let Some(operator) = later_operator(&ast) {
            return Err(format!(
                "the operator {operator} is newer than the JSONata of Step Functions; use a condition"
            ));
        }
        Ok(Expression {
            source: source.to_owned(),
            ast,
            needs: Needs::of(source),
            path: Path::of(source),
        })
    }
}

/// An operator that came after JSONata 2.0, which Step Functions speaks.
fn later_operator(ast: &AstNode) -> Option<&'static str> {
    fn find(node: &Value) -> Option<&'static str> {
        match node {
            Value::Array(items) => items.iter().find_map(find),
            Value::Object(fields) => match fields.get("op").and_then(Value::as_str) {
                Some("Coalesce") => Some("??"),
                Some("Default") => Some("?:"),
                _ => fields.values().find_map(find),
            },
            _ => None,
        }
    }
    find(&serde_json::to_value(ast).ok()?)
}
