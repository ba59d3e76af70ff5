//! Expressions: what they see, what is added, what is taken away, how they fail.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

mod support;

use serde_json::{Value, json};
use support::Run;

fn pass(output: &Value, input: Value) -> Run {
    Run::start(
        &json!({"QueryLanguage": "JSONata", "StartAt": "P", "States": {
            "P": {"Type": "Pass", "Output": output, "End": true}}}),
        input,
    )
}

fn value(expression: &str) -> Value {
    pass(&json!(format!("{{% {expression} %}}")), json!({"a": 1})).output()
}

fn cause(expression: &str) -> String {
    let run = pass(&json!(format!("{{% {expression} %}}")), json!({"a": 1}));
    assert_eq!(run.execution.error(), Some("States.QueryEvaluationError"));
    run.execution.cause().unwrap().to_owned()
}

#[test]
fn expressions_stand_anywhere_in_a_value() {
    let output =
        json!({"list": ["{% $states.input.a %}", {"deep": "{% 1 + 1 %}"}, "plain"], "n": null});
    assert_eq!(
        pass(&output, json!({"a": "x"})).output(),
        json!({"list": ["x", {"deep": 2}, "plain"], "n": null})
    );
}

#[test]
fn a_field_that_comes_out_undefined_is_an_error_and_a_key_inside_vanishes() {
    assert_eq!(
        value("{'a': $states.input.a, 'b': $states.input.b}"),
        json!({"a": 1})
    );
    assert!(cause("$states.input.b").ends_with("returned nothing (undefined)."));
    let run = pass(&json!({"list": [1, "{% $none %}"]}), json!({}));
    assert_eq!(run.last("EvaluationFailed")["location"], "Output/list[1]");
}

#[test]
fn an_error_of_the_language_is_told() {
    assert_eq!(
        cause("1 + 'x'"),
        "An error occurred while executing the state 'P' (entered at the event id #2). The JSONata expression '1 + 'x'' specified for the field 'Output' threw an error during evaluation. T2002: The right side of the + operator must evaluate to a number"
    );
}

#[test]
fn a_function_is_no_value() {
    assert!(cause("function($x) { $x }").contains("unsupported result type"));
}

#[test]
fn comparing_with_what_is_missing_is_false() {
    assert_eq!(value("$states.input.missing != 'queued'"), json!(false));
}

#[test]
fn the_context_object_is_there() {
    assert_eq!(
        value("$states.context"),
        json!({
            "Execution": {
                "Id": "arn:aws:states:us-east-1:123456789012:execution:machine:one",
                "Input": {"a": 1}, "Name": "one", "RoleArn": "snf_role_arn",
                "StartTime": "2026-01-01T12:00:00.000Z", "RedriveCount": 0},
            "State": {"Name": "P", "EnteredTime": "2026-01-01T12:00:00.000Z", "RetryCount": 0},
            "StateMachine": {
                "Id": "arn:aws:states:us-east-1:123456789012:stateMachine:machine", "Name": "machine"},
        })
    );
    assert_eq!(value("$states.context.Execution.Input.a"), json!(1));
    assert_eq!(value("$states.context.State.Name"), json!("P"));
}

#[test]
fn time_is_the_executions_own() {
    assert_eq!(value("$now()"), json!("2026-01-01T12:00:00.000Z"));
    assert_eq!(value("$now('[Y]-[M01]')"), json!("2026-01"));
    assert_eq!(value("$millis()"), json!(1_767_268_800_000_i64));
}

#[test]
fn chance_follows_the_seed() {
    let drawn = value("[$random(), $random(), $uuid(), $shuffle([1,2,3,4,5])]");
    assert_eq!(
        drawn,
        value("[$random(), $random(), $uuid(), $shuffle([1,2,3,4,5])]")
    );
    assert_ne!(drawn[0], drawn[1]);
    assert_eq!(value("$random(7) = $random(7)"), json!(true));
    assert_eq!(value("$random() < 1"), json!(true));
}

#[test]
fn chance_goes_on_from_state_to_state() {
    let definition = json!({"QueryLanguage": "JSONata", "StartAt": "P", "States": {
        "P": {"Type": "Pass", "Output": "{% $uuid() %}", "Next": "Q"},
        "Q": {"Type": "Pass", "Output": "{% [$states.input, $uuid()] %}", "End": true}}});
    let output = Run::start(&definition, json!({})).output();
    assert_ne!(output[0], output[1]);
}

#[test]
fn step_functions_adds_functions() {
    assert_eq!(
        value("$parse('{\"a\": [1, true]}')"),
        json!({"a": [1, true]})
    );
    assert!(cause("$parse('{')").contains("threw an error"));
    assert_eq!(
        value("$partition([1,2,3,4,5], 2)"),
        json!([[1, 2], [3, 4], [5]])
    );
    assert_eq!(value("$range(0, 10, 5)"), json!([0, 5, 10]));
    assert_eq!(value("$range(3, 1, -1)"), json!([3, 2, 1]));
    assert!(cause("$range(1, 9, 0)").contains("T0410"));
    assert_eq!(
        value("$hash('input data', 'SHA-1')"),
        json!("aaff4a450a104cd177d28d18d74485e8cae074b7")
    );
    assert_eq!(
        value("$hash('', 'MD5')"),
        json!("d41d8cd98f00b204e9800998ecf8427e")
    );
    assert_eq!(value("$map(['1', '2'], $parse)"), json!([1, 2]));
}

#[test]
fn eval_is_not_there() {
    assert!(cause("$eval('1 + 1')").contains("$eval is not available"));
}

#[test]
fn a_runaway_expression_is_ended() {
    assert!(cause("($f := function($n) { 1 + $f($n + 1) }; $f(0))").contains("D1011"));
}

#[test]
fn assign_and_output_see_the_values_at_entry() {
    let definition = json!({"QueryLanguage": "JSONata", "StartAt": "P", "States": {
        "P": {"Type": "Pass", "Assign": {"v": 1}, "Next": "Q"},
        "Q": {"Type": "Pass", "Assign": {"v": "{% $v + 1 %}", "w": "{% $v %}"}, "Output": "{% $v %}", "Next": "R"},
        "R": {"Type": "Pass", "Output": "{% [$states.input, $v, $w] %}", "End": true}}});
    assert_eq!(
        Run::start(&definition, json!({})).output(),
        json!([1, 2, 1])
    );
}

#[test]
fn json_numbers_pass_through_untouched() {
    let run = Run::start(
        &json!({"QueryLanguage": "JSONata", "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}),
        json!({"id": 9_007_199_254_740_993_u64}),
    );
    assert_eq!(run.execution.output(), Some("{\"id\":9007199254740993}"));
    assert_eq!(value("62000000000 + 1"), json!(62_000_000_001_i64));
    assert_eq!(value("1 / 4"), json!(0.25));
}
