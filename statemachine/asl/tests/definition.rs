//! What `Definition::parse` refuses, and the path it names.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

use asl::Definition;
use serde_json::{Value, json};

fn refused(definition: &Value) -> Vec<(String, String)> {
    let problems = Definition::parse(&definition.to_string()).expect_err("it was accepted");
    problems
        .into_iter()
        .map(|problem| (problem.path, problem.message))
        .collect()
}

fn paths(states: &Value) -> Vec<String> {
    let definition = json!({"QueryLanguage": "JSONata", "StartAt": "S", "States": states});
    refused(&definition)
        .into_iter()
        .map(|(path, _)| path)
        .collect()
}

#[test]
fn text_that_is_no_definition() {
    assert!(
        Definition::parse("{").unwrap_err()[0]
            .message
            .contains("not valid JSON")
    );
    assert!(Definition::parse("[]").is_err());
    assert_eq!(refused(&json!({}))[0].0, "/StartAt");
}

#[test]
fn jsonpath_is_refused() {
    let by_default = json!({"StartAt": "S", "States": {"S": {"Type": "Pass", "End": true}}});
    assert_eq!(refused(&by_default)[0].0, "/States/S/QueryLanguage");
    let fields = json!({"S": {"Type": "Pass", "ResultPath": "$.a", "Parameters": {}, "End": true}});
    assert_eq!(
        paths(&fields),
        ["/States/S/ResultPath", "/States/S/Parameters"]
    );
    let mixed = json!({"S": {"Type": "Pass", "QueryLanguage": "JSONPath", "End": true}});
    assert_eq!(paths(&mixed), ["/States/S/QueryLanguage"]);
}

#[test]
fn what_is_not_supported_is_refused() {
    let task = |resource: &str| json!({"S": {"Type": "Task", "Resource": resource, "End": true}});
    for resource in ["my-function", "arn:aws:s3:::bucket", ""] {
        assert_eq!(paths(&task(resource)), ["/States/S/Resource"], "{resource}");
    }
    let distributed = json!({"S": {"Type": "Map", "End": true, "ItemReader": {}, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED"},
        "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}});
    assert_eq!(
        paths(&distributed),
        [
            "/States/S/ItemReader",
            "/States/S/ItemProcessor/ProcessorConfig/Mode"
        ]
    );
}

#[test]
fn every_transition_leads_to_a_state() {
    let states = json!({
        "S": {"Type": "Choice", "Default": "No1", "Choices": [{"Condition": true, "Next": "No2"}]},
        "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "No3",
              "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "No4"}]},
    });
    assert_eq!(
        paths(&states),
        [
            "/States/S/Choices[0]/Next",
            "/States/S/Default",
            "/States/T/Next",
            "/States/T/Catch[0]/Next",
        ]
    );
    let nowhere = json!({"QueryLanguage": "JSONata", "StartAt": "X", "States": {}});
    assert_eq!(refused(&nowhere)[0].0, "/StartAt");
}

#[test]
fn problems_have_the_codes_of_aws() {
    let codes = |text: &str| -> Vec<&str> {
        let problems = Definition::parse(text).unwrap_err();
        problems.iter().map(|problem| problem.code).collect()
    };
    assert_eq!(codes("not a definition"), ["INVALID_JSON_DESCRIPTION"]);
    assert_eq!(codes("{}"), ["SCHEMA_VALIDATION_FAILED"]);
    let lost = json!({"QueryLanguage": "JSONata", "StartAt": "S", "States": {
        "S": {"Type": "Pass", "Next": "T"}}});
    assert_eq!(codes(&lost.to_string()), ["MISSING_TRANSITION_TARGET"]);
    let twice = json!({"QueryLanguage": "JSONata", "StartAt": "S", "States": {
        "S": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "S", "States": {
            "S": {"Type": "Pass", "End": true}}}}}});
    assert_eq!(codes(&twice.to_string()), ["DUPLICATE_STATE_NAME"]);
}

#[test]
fn a_state_goes_on_or_ends() {
    assert_eq!(paths(&json!({"S": {"Type": "Pass"}})), ["/States/S/Next"]);
    assert_eq!(
        paths(&json!({"S": {"Type": "Pass", "Next": "S", "End": true}})),
        ["/States/S/End"]
    );
}

#[test]
fn fields_of_the_wrong_form_are_named() {
    let states = json!({
        "S": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
              "TimeoutSeconds": "soon", "Surprise": 1, "Arguments": {"a": ["{% ( %}"]},
              "Retry": [{"ErrorEquals": [], "BackoffRate": 0.5, "JitterStrategy": "HALF"}],
              "Assign": {"states": 1}},
    });
    assert_eq!(
        paths(&states),
        [
            "/States/S/Arguments/a[0]",
            "/States/S/TimeoutSeconds",
            "/States/S/Retry[0]/ErrorEquals",
            "/States/S/Retry[0]/BackoffRate",
            "/States/S/Retry[0]/JitterStrategy",
            "/States/S/Assign/states",
            "/States/S/Surprise",
        ]
    );
}

#[test]
fn names_are_unique_and_scopes_do_not_share_variables() {
    let states = json!({
        "S": {"Type": "Pass", "Assign": {"v": 1}, "Next": "M"},
        "M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "S", "States": {
            "S": {"Type": "Pass", "Assign": {"v": 2}, "End": true}}}},
    });
    assert_eq!(
        paths(&states),
        [
            "/States/M/ItemProcessor/States/S/Assign",
            "/States/M/ItemProcessor/States/S"
        ]
    );
}

#[test]
fn values_are_only_named_where_they_exist() {
    let states = json!({
        "S": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
              "Arguments": "{% $states.result %}",
              "Output": "{% $states.errorOutput %}",
              "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "S", "Output": "{% $states.result %}"}]},
    });
    assert_eq!(
        paths(&states),
        [
            "/States/S/Arguments",
            "/States/S/Catch[0]/Output",
            "/States/S/Output"
        ]
    );
}

#[test]
fn what_jsonata_2_0_does_not_know_is_refused() {
    let states = json!({"S": {"Type": "Pass", "End": true, "Output": {
        "a": "{% $states.input.a ?? 1 %}", "b": "{% $states.input.a ?: 1 %}", "c": "{% '??' %}"}}});
    assert_eq!(paths(&states), ["/States/S/Output/a", "/States/S/Output/b"]);
}

#[test]
fn a_definition_is_shared_between_threads_and_an_execution_moves_between_them() {
    fn shared<T: Send + Sync>() {}
    shared::<Definition>();
    shared::<asl::Execution>();
}
