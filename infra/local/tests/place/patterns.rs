//! EventBridge's pattern language, as a table.

use local::events::pattern::Pattern;
use serde_json::{Value, json};

fn matches(pattern: &Value, event: &Value) -> bool {
    Pattern::parse(&pattern.to_string())
        .unwrap_or_else(|error| panic!("{pattern}: {error}"))
        .matches(event)
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
            // The empty beginning of any text.
            json!([{"prefix": ""}]),
            vec![json!("x"), json!("")],
            vec![json!(1), json!(null)],
        ),
        (
            json!([{"exactly": "x"}]),
            vec![json!("x")],
            vec![json!("y")],
        ),
        (
            json!([{"anything-but": {"suffix": ["x", "y"]}}]),
            vec![json!("xz")],
            vec![json!("zx"), json!("zy")],
        ),
        (
            json!([{"anything-but": {"wildcard": ["*a", "b*"]}}]),
            vec![json!("ab")],
            vec![json!("xa"), json!("bx")],
        ),
        (
            // Every element of nested arrays counts; host bits do not.
            json!([{"cidr": "10.0.0.5/24"}]),
            vec![json!([["10.0.0.7"]])],
            vec![json!([["10.0.1.7"]]), json!([])],
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
            // A number has no beginning.
            vec![json!("yx"), json!(1), json!(null)],
            vec![json!("xy")],
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
            vec![json!(1), json!(null), json!(""), json!([[1]])],
            vec![json!({"b": 1}), json!([]), json!([{"b": 1}])],
        ),
        (
            json!([{"exists": false}]),
            vec![json!({"b": 1}), json!([])],
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
fn fields_of_one_pattern_match_in_one_element_of_an_array() {
    // The example of event-ruler's README.
    let event = json!({"employees": [
        [{"firstName": "John", "lastName": "Doe"}, {"firstName": "Anna", "lastName": "Smith"}],
        [{"firstName": "Peter", "lastName": "Jones", "desk": 7}],
    ]});
    let pattern = |fields: Value| json!({ "employees": fields });
    for (fields, wanted) in [
        (json!({"firstName": ["Anna"]}), true),
        (json!({"firstName": ["Anna"], "lastName": ["Smith"]}), true),
        (json!({"firstName": ["Anna"], "lastName": ["Jones"]}), false),
        // Somebody has a desk, so it is not absent; Anna has none all the same.
        (json!({"desk": [{"exists": false}]}), false),
        (
            json!({"firstName": ["Anna"], "desk": [{"exists": true}]}),
            false,
        ),
        (
            json!({"firstName": ["Anna"], "car": [{"exists": false}]}),
            true,
        ),
    ] {
        let pattern = pattern(fields);
        assert_eq!(matches(&pattern, &event), wanted, "{pattern}");
    }
}

#[test]
fn alternatives_may_make_a_thousand_combinations() {
    let group =
        |choices: usize| -> Value { (0..choices).map(|number| json!({"a": [number]})).collect() };
    let nested = |one, two| json!({"$or": group(one), "b": {"$or": group(two)}}).to_string();
    assert!(Pattern::parse(&nested(10, 100)).is_ok());
    let error = Pattern::parse(&nested(10, 101)).unwrap_err().to_string();
    assert!(
        error.contains("more than 1000 rule combinations"),
        "{error}"
    );
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
