//! Checks every `${{ … }}` of a file: it must parse and begin with contexts
//! that GitHub knows.

use github_actions_expressions::Expr;
use yaml_serde::Value;

use super::WorkflowError;
use super::expression;

/// Looks through all strings of the file, as YAML reads them.
pub(super) fn check(text: &str) -> Result<(), WorkflowError> {
    let value = yaml_serde::from_str(text).unwrap_or(Value::Null);
    walk(&value, text)
}

fn walk(value: &Value, text: &str) -> Result<(), WorkflowError> {
    if let Some(string) = value.as_str() {
        return check_string(string)
            .map_err(|(at, error)| error.on_line(line_with(text, &string[at..])));
    }
    if let Some(items) = value.as_sequence() {
        return items.iter().try_for_each(|item| walk(item, text));
    }
    match value.as_mapping() {
        Some(mapping) => mapping.values().try_for_each(|value| walk(value, text)),
        None => Ok(()),
    }
}

/// What is wrong with the string, and where in it the expression begins.
fn check_string(string: &str) -> Result<(), (usize, WorkflowError)> {
    let mut from = 0;
    while let Some(start) = string[from..].find("${{").map(|at| from + at) {
        let inner = &string[start + 3..];
        let Some(end) = expression::closing(inner) else {
            let error = WorkflowError::new("a `${{` is not closed", "close it with `}}`");
            return Err((start, error));
        };
        check_expression(inner[..end].trim()).map_err(|error| (start, error))?;
        from = start + 3 + end;
    }
    Ok(())
}

fn check_expression(inner: &str) -> Result<(), WorkflowError> {
    let parsed = Expr::parse(inner).map_err(|error| {
        WorkflowError::new(
            format!("`{inner}` is not an expression ({error})"),
            "correct it",
        )
    })?;
    for (context, _) in parsed.contexts() {
        if let Some(Expr::Identifier(root)) = context.parts.first().map(|part| &part.inner)
            && !expression::is_context(root.as_str())
        {
            return Err(WorkflowError::new(
                format!("`{}` is not a context of GitHub Actions", root.as_str()),
                "use one such as github, matrix, env or needs",
            ));
        }
    }
    Ok(())
}

/// The first line that has the beginning of `found`; quotes may differ there.
fn line_with(text: &str, found: &str) -> Option<usize> {
    let found = found.lines().next().unwrap_or_default();
    let found = found
        .split(['\'', '"', '\\'])
        .next()
        .unwrap_or_default()
        .trim_end();
    text.lines()
        .position(|line| line.contains(found))
        .map(|at| at + 1)
}
