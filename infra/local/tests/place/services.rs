//! Tasks that call the other services: their results, and the names of their errors.

use serde_json::{Value, json};

use crate::world::{World, text};

#[tokio::test]
async fn tasks_reach_functions_and_tables() {
    let world = World::start_fast().await;
    world.claims_table().await;
    let function = world.function("echo");
    let machine = world.machine(
        "Call",
        json!({
            "Call": {
                "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": function, "Payload": {"seen": "{% $states.input.job %}"}},
                "Assign": {"job": "{% $states.result.Payload.seen %}", "status": "{% $states.result.StatusCode %}"},
                "Next": "Plain"
            },
            "Plain": {"Type": "Task", "Resource": function, "Arguments": {"plain": true}, "Next": "Claim"},
            "Claim": {
                "Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem",
                "Arguments": {
                    "TableName": "claims", "Key": {"pk": {"S": "{% $job %}"}},
                    "UpdateExpression": "ADD wakes :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
                    "ReturnValues": "ALL_NEW"
                },
                "Output": {"wakes": "{% $states.result.Attributes.wakes.N %}", "plain": "{% $states.input.plain %}", "status": "{% $status %}"},
                "End": true
            }
        }),
    );
    let execution = world.run(&machine, json!({"job": "job#1"})).await;
    let ended = world.ended(&execution).await;
    assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
    let output: Value = serde_json::from_str(ended["output"].as_str().unwrap()).unwrap();
    assert_eq!(output, json!({"wakes": "1", "plain": true, "status": 200}));
    assert_eq!(
        ended["redriveStatusReason"],
        "Execution is SUCCEEDED and cannot be redriven"
    );
    assert_eq!(
        world.event_types(&execution).await[..6],
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSucceeded",
            "TaskStateExited"
        ]
    );
    world.end().await;
}

#[tokio::test]
async fn errors_of_functions_and_services_have_their_own_names() {
    let world = World::start_fast().await;
    world.claims_table().await;
    world.function("fail");
    world.function("crash");
    let catch = |arguments: Value, resource: &str| {
        json!({
            "Type": "Task", "Resource": format!("arn:aws:states:::{resource}"), "Arguments": arguments,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Output": "{% $states.errorOutput %}", "Next": "Done"}],
            "Next": "Done"
        })
    };
    let conditional = json!({
        "TableName": "claims", "Key": {"pk": {"S": "x"}}, "ConditionExpression": "attribute_exists(pk)",
    });
    let table = [
        (
            catch(
                json!({"FunctionName": "fail", "Payload": {}}),
                "lambda:invoke",
            ),
            "GitHubUnavailable",
            "GitHub does not answer",
        ),
        (
            catch(
                json!({"FunctionName": "crash", "Payload": {}}),
                "lambda:invoke",
            ),
            "Runtime.ExitError",
            "exit status 3",
        ),
        (
            catch(
                json!({"FunctionName": "none", "Payload": {}}),
                "lambda:invoke",
            ),
            "Lambda.ResourceNotFoundException",
            "(Service: Lambda, Status Code: 404, Request ID: ",
        ),
        (
            catch(conditional, "dynamodb:deleteItem"),
            "DynamoDB.ConditionalCheckFailedException",
            "The conditional request failed (Service: DynamoDb, Status Code: 400, Request ID: ",
        ),
        (
            catch(
                json!({"TableName": "none", "Key": {"pk": {"S": "x"}}}),
                "dynamodb:getItem",
            ),
            "DynamoDB.ResourceNotFoundException",
            "not found",
        ),
        (
            catch(
                json!({"Cluster": "none", "TaskDefinition": "none"}),
                "ecs:runTask.sync",
            ),
            "ECS.",
            "Service: AmazonECS",
        ),
        (
            catch(
                json!({"Entries": [{"Source": "s", "DetailType": "d"}]}),
                "events:putEvents",
            ),
            "EventBridge.FailedEntry",
            "InvalidArgument",
        ),
    ];
    for (number, (task, error, cause)) in table.into_iter().enumerate() {
        let definition = json!({"QueryLanguage": "JSONata", "StartAt": "Try", "States": {"Try": task, "Done": {"Type": "Succeed"}}});
        let machine = world
            .place
            .create_state_machine(&format!("m{number}"), &definition.to_string())
            .unwrap();
        let execution = world.run(&machine, json!({})).await;
        let ended = world.ended(&execution).await;
        assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
        let caught: Value = serde_json::from_str(ended["output"].as_str().unwrap()).unwrap();
        assert!(text(&caught["Error"]).starts_with(error), "{caught}");
        assert!(text(&caught["Cause"]).contains(cause), "{caught}");
    }
    world.end().await;
}
