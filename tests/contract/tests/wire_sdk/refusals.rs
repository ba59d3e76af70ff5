//! What Step Functions refuses becomes the SDK's own error types.

use crate::world::{ROLE, World};
use serde_json::json;

const NOBODY: &str = "arn:aws:states:us-east-1:123456789012:execution:none:none";
const NO_MACHINE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:none";

#[tokio::test]
async fn what_does_not_exist_is_told_apart_from_what_is_not_an_arn() {
    let world = World::start().await;
    let sfn = &world.executions;
    let error = sfn.describe_execution().execution_arn(NOBODY).send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_execution_does_not_exist(), "{error:?}");
    assert_eq!(
        error.meta().message(),
        Some(format!("Execution Does Not Exist: '{NOBODY}'").as_str())
    );
    let error = sfn.describe_execution().execution_arn("none").send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_invalid_arn(), "{error:?}");
    let error = sfn.stop_execution().execution_arn(NOBODY).send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_execution_does_not_exist(), "{error:?}");
    let error = sfn.redrive_execution().execution_arn(NOBODY).send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_execution_does_not_exist(), "{error:?}");
    let error = sfn
        .get_execution_history()
        .execution_arn(NOBODY)
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_execution_does_not_exist(), "{error:?}");
    let error = sfn
        .start_execution()
        .state_machine_arn(NO_MACHINE)
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_state_machine_does_not_exist(), "{error:?}");
    let error = sfn
        .list_executions()
        .state_machine_arn(NO_MACHINE)
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_state_machine_does_not_exist(), "{error:?}");
    let error = sfn
        .describe_state_machine()
        .state_machine_arn(NO_MACHINE)
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_state_machine_does_not_exist(), "{error:?}");
    world.end().await;
}

#[tokio::test]
async fn a_definition_that_leads_nowhere_is_refused_and_a_name_is_given_once() {
    let world = World::start().await;
    let create = |name: &str, definition: &str| {
        let call = world.executions.create_state_machine().name(name);
        call.definition(definition).role_arn(ROLE).send()
    };
    let nowhere = json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}});
    let error = create("m", &nowhere.to_string()).await.unwrap_err();
    let error = error.into_service_error();
    assert!(error.is_invalid_definition(), "{error:?}");
    assert!(
        error.meta().message().unwrap().contains("/States/A"),
        "{error:?}"
    );
    let fine =
        json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}});
    let other =
        json!({"QueryLanguage": "JSONata", "StartAt": "B", "States": {"B": {"Type": "Succeed"}}});
    let error = create("a b", &fine.to_string()).await.unwrap_err();
    let error = error.into_service_error();
    assert!(error.is_invalid_name(), "{error:?}");
    let first = create("m", &fine.to_string()).await.unwrap();
    let again = create("m", &fine.to_string()).await.unwrap();
    assert_eq!(first.creation_date, again.creation_date);
    let error = create("m", &other.to_string()).await.unwrap_err();
    let error = error.into_service_error();
    assert!(error.is_state_machine_already_exists(), "{error:?}");
    world.end().await;
}

#[tokio::test]
async fn a_name_starts_one_execution_whatever_comes_later() {
    let world = World::start().await;
    let states = json!({"Long": {"Type": "Wait", "Seconds": 86400, "End": true}});
    let machine = world.machine("m", "Long", states).await;
    let start = |input: &str| {
        let call = world
            .executions
            .start_execution()
            .state_machine_arn(&machine);
        call.name("job-1").input(input).send()
    };
    let error = start("{").await.unwrap_err().into_service_error();
    assert!(error.is_invalid_execution_input(), "{error:?}");
    let first = start(r#"{"a":1}"#).await.unwrap();
    // The same again while it runs is the same execution.
    let again = start(r#"{"a":1}"#).await.unwrap();
    assert_eq!(first.execution_arn, again.execution_arn);
    assert_eq!(first.start_date, again.start_date);
    let error = start(r#"{"a":2}"#).await.unwrap_err().into_service_error();
    assert!(error.is_execution_already_exists(), "{error:?}");
    let stop = world.executions.stop_execution();
    let stop = stop.execution_arn(&first.execution_arn);
    stop.send().await.unwrap();
    let error = start(r#"{"a":1}"#).await.unwrap_err().into_service_error();
    assert!(error.is_execution_already_exists(), "{error:?}");
    world.end().await;
}

#[tokio::test]
async fn a_page_is_not_continued_with_a_token_of_nobody() {
    let world = World::start().await;
    let machine = world
        .machine("m", "Done", json!({"Done": {"Type": "Succeed"}}))
        .await;
    let execution = world.run(&machine, &json!({})).await;
    world.ended(&execution).await;
    let sfn = &world.executions;
    let history = sfn.get_execution_history().execution_arn(&execution);
    let error = history.next_token("nobody's").send().await.unwrap_err();
    let error = error.into_service_error();
    assert!(error.is_invalid_token(), "{error:?}");
    let error = sfn
        .redrive_execution()
        .execution_arn(&execution)
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_execution_not_redrivable(), "{error:?}");
    world.end().await;
}
