//! The grammar of condition, filter and key condition expressions, by
//! recursive descent with a bounded depth.
//!
//! OR binds weakest, then AND, then NOT, then comparisons. Parentheses may
//! stand around conditions and around operands alike, so a parenthesised part
//! is read first and judged by what came out.

use super::lexer::{Cursor, Kind};
use super::syntax::{Comparator, RawCall, RawCondition, RawOperand, RawPart, RawPath};

/// Words that can be no attribute's name. IN is the last one: the parentheses
/// behind it hold a list and are not a group.
const KEYWORDS: [&str; 5] = ["AND", "OR", "NOT", "BETWEEN", "IN"];

/// What a rule has read: parentheses do not say which it will be.
enum Node {
    Condition(RawCondition),
    Operand(RawOperand),
}

/// Reads a whole condition.
pub(super) fn condition(text: &str) -> Result<RawCondition, String> {
    let mut cursor = Cursor::new(text)?;
    let node = alternatives(&mut cursor)?;
    let condition = as_condition(node, &cursor)?;
    cursor.expect_end()?;
    if cursor.has_redundant_parentheses(&KEYWORDS[..4]) {
        return Err("The expression has redundant parentheses;".to_owned());
    }
    Ok(condition)
}

fn alternatives(cursor: &mut Cursor<'_>) -> Result<Node, String> {
    chain(cursor, "OR", conjunction, RawCondition::Or)
}

fn conjunction(cursor: &mut Cursor<'_>) -> Result<Node, String> {
    chain(cursor, "AND", negation, RawCondition::And)
}

fn chain(
    cursor: &mut Cursor<'_>,
    word: &str,
    rule: fn(&mut Cursor<'_>) -> Result<Node, String>,
    join: fn(Vec<RawCondition>) -> RawCondition,
) -> Result<Node, String> {
    let first = rule(cursor)?;
    let next = cursor.peek();
    if next.kind != Kind::Word || !next.text.eq_ignore_ascii_case(word) {
        return Ok(first);
    }
    let mut parts = vec![as_condition(first, cursor)?];
    while cursor.take_word(word) {
        let part = rule(cursor)?;
        parts.push(as_condition(part, cursor)?);
    }
    Ok(Node::Condition(join(parts)))
}

fn negation(cursor: &mut Cursor<'_>) -> Result<Node, String> {
    if !cursor.take_word("NOT") {
        return comparison(cursor);
    }
    let inner = cursor.nested(negation)?;
    let inner = as_condition(inner, cursor)?;
    Ok(Node::Condition(RawCondition::Not(Box::new(inner))))
}

fn comparison(cursor: &mut Cursor<'_>) -> Result<Node, String> {
    let left = match primary(cursor)? {
        Node::Operand(operand) => operand,
        condition @ Node::Condition(_) => return Ok(condition),
    };
    let token = cursor.peek();
    if token.kind == Kind::Sign
        && let Some(comparator) = Comparator::from_sign(token.text)
    {
        cursor.next();
        let right = operand(cursor)?;
        return Ok(Node::Condition(RawCondition::Compare(
            comparator, left, right,
        )));
    }
    if cursor.take_word("BETWEEN") {
        let low = operand(cursor)?;
        if !cursor.take_word("AND") {
            return Err(cursor.syntax_error());
        }
        let high = operand(cursor)?;
        return Ok(Node::Condition(RawCondition::Between(left, low, high)));
    }
    if cursor.take_word("IN") {
        cursor.expect_sign("(")?;
        let list = operands(cursor)?;
        return Ok(Node::Condition(RawCondition::In(left, list)));
    }
    Ok(Node::Operand(left))
}

fn primary(cursor: &mut Cursor<'_>) -> Result<Node, String> {
    if !cursor.take_sign("(") {
        return simple_operand(cursor).map(Node::Operand);
    }
    let inner = cursor.nested(alternatives)?;
    cursor.expect_sign(")")?;
    Ok(inner)
}

/// An operand, which may stand in parentheses.
pub(super) fn operand(cursor: &mut Cursor<'_>) -> Result<RawOperand, String> {
    if cursor.take_sign("(") {
        let inner = cursor.nested(operand)?;
        cursor.expect_sign(")")?;
        return Ok(inner);
    }
    simple_operand(cursor)
}

fn simple_operand(cursor: &mut Cursor<'_>) -> Result<RawOperand, String> {
    let token = cursor.peek();
    match token.kind {
        Kind::Value => {
            cursor.next();
            Ok(RawOperand::Value(token.text.to_owned()))
        }
        Kind::Word if cursor.ahead(1).text == "(" && !is_keyword(token.text) => {
            cursor.next();
            cursor.next();
            let arguments = cursor.nested(operands)?;
            Ok(RawOperand::Call(RawCall {
                name: token.text.to_owned(),
                arguments,
            }))
        }
        _ => path(cursor).map(RawOperand::Path),
    }
}

/// `a, b, c)`: the opening parenthesis has been taken.
fn operands(cursor: &mut Cursor<'_>) -> Result<Vec<RawOperand>, String> {
    let mut list = vec![operand(cursor)?];
    while cursor.take_sign(",") {
        list.push(operand(cursor)?);
    }
    cursor.expect_sign(")")?;
    Ok(list)
}

/// `name.name[0]`, each name possibly a `#placeholder`.
pub(super) fn path(cursor: &mut Cursor<'_>) -> Result<RawPath, String> {
    let mut path = vec![path_name(cursor)?];
    loop {
        if cursor.take_sign(".") {
            path.push(path_name(cursor)?);
        } else if cursor.take_sign("[") {
            let token = cursor.peek();
            let index = match token.kind {
                Kind::Index => token.text.parse::<usize>().ok(),
                _ => None,
            };
            let Some(index) = index else {
                return Err(cursor.syntax_error());
            };
            cursor.next();
            cursor.expect_sign("]")?;
            path.push(RawPart::Index(index));
        } else {
            return Ok(path);
        }
    }
}

fn path_name(cursor: &mut Cursor<'_>) -> Result<RawPart, String> {
    let token = cursor.peek();
    let part = match token.kind {
        Kind::Word if !is_keyword(token.text) && !token.text.starts_with('_') => {
            RawPart::Name(token.text.to_owned())
        }
        Kind::Alias => RawPart::Alias(token.text.to_owned()),
        _ => return Err(cursor.syntax_error()),
    };
    cursor.next();
    Ok(part)
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word))
}

fn as_condition(node: Node, cursor: &Cursor<'_>) -> Result<RawCondition, String> {
    match node {
        Node::Condition(condition) => Ok(condition),
        Node::Operand(RawOperand::Call(call)) => Ok(RawCondition::Call(call)),
        Node::Operand(_) => Err(cursor.syntax_error()),
    }
}
