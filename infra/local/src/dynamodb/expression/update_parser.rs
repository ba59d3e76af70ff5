//! The grammar of update expressions (SET, REMOVE, ADD, DELETE sections, each
//! at most once, in any order) and of projection expressions.

use super::lexer::{Cursor, Kind};
use super::parser::{operand, path};
use super::syntax::{RawAction, RawPath, RawSetValue};

/// Reads a whole update expression.
pub(super) fn update(text: &str) -> Result<Vec<RawAction>, String> {
    let mut cursor = Cursor::new(text)?;
    let mut actions = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let mut repeated = None;
    while cursor.peek().kind != Kind::End {
        let (section, rule): (&str, Rule) = if cursor.take_word("SET") {
            ("SET", set)
        } else if cursor.take_word("REMOVE") {
            ("REMOVE", |cursor| path(cursor).map(RawAction::Remove))
        } else if cursor.take_word("ADD") {
            ("ADD", |cursor| path_and_value(cursor, RawAction::Add))
        } else if cursor.take_word("DELETE") {
            ("DELETE", |cursor| path_and_value(cursor, RawAction::Delete))
        } else {
            return Err(cursor.syntax_error());
        };
        if seen.contains(&section) {
            repeated = repeated.or(Some(section));
        }
        seen.push(section);
        actions.push(rule(&mut cursor)?);
        while cursor.take_sign(",") {
            actions.push(rule(&mut cursor)?);
        }
    }
    match repeated {
        Some(section) => Err(format!(
            "The \"{section}\" section can only be used once in an update expression;"
        )),
        None => Ok(actions),
    }
}

type Rule = fn(&mut Cursor<'_>) -> Result<RawAction, String>;

fn set(cursor: &mut Cursor<'_>) -> Result<RawAction, String> {
    let target = path(cursor)?;
    cursor.expect_sign("=")?;
    let value = set_value(cursor)?;
    Ok(RawAction::Set(target, value))
}

fn set_value(cursor: &mut Cursor<'_>) -> Result<RawSetValue, String> {
    // Parentheses may hold a whole sum, or only its first operand.
    if cursor.take_sign("(") {
        let inner = cursor.nested(set_value)?;
        cursor.expect_sign(")")?;
        return match inner {
            RawSetValue::Operand(left) => sum(cursor, left),
            whole => Ok(whole),
        };
    }
    let left = operand(cursor)?;
    sum(cursor, left)
}

fn sum(cursor: &mut Cursor<'_>, left: super::syntax::RawOperand) -> Result<RawSetValue, String> {
    if cursor.take_sign("+") {
        Ok(RawSetValue::Plus(left, operand(cursor)?))
    } else if cursor.take_sign("-") {
        Ok(RawSetValue::Minus(left, operand(cursor)?))
    } else {
        Ok(RawSetValue::Operand(left))
    }
}

fn path_and_value(
    cursor: &mut Cursor<'_>,
    action: fn(RawPath, String) -> RawAction,
) -> Result<RawAction, String> {
    let target = path(cursor)?;
    let token = cursor.peek();
    if token.kind != Kind::Value {
        return Err(cursor.syntax_error());
    }
    cursor.next();
    Ok(action(target, token.text.to_owned()))
}

/// Reads a whole projection expression: paths with commas between them.
pub(super) fn projection(text: &str) -> Result<Vec<RawPath>, String> {
    let mut cursor = Cursor::new(text)?;
    let mut paths = vec![path(&mut cursor)?];
    while cursor.take_sign(",") {
        paths.push(path(&mut cursor)?);
    }
    cursor.expect_end()?;
    Ok(paths)
}
