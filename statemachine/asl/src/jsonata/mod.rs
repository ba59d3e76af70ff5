//! JSONata as Step Functions speaks it.
//!
//! An expression is parsed once, with the definition, and remembers which
//! parts of `$states` and which variables it names, so that an evaluation
//! binds those and no others. Its tree is plain data: a definition can be
//! shared between threads.

mod evaluate;
mod functions;
mod needs;
mod random;
mod template;

use jsonata_core::{ast::AstNode, parser};

pub(crate) use evaluate::{Cache, Fault, Values, View};
pub(crate) use needs::Needs;
pub(crate) use random::Random;
pub(crate) use template::Template;

/// One `{% … %}`, parsed.
#[derive(Debug)]
pub(crate) struct Expression {
    /// What stands between the brackets, trimmed, as errors quote it.
    pub(crate) source: String,
    pub(crate) ast: AstNode,
    pub(crate) needs: Needs,
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
        Ok(Expression {
            source: source.to_owned(),
            ast,
            needs: Needs::of(source),
        })
    }
}
