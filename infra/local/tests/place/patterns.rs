//! EventBridge's pattern language, as a table.

use local::events::pattern::Pattern;
use serde_json::{Value, json};

fn matches(pattern: &Value, event: &Value) -> bool {
    Pattern::parse(&pattern.to_string())
        .unwrap_or_else(|error| panic!("{pattern}: {error}"))
        .matches(event)
}

#[test]
fn patterns_that_are_not_valid_are_refused() {
    let table = [
        ("", "not valid JSON"),
        ("[]", "not an object"),
        ("{}", "Empty objects"),
        (r#"{"a": "b"}"#, "must be an object or an array"),
        (r#"{"a": 1}"#, "must be an object or an array"),
        (r#"{"a": []}"#, "Empty arrays"),
        (r#"{"a": {}}"#, "Empty objects"),
        (r#"{"a": [[1]]}"#, "Match value must be"),
        (r#"{"a": [{"prefix": "x", "suffix": "y"}]}"#, "Only one key"),
        (
            r#"{"a": [{"prefix": 1}]}"#,
            "prefix match pattern must be a string",
        ),
        (r#"{"a": [{"like": "x"}]}"#, "Unrecognized match type like"),
        (r#"{"a": [{"exists": "yes"}]}"#, "true or false"),
        (r#"{"a": [{"anything-but": []}]}"#, "anything-but"),
        (r#"{"a": [{"anything-but": ["x", 1]}]}"#, "anything-but"),
        (
            r#"{"a": [{"anything-but": {"like": "x"}}]}"#,
            "Unrecognized match type",
        ),
        (r#"{"a": [{"numeric": []}]}"#, "non-empty"),
        (r#"{"a": [{"numeric": [">"]}]}"#, "pairs"),
        (r#"{"a": [{"numeric": ["!", 1]}]}"#, "operator"),
        (
            r#"{"a": [{"numeric": [">", 5, "<", 5]}]}"#,
            "Bottom must be less",
        ),
        (r#"{"a": [{"numeric": ["<", 5, ">", 1]}]}"#, "range"),
        (r#"{"a": [{"wildcard": "a**b"}]}"#, "Consecutive wildcard"),
        (r#"{"a": [{"wildcard": "a\\b"}]}"#, "escape"),
        (r#"{"a": [{"cidr": "10.0.0.0"}]}"#, "CIDR"),
        (r#"{"a": [{"cidr": "10.0.0.0/33"}]}"#, "CIDR"),
        (r#"{"$or": [{"a": [1]}]}"#, "at least two"),
    ];
    for (pattern, reason) in table {
        let error = Pattern::parse(pattern).unwrap_err().to_string();
        assert!(
            error.starts_with("Event pattern is not valid. Reason: "),
            "{error}"
        );
        assert!(error.contains(reason), "{pattern}: {error}");
    }
}

#[test]
fn each_test_takes_its_own_and_leaves_the_others() {
    // The pattern's test for field `a`; values that match; values that do not.
    let table = [
        (
            json!(["x"]),
            vec![json!("x"), json!(["w", "x"])],
            vec![json!("X"), json!("xx"), json!({"x": 1}), json!(null)],
        ),
        (json!(["x", "y"]), vec![json!("y")], vec![json!("z")]),
        (
            json!([1]),
            vec![json!(1), json!(1.0)],
            vec![json!("1"), json!(true)],
        ),
        (json!([null]), vec![json!(null)], vec![json!(""), json!(0)]),
        (
            json!([true]),
            vec![json!(true)],
            vec![json!("true"), json!(false)],
        ),
        (
            json!([{"prefix": "ab"}]),
            vec![json!("abc"), json!("ab")],
            vec![json!("Abc"), json!("a"), json!(1)],
        ),
        (
            json!([{"prefix": {"equals-ignore-case": "AB"}}]),
            vec![json!("aBc")],
            vec![json!("ba")],
        ),
        (
            json!([{"suffix": ".rs"}]),
            vec![json!("a.rs")],
            vec![json!("a.rs.txt")],
        ),
        (
            json!([{"suffix": {"equals-ignore-case": ".RS"}}]),
            vec![json!("a.rs")],
            vec![json!("a.r")],
        ),
        (
            json!([{"equals-ignore-case": "Self-Hosted"}]),
            vec![json!("self-hosted")],
            vec![json!("self")],
        ),
        (
            json!([{"wildcard": "vcpu-*-mem-*"}]),
            vec![json!("vcpu-1-mem-2")],
            vec![json!("vcpu-1"), json!("xvcpu-1-mem-2")],
        ),
        (
            json!([{"wildcard": "*a*"}]),
            vec![json!("a"), json!("bab")],
            vec![json!("b")],
        ),
        (
            json!([{"wildcard": "a\\*b"}]),
            vec![json!("a*b")],
            vec![json!("axb")],
        ),
        (
            json!([{"wildcard": "ab*ba"}]),
            vec![json!("abba"), json!("abxba")],
            vec![json!("aba")],
        ),
        (
            json!([{"anything-but": "x"}]),
            vec![json!("y"), json!(1), json!(["x", "y"])],
            vec![json!("x"), json!(["x"])],
        ),
        (
            json!([{"anything-but": ["x", "y"]}]),
            vec![json!("z")],
            vec![json!("x"), json!("y")],
        ),
        (
            json!([{"anything-but": [1, 2]}]),
            vec![json!(3)],
            vec![json!(1), json!(2.0)],
        ),
        (
            json!([{"anything-but": {"prefix": "x"}}]),
            vec![json!("yx")],
            vec![json!("xy"), json!(1)],
        ),
        (
            json!([{"anything-but": {"prefix": ["x", "y"]}}]),
            vec![json!("zx")],
            vec![json!("xz"), json!("yz")],
        ),
        (
            json!([{"anything-but": {"suffix": "x"}}]),
            vec![json!("xy")],
            vec![json!("yx")],
        ),
        (
            json!([{"anything-but": {"wildcard": "*/lib/*"}}]),
            vec![json!("a/b")],
            vec![json!("a/lib/b")],
        ),
        (
            json!([{"anything-but": {"equals-ignore-case": ["X", "Y"]}}]),
            vec![json!("z")],
            vec![json!("x"), json!("Y")],
        ),
        (
            json!([{"numeric": ["=", 5]}]),
            vec![json!(5), json!(5.0)],
            vec![json!(6), json!("5")],
        ),
        (
            json!([{"numeric": [">", 0, "<=", 5]}]),
            vec![json!(5), json!(0.1)],
            vec![json!(0), json!(5.1)],
        ),
        (
            json!([{"exists": true}]),
            vec![json!(1), json!(null), json!("")],
            vec![json!({"b": 1})],
        ),
        (
            json!([{"exists": false}]),
            vec![json!({"b": 1})],
            vec![json!(1), json!(null)],
        ),
        (
            json!([{"cidr": "10.0.0.0/24"}]),
            vec![json!("10.0.0.255")],
            vec![json!("10.0.1.0"), json!("host")],
        ),
        (
            json!([{"cidr": "2001:db8::/32"}]),
            vec![json!("2001:db8::1")],
            vec![json!("2001:db9::1"), json!("10.0.0.1")],
        ),
        (
            json!([{"cidr": "0.0.0.0/0"}]),
            vec![json!("1.2.3.4")],
            vec![json!("::1")],
        ),
    ];
    for (test, yes, no) in table {
        let pattern = json!({"a": test});
        for value in yes {
            assert!(
                matches(&pattern, &json!({"a": value})),
                "{pattern} should match {value}"
            );
        }
        for value in no {
            assert!(
                !matches(&pattern, &json!({"a": value})),
                "{pattern} should not match {value}"
            );
        }
    }
}

#[test]
fn a_missing_field_only_pleases_exists_false() {
    assert!(matches(&json!({"a": [{"exists": false}]}), &json!({})));
    assert!(matches(
        &json!({"a": {"b": [{"exists": false}]}}),
        &json!({})
    ));
    assert!(!matches(&json!({"a": [{"exists": true}]}), &json!({})));
    assert!(!matches(&json!({"a": [{"anything-but": "x"}]}), &json!({})));
    assert!(!matches(&json!({"a": [null]}), &json!({})));
}

#[test]
fn all_fields_and_one_of_the_alternatives_must_match() {
    let pattern =
        json!({"s": ["x"], "$or": [{"a": [1]}, {"b": [{"numeric": [">", 1]}], "c": [true]}]});
    assert!(matches(&pattern, &json!({"s": "x", "a": 1})));
    assert!(matches(&pattern, &json!({"s": "x", "b": 2, "c": true})));
    assert!(!matches(&pattern, &json!({"s": "x", "b": 2})));
    assert!(!matches(&pattern, &json!({"s": "x"})));
    assert!(!matches(&pattern, &json!({"a": 1})));
}

#[test]
fn the_projects_own_rule_takes_queued_jobs_for_self_hosted_runners() {
    let pattern = json!({
        "source": ["github.com"], "detail-type": ["workflow_job"],
        "detail": {"action": ["queued"], "workflow_job": {"labels": ["self-hosted"]}},
    });
    let event = |action: &str, labels: Value| {
        json!({"source": "github.com", "detail-type": "workflow_job",
            "detail": {"action": action, "workflow_job": {"labels": labels}}})
    };
    assert!(matches(
        &pattern,
        &event("queued", json!(["self-hosted", "1"]))
    ));
    assert!(!matches(
        &pattern,
        &event("completed", json!(["self-hosted", "1"]))
    ));
    assert!(!matches(
        &pattern,
        &event("queued", json!(["ubuntu-latest"]))
    ));
    assert!(!matches(&pattern, &event("queued", json!([]))));
}
