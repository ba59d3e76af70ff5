//! Whatever stands in an expression, it is refused or applied: never a panic.

use proptest::prelude::*;
use serde_json::json;

use super::super::{condition, holds, project, projection, update};
use super::{item, placeholders};

/// Conditions that parse, of paths that are there, are not, or have other types.
fn sound() -> impl Strategy<Value = String> {
    let path = || prop::sample::select(vec!["a", "a[0]", "a[7]", "b.c", "b.x", "#s", "z"]);
    let value = || prop::sample::select(vec![":n", ":s", ":t"]);
    let sign = prop::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    let one = prop_oneof![
        (path(), sign, value()).prop_map(|(path, sign, value)| format!("{path} {sign} {value}")),
        path().prop_map(|path| format!("attribute_exists({path})")),
        path().prop_map(|path| format!("attribute_not_exists({path})")),
        (path(), value()).prop_map(|(path, value)| format!("contains({path}, {value})")),
        (path(), value(), value())
            .prop_map(|(path, low, high)| format!("{path} IN ({low}, {high})")),
    ];
    one.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| format!("NOT ({one})")),
            (inner.clone(), inner.clone())
                .prop_map(|(one, other)| format!("({one}) AND ({other})")),
            (inner.clone(), inner).prop_map(|(one, other)| format!("({one}) OR ({other})")),
        ]
    })
}

/// Whether a condition holds; `None` where it is refused.
fn said(text: &str) -> Option<bool> {
    let item = item(
        json!({ "a": { "L": [{ "N": "1" }] }, "b": { "M": { "c": { "SS": ["x"] } } }, "state": { "S": "x" } }),
    );
    let values = json!({ ":n": { "N": "1" }, ":s": { "SS": ["x"] }, ":t": { "S": "x" } });
    let mut placeholders = placeholders(json!({ "#s": "state" }), values);
    let condition = condition("ConditionExpression", text, &mut placeholders).ok()?;
    Some(holds(&condition, &item))
}

fn config() -> ProptestConfig {
    let asked = std::env::var("PROPERTY_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(256),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_condition_and_its_opposite_never_agree(one in sound(), other in sound()) {
        let Some(holds) = said(&one) else { return Ok(()) };
        prop_assert_eq!(said(&format!("NOT ({one})")), Some(!holds), "{}", one);
        let Some(also) = said(&other) else { return Ok(()) };
        prop_assert_eq!(said(&format!("({one}) AND ({other})")), Some(holds && also));
        prop_assert_eq!(said(&format!("({one}) OR ({other})")), Some(holds || also));
    }

    #[test]
    fn no_text_makes_the_parsers_panic(text in "\\PC{0,60}") {
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
