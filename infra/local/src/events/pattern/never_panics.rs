//! Any text is a pattern or refused, and patterns match what a plain reading of
//! their JSON matches. `PROPERTY_CASES` says how many cases.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::Pattern;

fn config() -> ProptestConfig {
    let asked = std::env::var("PROPERTY_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(256),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

const WORDS: [&str; 6] = ["a", "ab", "A", "b*", "10.0.0.7", ""];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => prop::sample::select(&WORDS[..]).prop_map(Value::from),
        2 => (-2..3_i32).prop_map(Value::from),
        1 => Just(json!(1.0)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["x", "y", "z"]).prop_map(str::to_owned)
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let members = prop::collection::vec((key(), inner), 0..4);
    members.prop_map(|members| Value::Object(members.into_iter().collect()))
}

fn event() -> impl Strategy<Value = Value> {
    let any = leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            object(inner),
        ]
    });
    object(any)
}

/// One test of a field: most are right, some are not.
fn test() -> impl Strategy<Value = Value> {
    let word = || prop::sample::select(&WORDS[..]);
    let text = || {
        let kind = vec![
            "prefix",
            "suffix",
            "equals-ignore-case",
            "wildcard",
            "no-such",
        ];
        (prop::sample::select(kind), word()).prop_map(|(kind, word)| json!({ kind: word }))
    };
    let sign = || prop::sample::select(vec!["=", "<", "<=", ">", ">="]);
    let bound = || -2..3_i32;
    prop_oneof![
        4 => leaf(),
        2 => text(),
        1 => text().prop_map(|test| json!({ "anything-but": test })),
        1 => prop::collection::vec(word(), 0..3).prop_map(|words| json!({ "anything-but": words })),
        1 => bound().prop_map(|number| json!({ "anything-but": number })),
        1 => (sign(), bound()).prop_map(|(sign, bound)| json!({ "numeric": [sign, bound] })),
        1 => (bound(), bound()).prop_map(|(low, high)| json!({ "numeric": [">=", low, "<", high] })),
        1 => any::<bool>().prop_map(|wanted| json!({ "exists": wanted })),
        1 => prop::sample::select(vec!["10.0.0.0/8", "10.0.0.6/31", "0.0.0.0/0", "10.0.0.0/32", "::/0"]).prop_map(|network| json!({ "cidr": network })),
        1 => word().prop_map(|word| json!({ "prefix": { "equals-ignore-case": word } })),
    ]
}

fn pattern() -> impl Strategy<Value = Value> {
    let tests = prop::collection::vec(test(), 0..3).prop_map(Value::from);
    let any = tests.prop_recursive(3, 12, 3, |inner| {
        let choices = prop::collection::vec(object(inner.clone()), 0..3);
        prop_oneof![
            4 => object(inner.clone()),
            1 => (choices, object(inner)).prop_map(|(choices, object)| {
                let mut object = object;
                object["$or"] = choices.into();
                object
            }),
        ]
    });
    object(any)
}

/// The pattern's JSON read word by word, as EventBridge's guide explains it.
fn plainly(pattern: &Map<String, Value>, event: &Map<String, Value>, all: &[Value]) -> bool {
    pattern.iter().all(|(name, wanted)| match wanted {
        Value::Array(choices) if name == "$or" => choices
            .iter()
            .any(|choice| plainly(choice.as_object().unwrap(), event, all)),
        Value::Array(tests) => tests.iter().any(|test| match test.get("exists") {
            Some(Value::Bool(true)) => !leaves(event.get(name)).is_empty(),
            Some(_) => all.iter().all(|one| leaves(one.get(name)).is_empty()),
            None => leaves(event.get(name)).iter().any(|leaf| one(test, leaf)),
        }),
        nested => {
            let nested = nested.as_object().unwrap();
            let likes: Vec<Value> = all.iter().flat_map(|one| objects(one.get(name))).collect();
            let here = objects(event.get(name));
            let nothing = [json!({})];
            let here = if here.is_empty() { &nothing[..] } else { &here };
            here.iter()
                .any(|one| plainly(nested, one.as_object().unwrap(), &likes))
        }
    })
}

