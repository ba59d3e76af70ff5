//! A choice rule's condition in one line.
//!
//! JSONata conditions stand as they are, without their `{% %}`; JSONPath rules
//! are worded as the Step Functions console words them
//! (`$.state == "done"`, `not($.count > 3)`).

use super::clean::one_line;
use serde_json::Value;

/// Rules nest; no definition that AWS takes comes near to this.
const DEEPEST: usize = 16;

/// The condition of one entry of `Choices`.
pub(super) fn condition(rule: &Value) -> String {
    match &rule["Condition"] {
        Value::String(text) => {
            let text = text.trim();
            one_line(
                text.strip_prefix("{%")
                    .and_then(|text| text.strip_suffix("%}"))
                    .unwrap_or(text),
            )
        }
        Value::Null => one_line(&test(rule, 0)),
        other => one_line(&other.to_string()),
    }
}

fn test(rule: &Value, depth: usize) -> String {
    if depth == DEEPEST {
        return "…".to_owned();
    }
    for (operator, word) in [("And", " && "), ("Or", " || ")] {
        if let Some(rules) = rule[operator].as_array() {
            return rules
                .iter()
                .map(|rule| format!("({})", test(rule, depth + 1)))
                .collect::<Vec<_>>()
                .join(word);
        }
    }
    if rule["Not"].is_object() {
        return format!("not({})", test(&rule["Not"], depth + 1));
    }
    let variable = rule["Variable"].as_str().unwrap_or("?");
    rule.as_object()
        .into_iter()
        .flatten()
        .find_map(|(operator, against)| comparison(variable, operator, against))
        .unwrap_or_else(|| variable.to_owned())
}

/// `None` for a field that is no comparison.
fn comparison(variable: &str, operator: &str, against: &Value) -> Option<String> {
    if operator.starts_with("Is") {
        let what = match operator {
            "IsBoolean" => "boolean",
            "IsNull" => "null",
            "IsNumeric" => "numeric",
            "IsPresent" => "present",
            "IsString" => "string",
            "IsTimestamp" => "a timestamp",
            _ => return None,
        };
        let not = if *against == Value::Bool(false) {
            " not"
        } else {
            ""
        };
        return Some(format!("{variable} is{not} {what}"));
    }
    let (plain, path) = match operator.strip_suffix("Path") {
        Some(plain) => (plain, true),
        None => (operator, false),
    };
    let sign = match ["Boolean", "Numeric", "String", "Timestamp"]
        .iter()
        .find_map(|kind| plain.strip_prefix(kind))?
    {
        "Equals" => "==",
        "LessThan" => "<",
        "GreaterThan" => ">",
        "LessThanEquals" => "<=",
        "GreaterThanEquals" => ">=",
        "Matches" => "matches",
        _ => return None,
    };
    let against = match against {
        Value::String(text) if path => text.clone(),
        other => other.to_string(),
    };
    Some(format!("{variable} {sign} {against}"))
}

#[cfg(test)]
mod tests {
    use super::condition;
    use serde_json::json;

    #[test]
    fn conditions_of_both_languages_are_one_line() {
        for (rule, wanted) in [
            (json!({"Condition": "{% $a\n  = 'x' %}"}), "$a = 'x'"),
            (json!({"Condition": true}), "true"),
            (
                json!({"Variable": "$.a", "StringEquals": "x", "Next": "N"}),
                "$.a == \"x\"",
            ),
            (
                json!({"Variable": "$.a", "NumericLessThanEqualsPath": "$.b"}),
                "$.a <= $.b",
            ),
            (
                json!({"Variable": "$.a", "IsPresent": false}),
                "$.a is not present",
            ),
            (
                json!({"Not": {"Variable": "$.a", "BooleanEquals": true}}),
                "not($.a == true)",
            ),
            (
                json!({"Or": [{"Variable": "$.a", "IsNull": true}, {"Variable": "$.b", "StringMatches": "x*"}]}),
                "($.a is null) || ($.b matches \"x*\")",
            ),
            (json!({}), "?"),
            (json!(3), "?"),
        ] {
            assert_eq!(condition(&rule), wanted, "{rule}");
        }
    }

    #[test]
    fn endless_nesting_is_cut_off() {
        let mut rule = json!({"Variable": "$.a", "IsNull": true});
        for _ in 0..100 {
            rule = json!({ "Not": rule });
        }
        assert!(condition(&rule).contains('…'));
    }
}
