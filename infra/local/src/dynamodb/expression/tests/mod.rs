//! Conditions by example: first what is refused and how it is worded, then
//! what holds. [`updates`] does the same for updates; [`never_panics`] throws
//! anything at all at the parsers.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "helpers take json! values as they are made, and may unwrap like the tests"
)]

mod never_panics;
mod updates;

use serde_json::{Value, json};

use super::*;
use crate::dynamodb::value::{Attributes, attributes_from_wire};

const MEMBERS: [&str; 2] = ["ConditionExpression", "UpdateExpression"];

fn item(wire: Value) -> Attributes {
    attributes_from_wire(&wire).unwrap()
}

/// Values `:name` for `{"name": …}`, and names `#name` alike.
fn placeholders(names: Value, values: Value) -> Placeholders {
    let mut input = json!({ "ConditionExpression": "used" });
    for (member, given) in [
        ("ExpressionAttributeNames", names),
        ("ExpressionAttributeValues", values),
    ] {
        if given.as_object().is_some_and(|given| !given.is_empty()) {
            input[member] = given;
        }
    }
    Placeholders::read(&input, &MEMBERS).unwrap()
}

fn refused(text: &str, values: Value) -> String {
    let mut placeholders = placeholders(json!({}), values);
    let error = condition("ConditionExpression", text, &mut placeholders).unwrap_err();
    assert_eq!(error.code, "ValidationException");
    error
        .message
        .strip_prefix("Invalid ConditionExpression: ")
        .unwrap()
        .to_owned()
}

fn judge(text: &str, values: Value, item: &Attributes) -> bool {
    let names = json!({ "#s": "state", "#owner": "owner" });
    let mut placeholders = placeholders(names, values);
    holds(
        &condition("ConditionExpression", text, &mut placeholders).unwrap(),
        item,
    )
}

#[test]
fn syntax_errors_name_the_token_and_its_neighbours() {
    for (text, message) in [
        ("", "The expression can not be empty;"),
        ("  ", "The expression can not be empty;"),
        ("a =", "Syntax error; token: \"<EOF>\", near: \"=\""),
        ("a = = :b", "Syntax error; token: \"=\", near: \"= = :b\""),
        ("a ! :b", "Syntax error; token: \"!\", near: \"a ! :b\""),
        ("a", "Syntax error; token: \"<EOF>\", near: \"a\""),
        ("(a = :b", "Syntax error; token: \"<EOF>\", near: \":b\""),
        ("a = :b)", "Syntax error; token: \")\", near: \":b)\""),
        ("a = :b c", "Syntax error; token: \"c\", near: \":b c\""),
        ("a[x] = :b", "Syntax error; token: \"x\", near: \"[x]\""),
        (
            "a BETWEEN :b",
            "Syntax error; token: \"<EOF>\", near: \":b\"",
        ),
        ("a IN ()", "Syntax error; token: \")\", near: \"()\""),
        (
            "attribute_exists()",
            "Syntax error; token: \")\", near: \"()\"",
        ),
        ("a = #", "Syntax error; token: \"#\", near: \"= #\""),
        ("é = :b", "Syntax error; token: \"é\", near: \"é =\""),
        ("NOT", "Syntax error; token: \"<EOF>\", near: \"NOT\""),
    ] {
        assert_eq!(refused(text, json!({})), message, "{text:?}");
    }
}

#[test]
fn well_formed_nonsense_is_refused_in_aws_words() {
    let values = || json!({ ":s": { "S": "x" }, ":n": { "N": "1" }, ":m": { "N": "0" }, ":b": { "BOOL": true } });
    for (text, message) in [
        (
            "owner = :s",
            "Attribute name is a reserved keyword; reserved keyword: owner",
        ),
        (
            "a.State = :s",
            "Attribute name is a reserved keyword; reserved keyword: State",
        ),
        (
            "a = :none",
            "An expression attribute value used in expression is not defined; attribute value: :none",
        ),
        (
            "#none = :s",
            "An expression attribute name used in the document path is not defined; attribute name: #none",
        ),
        ("exists(a)", "Invalid function name; function: exists"),
        (
            "size(a)",
            "The function is not allowed to be used this way in an expression; function: size",
        ),
        (
            "contains(a, :s) = :b",
            "The function is not allowed to be used this way in an expression; function: contains",
        ),
        (
            "attribute_exists(:s)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "attribute_exists(a, b)",
            "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
        ),
        (
            "begins_with(a, :n)",
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        ),
        (
            "a < :b",
            "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
        ),
        (
            "attribute_type(a, :s)",
            "Invalid attribute type name found; type: x, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        (
            "a = a",
            "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
        ),
        (
            "a BETWEEN :n AND :m",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {N:0}",
        ),
        (
            "a BETWEEN :n AND :s",
            "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:x}",
        ),
        ("((a = :s))", "The expression has redundant parentheses;"),
        (
            "b = :n AND ((a = :s) )",
            "The expression has redundant parentheses;",
        ),
    ] {
        assert_eq!(refused(text, values()), message, "{text:?}");
    }
}