/// What is in a value and its arrays, whole.
fn flat(value: Option<&Value>) -> Vec<Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(elements)) => elements.iter().flat_map(|one| flat(Some(one))).collect(),
        Some(value) => vec![value.clone()],
    }
}

fn leaves(value: Option<&Value>) -> Vec<Value> {
    let mut all = flat(value);
    all.retain(|one| !one.is_object());
    all
}

fn objects(value: Option<&Value>) -> Vec<Value> {
    let mut all = flat(value);
    all.retain(Value::is_object);
    all
}

fn one(test: &Value, value: &Value) -> bool {
    let Some((kind, operand)) = test.as_object().and_then(|test| test.iter().next()) else {
        return equal(test, value);
    };
    match (kind.as_str(), value) {
        ("anything-but", _) => match operand {
            Value::Object(inner) => {
                let (kind, operand) = inner.iter().next().unwrap();
                value.as_str().is_none_or(|text| !says(kind, operand, text))
            }
            Value::Array(unwanted) => !unwanted.iter().any(|one| equal(one, value)),
            unwanted => !equal(unwanted, value),
        },
        ("numeric", Value::Number(number)) => {
            let number = number.as_f64().unwrap();
            let pairs = operand.as_array().unwrap().chunks(2);
            pairs.into_iter().all(|pair| {
                let bound = pair[1].as_f64().unwrap();
                match pair[0].as_str().unwrap() {
                    "=" => number == bound,
                    "<" => number < bound,
                    "<=" => number <= bound,
                    ">" => number > bound,
                    _ => number >= bound,
                }
            })
        }
        ("cidr", Value::String(text)) => matches!(
            (operand.as_str().unwrap(), text.as_str()),
            ("0.0.0.0/0" | "10.0.0.0/8" | "10.0.0.6/31", "10.0.0.7")
        ),
        // A comparison of numbers holds for no text.
        ("numeric", Value::String(_)) => false,
        (kind, Value::String(text)) => says(kind, operand, text),
        _ => false,
    }
}

fn says(kind: &str, operand: &Value, text: &str) -> bool {
    let (operand, text) = match operand.get("equals-ignore-case") {
        Some(inner) => (inner.as_str().unwrap().to_lowercase(), text.to_lowercase()),
        None => (operand.as_str().unwrap().to_owned(), text.to_owned()),
    };
    match kind {
        "prefix" => text.starts_with(&operand),
        "suffix" => text.ends_with(&operand),
        "equals-ignore-case" => text.to_lowercase() == operand.to_lowercase(),
        _ => glob(operand.as_bytes(), text.as_bytes()),
    }
}

/// `*` for anything, by trying every length.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|from| glob(rest, &text[from..])),
        Some((letter, rest)) => text.first() == Some(letter) && glob(rest, &text[1..]),
    }
}

fn equal(wanted: &Value, value: &Value) -> bool {
    match (wanted.as_f64(), value.as_f64()) {
        (Some(wanted), Some(value)) => wanted == value,
        _ => wanted == value,
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_is_a_pattern_or_refused(text in "\\PC{0,60}") {
        let _ = Pattern::parse(&text);
    }

    #[test]
    fn any_row_of_tokens_is_a_pattern_or_refused(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"$or\"", "\"numeric\"", "\"cidr\"", "\"wildcard\"", "\"**\"", "\"\\\\\"",
            "\"exists\"", "\"anything-but\"", "\"<\"", "1e999", "-1", "true", "null", "\"10.0.0.0/999\"", "\"::/129\"",
        ]), 0..20),
    ) {
        let _ = Pattern::parse(&tokens.concat());
    }

    #[test]
    fn a_pattern_matches_what_a_plain_reading_of_it_matches(pattern in pattern(), event in event()) {
        let Ok(parsed) = Pattern::parse(&pattern.to_string()) else { return Ok(()) };
        let all = [event.clone()];
        let expected = plainly(pattern.as_object().unwrap(), event.as_object().unwrap(), &all);
        prop_assert_eq!(parsed.matches(&event), expected, "{} on {}", pattern, event);
    }
}
