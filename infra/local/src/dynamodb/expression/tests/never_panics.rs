//! Whatever stands in an expression, it is refused or applied: never a panic.

use proptest::prelude::*;
use serde_json::json;

use super::super::{condition, holds, project, projection, update};
use super::{item, placeholders};

proptest! {
    #[test]
    fn no_text_makes_the_parsers_panic(text in "\\PC{0,200}") {
        read_all(&text);
    }

    #[test]
    fn no_row_of_tokens_makes_the_parsers_panic(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "a", "b.c", "a[0]", "a[99999999999999999999]", "#s", ":n", ":s", "=", "<>", "<", "(", ")", ",", "+", "-", ".", "[", "]",
            "AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE", "size(", "attribute_exists(", "attribute_type(",
            "begins_with(", "contains(", "if_not_exists(", "list_append(", "é", "_", "0",
        ]), 0..30),
    ) {
        read_all(&tokens.join(" "));
    }
}

/// Reads and applies a text as everything it could be.
fn read_all(text: &str) {
    let item =
        item(json!({ "a": { "L": [{ "N": "1" }] }, "b": { "M": { "c": { "SS": ["x"] } } } }));
    let values = json!({ ":n": { "N": "1" }, ":s": { "SS": ["x"] } });
    let mut placeholders = placeholders(json!({ "#s": "state" }), values);
    if let Ok(condition) = condition("ConditionExpression", text, &mut placeholders) {
        holds(&condition, &item);
    }
    if let Ok(update) = update(text, &mut placeholders) {
        let _ = update.apply(&item);
    }
    if let Ok(paths) = projection(text, &mut placeholders) {
        project(&item, &paths);
    }
}
