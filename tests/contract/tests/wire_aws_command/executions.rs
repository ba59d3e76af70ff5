//! `aws stepfunctions` and `aws events`.

use crate::command::{Story, text, until};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::123456789012:role/test";

/// Fails until the item `x` is there.
fn definition() -> String {
    json!({
        "QueryLanguage": "JSONata", "StartAt": "Choose",
        "States": {
            "Choose": {"Type": "Choice", "Choices": [{"Condition": "{% $exists($states.input.wait) %}", "Next": "Long"}], "Default": "Look"},
            "Long": {"Type": "Wait", "Seconds": 86400, "End": true},
            "Look": {
                "Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem",
                "Arguments": {
                    "TableName": "claims", "Key": {"pk": {"S": "x"}}, "ConditionExpression": "attribute_exists(pk)",
                    "UpdateExpression": "ADD seen :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
                },
                "Output": {"served": true}, "End": true,
            },
        },
    })
    .to_string()
}

/// The table that [`definition`] looks into, and the item it looks for.
fn table(story: &Story) {
    let table = json!({
        "TableName": "claims", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    });
    story.place.dynamodb().call("CreateTable", table).unwrap();
}

#[tokio::test]
async fn stepfunctions_refuses_in_awss_words() {
    let Some(story) = Story::start().await else {
        return;
    };
    let execution = "arn:aws:states:us-east-1:123456789012:execution:none:none";
    let said = story
        .refused(&[
            "stepfunctions",
            "describe-execution",
            "--execution-arn",
            execution,
        ])
        .await;
    assert_eq!(
        said,
        format!(
            "An error occurred (ExecutionDoesNotExist) when calling the DescribeExecution operation: Execution Does Not Exist: '{execution}'"
        )
    );
    let create = [
        "stepfunctions",
        "create-state-machine",
        "--name",
        "m",
        "--role-arn",
        ROLE,
    ];
    let said = story
        .refused(&[&create[..], &["--definition", r#"{"StartAt":"A"}"#]].concat())
        .await;
    assert!(said.contains("(InvalidDefinition)"), "{said}");
    let runs = ["stepfunctions", "list-map-runs", "--execution-arn", "arn"];
    let said = story.refused(&runs).await;
    assert!(said.contains("(UnknownOperationException)"), "{said}");
    story.end().await;
}

#[tokio::test]
async fn a_failed_execution_is_read_mended_and_redriven() {
    let Some(story) = Story::start().await else {
        return;
    };
    table(&story);
    let definition = definition();
    let created = story
        .aws(&[
            "stepfunctions",
            "create-state-machine",
            "--name",
            "m",
            "--role-arn",
            ROLE,
            "--definition",
            &definition,
        ])
        .await;
    let machine = text(&created["stateMachineArn"]);
    assert_eq!(
        machine,
        "arn:aws:states:us-east-1:123456789012:stateMachine:m"
    );
    let described = story
        .aws(&[
            "stepfunctions",
            "describe-state-machine",
            "--state-machine-arn",
            machine,
        ])
        .await;
    assert_eq!(described["definition"], definition.as_str());
    assert_eq!(described["status"], "ACTIVE");
    let listed = story.aws(&["stepfunctions", "list-state-machines"]).await;
    assert_eq!(listed["stateMachines"][0]["stateMachineArn"], machine);
    let started = story
        .aws(&[
            "stepfunctions",
            "start-execution",
            "--state-machine-arn",
            machine,
            "--name",
            "job-1",
            "--input",
            r#"{"id": 7}"#,
        ])
        .await;
    let execution = text(&started["executionArn"]);
    assert_eq!(story.ended(execution).await, "FAILED");
    let failed = story
        .aws(&[
            "stepfunctions",
            "describe-execution",
            "--execution-arn",
            execution,
        ])
        .await;
    assert_eq!(failed["error"], "DynamoDB.ConditionalCheckFailedException");
    assert_eq!(failed["redriveStatus"], "REDRIVABLE");
    let input: Value = serde_json::from_str(text(&failed["input"])).unwrap();
    assert_eq!(input, json!({"id": 7}));
    let item = json!({"TableName": "claims", "Item": {"pk": {"S": "x"}}});
    story.place.dynamodb().call("PutItem", item).unwrap();
    let redriven = story
        .aws(&[
            "stepfunctions",
            "redrive-execution",
            "--execution-arn",
            execution,
        ])
        .await;
    assert!(!redriven["redriveDate"].is_null());
    assert_eq!(story.ended(execution).await, "SUCCEEDED");
    // The command pages by itself; its pages are the place's.
    let history = story
        .aws(&[
            "stepfunctions",
            "get-execution-history",
            "--execution-arn",
            execution,
            "--page-size",
            "4",
        ])
        .await;
    let events = history["events"].as_array().unwrap();
    let ids: Vec<u64> = events
        .iter()
        .filter_map(|event| event["id"].as_u64())
        .collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>());
    let kinds: Vec<&str> = events.iter().map(|event| text(&event["type"])).collect();
    assert_eq!(
        (kinds[0], kinds[kinds.len() - 1]),
        ("ExecutionStarted", "ExecutionSucceeded")
    );
    assert!(kinds.contains(&"ExecutionFailed") && kinds.contains(&"ExecutionRedriven"));
    let waiting = story
        .aws(&[
            "stepfunctions",
            "start-execution",
            "--state-machine-arn",
            machine,
            "--name",
            "job-2",
            "--input",
            r#"{"wait": 1}"#,
        ])
        .await;
    let waiting = text(&waiting["executionArn"]);
    let stopped = story
        .aws(&[
            "stepfunctions",
            "stop-execution",
            "--execution-arn",
            waiting,
            "--cause",
            "not needed",
        ])
        .await;
    assert!(!stopped["stopDate"].is_null());
    let listed = story
        .aws(&[
            "stepfunctions",
            "list-executions",
            "--state-machine-arn",
            machine,
        ])
        .await;
    let statuses: Vec<(&str, &str)> = listed["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (text(&item["name"]), text(&item["status"])))
        .collect();
    assert_eq!(statuses, [("job-2", "ABORTED"), ("job-1", "SUCCEEDED")]);
    story.end().await;
}

#[tokio::test]
async fn an_event_that_matches_starts_an_execution() {
    let Some(story) = Story::start().await else {
        return;
    };
    let done = json!({"QueryLanguage": "JSONata", "StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}});
    let machine = story
        .place
        .create_state_machine("m", &done.to_string())
        .unwrap();
    let rule = [
        "events",
        "put-rule",
        "--name",
        "queued",
        "--event-bus-name",
        "jobs",
        "--event-pattern",
    ];
    let pattern = r#"{"source": ["github.com"], "detail": {"action": ["queued"]}}"#;
    let said = story.refused(&[&rule[..], &[pattern]].concat()).await;
    assert!(said.contains("(ResourceNotFoundException)"), "{said}");
    let bus = story
        .aws(&["events", "create-event-bus", "--name", "jobs"])
        .await;
    assert_eq!(
        bus["EventBusArn"],
        "arn:aws:events:us-east-1:123456789012:event-bus/jobs"
    );
    let put = story.aws(&[&rule[..], &[pattern]].concat()).await;
    assert_eq!(
        put["RuleArn"],
        "arn:aws:events:us-east-1:123456789012:rule/jobs/queued"
    );
    let target = format!("Id=machine,Arn={machine}");
    let put = story
        .aws(&[
            "events",
            "put-targets",
            "--rule",
            "queued",
            "--event-bus-name",
            "jobs",
            "--targets",
            &target,
        ])
        .await;
    assert_eq!(put["FailedEntryCount"], 0);
    let entry = |detail: &str| json!({"EventBusName": "jobs", "Source": "github.com", "DetailType": "workflow_job", "Detail": detail});
    let entries = json!([
        entry(r#"{"action":"queued"}"#),
        entry("not JSON"),
        entry(r#"{"action":"waiting"}"#)
    ]);
    let put = story
        .aws(&["events", "put-events", "--entries", &entries.to_string()])
        .await;
    assert_eq!(put["FailedEntryCount"], 1);
    assert_eq!(put["Entries"][1]["ErrorCode"], "MalformedDetail");
    let executions = || {
        let list = json!({"stateMachineArn": machine});
        story
            .place
            .step_functions()
            .call("ListExecutions", list)
            .unwrap()["executions"]
            .take()
    };
    let started = until("an execution is started", || {
        executions().as_array()?.first().cloned()
    })
    .await;
    story.ended(text(&started["executionArn"])).await;
    assert_eq!(executions().as_array().map(Vec::len), Some(1));
    let described = json!({"executionArn": started["executionArn"]});
    let described = story
        .place
        .step_functions()
        .call("DescribeExecution", described)
        .unwrap();
    let input: Value = serde_json::from_str(text(&described["input"])).unwrap();
    assert_eq!(input["id"], put["Entries"][0]["EventId"]);
    assert_eq!(input["detail"], json!({"action": "queued"}));
    story.end().await;
}