#[test]
fn oversized_and_too_deep_expressions_are_refused() {
    let long = format!("a = :b{}", " ".repeat(5000));
    assert!(refused(&long, json!({})).starts_with("Expression size has exceeded"));
    for deep in [
        format!("{}a = :b", "NOT ".repeat(1000)),
        format!("{}a = :b", "(".repeat(4000)),
        "size(".repeat(800),
        format!("a = {}b", "(".repeat(4000)),
    ] {
        assert!(refused(&deep, json!({})).starts_with("The expression is nested too deeply"));
    }
}

#[test]
fn placeholders_are_checked_on_their_own() {
    let read = |input: Value| Placeholders::read(&input, &MEMBERS).unwrap_err().message;
    let value = json!({ ":a": { "S": "x" } });
    assert_eq!(
        read(json!({ "ExpressionAttributeNames": { "#a": "a" } })),
        "ExpressionAttributeNames can only be specified when using expressions"
    );
    assert_eq!(
        read(json!({ "ExpressionAttributeValues": value })),
        "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression and UpdateExpression are null"
    );
    assert_eq!(
        read(json!({ "ConditionExpression": "x", "ExpressionAttributeValues": {} })),
        "ExpressionAttributeValues must not be empty"
    );
    assert_eq!(
        read(json!({ "ConditionExpression": "x", "ExpressionAttributeNames": { "a": "a" } })),
        "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\""
    );
    assert!(
        read(json!({ "ConditionExpression": "x", "ExpressionAttributeValues": { ":a": {} } }))
            .ends_with("must contain exactly one of the supported datatypes for key :a")
    );
    let mut unused = placeholders(
        json!({ "#a": "a", "#b": "b" }),
        json!({ ":v": { "S": "x" }, ":w": { "S": "y" } }),
    );
    condition("ConditionExpression", "#a = :v", &mut unused).unwrap();
    assert_eq!(
        unused.finish().unwrap_err().message,
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"
    );
    condition("ConditionExpression", "#b = :v", &mut unused).unwrap();
    assert_eq!(
        unused.finish().unwrap_err().message,
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"
    );
}

#[test]
fn conditions_hold_as_dynamodb_has_them() {
    let item = item(json!({
        "pk": { "S": "job#1" }, "n": { "N": "10" }, "state": { "S": "active" }, "flag": { "BOOL": true },
        "li": { "L": [{ "N": "1" }, { "M": { "deep": { "S": "found" } } }] },
        "letters": { "SS": ["a", "b"] }, "bin": { "B": "AAEC" }, "mp": { "M": { "x": { "NULL": true } } },
    }));
    let values = || {
        json!({
            ":9": { "N": "9" }, ":10": { "N": "10.0" }, ":two": { "N": "2" }, ":active": { "S": "active" }, ":act": { "S": "act" },
            ":a": { "S": "a" }, ":found": { "S": "found" }, ":one": { "N": "1" }, ":SS": { "S": "SS" }, ":bin": { "B": "AQI=" }, ":text": { "S": "10" },
        })
    };
    for (text, expected) in [
        ("n = :10", true),
        ("n = :text", false),
        ("n <> :text", true),
        ("n > :9 AND n >= :10 AND NOT n < :10", true),
        ("n > :text OR n < :text", false),
        ("n BETWEEN :9 AND :10", true),
        ("n IN (:9, :10)", true),
        (":10 = n", true),
        ("#s = :active", true),
        ("attribute_exists(pk) AND attribute_not_exists(gone)", true),
        ("attribute_exists(li[1].deep)", true),
        ("attribute_exists(li[2])", false),
        ("li[1].deep = :found", true),
        ("gone = :9", false),
        ("gone <> :9", true),
        ("NOT gone = :9", true),
        ("gone < :9 OR gone >= :9", false),
        ("begins_with(#s, :act)", true),
        ("begins_with(n, :act)", false),
        (
            "contains(#s, :act) AND contains(letters, :a) AND contains(li, :one) AND contains(bin, :bin)",
            true,
        ),
        ("attribute_type(letters, :SS)", true),
        ("size(letters) = :two AND size(li) = :two", true),
        ("size(n) = :two", false),
        ("size(pk) BETWEEN :two AND :9", true),
        (
            "attribute_not_exists(pk) OR #owner = :a OR #s = :active",
            true,
        ),
        ("n = :9 AND n = :9 OR n = :10", true),
        ("n = :9 AND (n = :9 OR n = :10)", false),
        ("(n) = (:10) and not (n = :9)", true),
    ] {
        assert_eq!(judge(text, values(), &item), expected, "{text}");
    }
}
