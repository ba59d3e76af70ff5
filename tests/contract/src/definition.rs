//! `statemachine/runner.asl.json`, read as plain JSON.
//!
//! Deliberately not through the interpreter: what it overlooks, the tests
//! over this view should still see.

use serde_json::{Map, Value};

/// The definition with its placeholders as they stand.
pub fn load() -> Value {
    serde_json::from_str(&crate::repo::read("statemachine/runner.asl.json"))
        .expect("the definition is JSON")
}

/// The states by name.
pub fn states(definition: &Value) -> &Map<String, Value> {
    definition["States"]
        .as_object()
        .expect("a definition has States")
}

/// The names of the states as a job meets them: breadth first from the start.
/// A state that nothing leads to is not among them.
pub fn reachable(definition: &Value) -> Vec<&str> {
    let mut order = vec![definition["StartAt"].as_str().unwrap_or_default()];
    let mut at = 0;
    while let Some(name) = order.get(at) {
        for (_, to) in arrows(&definition["States"][name]) {
            if let Some((known, _)) = states(definition).get_key_value(&to)
                && !order.contains(&known.as_str())
            {
                order.push(known);
            }
        }
        at += 1;
    }
    order
}

/// Every state that `state` can lead to, with the words on the arrow.
pub fn arrows(state: &Value) -> Vec<(String, String)> {
    let mut arrows = Vec::new();
    let mut push = |label: String, to: &Value| {
        if let Some(to) = to.as_str() {
            arrows.push((label, to.to_owned()));
        }
    };
    for rule in list(state, "Choices") {
        push(condition(rule), &rule["Next"]);
    }
    push(
        if state["Type"] == "Choice" {
            "default"
        } else {
            ""
        }
        .to_owned(),
        state.get("Default").unwrap_or(&state["Next"]),
    );
    for catcher in list(state, "Catch") {
        push(names(&catcher["ErrorEquals"]).join(", "), &catcher["Next"]);
    }
    arrows
}

/// A list field, empty where it is absent.
pub fn list<'a>(state: &'a Value, field: &str) -> &'a [Value] {
    state[field].as_array().map_or(&[], Vec::as_slice)
}

/// The strings of an array.
pub fn names(array: &Value) -> Vec<&str> {
    array
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The quoted words of a rule's condition: the values it asks for.
fn condition(rule: &Value) -> String {
    quoted(rule["Condition"].as_str().unwrap_or_default()).join(", ")
}

/// What stands in single quotes, placeholders left out.
pub fn quoted(expression: &str) -> Vec<&str> {
    expression
        .split('\'')
        .skip(1)
        .step_by(2)
        .filter(|word| !word.starts_with("${"))
        .collect()
}

/// Every JSONata expression with the path of its field.
pub fn expressions(definition: &Value) -> Vec<(String, String)> {
    fn walk(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
        match value {
            Value::String(text) => {
                let text = text.trim();
                if let Some(inner) = text
                    .strip_prefix("{%")
                    .and_then(|text| text.strip_suffix("%}"))
                {
                    found.push((path.to_owned(), inner.trim().to_owned()));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{path}/{index}"), found);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    walk(field, &format!("{path}/{name}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(definition, "", &mut found);
    found
}
