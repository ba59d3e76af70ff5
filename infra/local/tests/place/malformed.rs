//! Requests that are none: AWS's own error and status, and the place goes on.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::world::World;

const COMMON: &str = "com.amazon.coral.service#";

/// Sends bytes to an operation; status and error.
async fn send(world: &World, target: &str, body: Vec<u8>) -> (u16, String, String) {
    let request = world.http.post(world.place.endpoint());
    let request = request
        .header("x-amz-target", target)
        .header("content-type", "application/x-amz-json-1.0");
    let answer = request.body(body).send().await.unwrap();
    let status = answer.status().as_u16();
    assert!(answer.headers().contains_key("x-amzn-requestid"));
    let document: Value = answer.json().await.unwrap();
    let text = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
    (status, text("__type"), text("message"))
}

const TARGETS: [&str; 8] = [
    "AWSStepFunctions.StartExecution",
    "AWSEvents.PutEvents",
    "DynamoDB_20120810.GetItem",
    "AmazonEC2ContainerServiceV20141113.RunTask",
    "Logs_20140328.FilterLogEvents",
    "secretsmanager.GetSecretValue",
    "AmazonSQS.SendMessage",
    "TrentService.Sign",
];

#[tokio::test]
async fn a_body_that_cannot_be_read_is_a_serialization_exception_in_every_service() {
    let world = World::start().await;
    let deep = "[".repeat(100_000);
    for target in TARGETS {
        for body in [
            &b"{"[..],
            b"{\"name\":",
            b"{\"name\": \"a",
            b"[]",
            b"7",
            b"nonsense",
            b"\xFF\xFE{}",
            b"{\"name\": \"\xC3\"}",
            deep.as_bytes(),
        ] {
            let (status, kind, _) = send(&world, target, body.to_vec()).await;
            assert_eq!(status, 400, "{target}");
            assert_eq!(kind, format!("{COMMON}SerializationException"), "{target}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_named_in_the_words_of_awss_parser() {
    let world = World::start().await;
    let table = [
        (
            "AWSStepFunctions.StartExecution",
            json!({"stateMachineArn": 7}),
            "NUMBER_VALUE cannot be converted to String",
        ),
        (
            "AWSStepFunctions.StartExecution",
            json!({"stateMachineArn": true}),
            "TRUE_VALUE cannot be converted to String",
        ),
        (
            "AWSStepFunctions.ListExecutions",
            json!({"maxResults": "7"}),
            "STRING_VALUE cannot be converted to Integer",
        ),
        (
            "AWSStepFunctions.ListExecutions",
            json!({"maxResults": 1e30}),
            "Numeric value (1e+30) out of range",
        ),
        (
            "AWSStepFunctions.ListExecutions",
            json!({"maxResults": 1.5}),
            "DECIMAL_VALUE cannot be converted to Integer",
        ),
        (
            "AWSStepFunctions.GetExecutionHistory",
            json!({"reverseOrder": "yes"}),
            "STRING_VALUE cannot be converted to Boolean",
        ),
        (
            "AWSEvents.PutEvents",
            json!({"Entries": {}}),
            "Start of structure or map found where not expected.",
        ),
        (
            "AWSEvents.PutEvents",
            json!({"Entries": ["x"]}),
            "Unexpected value type in payload",
        ),
        (
            "AWSEvents.PutEvents",
            json!({"Entries": "x"}),
            "Unexpected field type",
        ),
        (
            "AWSEvents.PutEvents",
            json!({"Entries": [{"Source": ["x"]}]}),
            "Unrecognized collection type class java.lang.String",
        ),
        (
            "AmazonEC2ContainerServiceV20141113.RunTask",
            json!({"count": "two"}),
            "STRING_VALUE cannot be converted to Integer",
        ),
        (
            "DynamoDB_20120810.PutItem",
            json!({"TableName": "claims", "Item": {"pk": {"B": "é"}}}),
            "Invalid Base64 in a blob",
        ),
        (
            "Logs_20140328.FilterLogEvents",
            json!({"startTime": "now"}),
            "STRING_VALUE cannot be converted to Integer",
        ),
        (
            "secretsmanager.GetSecretValue",
            json!({"SecretId": {}}),
            "Start of structure or map found where not expected.",
        ),
    ];
    for (target, input, message) in table {
        let (status, kind, said) = send(&world, target, input.to_string().into_bytes()).await;
        assert_eq!(
            (status, kind),
            (400, format!("{COMMON}SerializationException")),
            "{target} {input}"
        );
        assert_eq!(said, message, "{target} {input}");
    }
    world.end().await;
}

#[tokio::test]
async fn what_the_model_forbids_is_refused_before_anything_is_looked_for() {
    let world = World::start().await;
    let long = "x".repeat(81);
    let none = "arn:aws:states:us-east-1:123456789012:stateMachine:none";
    let table = [
        (
            "AWSStepFunctions.StartExecution", json!({"stateMachineArn": none, "name": long}), "com.amazon.coral.validate#ValidationException",
            format!("1 validation error detected: Value '{long}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 80"),
        ),
        (
            // What may be secret is not repeated, and its bytes are counted.
            "AWSStepFunctions.StartExecution", json!({"stateMachineArn": none, "input": "é".repeat(131_073)}), "com.amazon.coral.validate#ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have size less than or equal to 262144 bytes in UTF-8 encoding".to_owned(),
        ),
        (
            "AWSStepFunctions.StartExecution", json!({}), "com.amazon.coral.validate#ValidationException",
            "1 validation error detected: Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null".to_owned(),
        ),
        (
            "AWSStepFunctions.ListExecutions", json!({"maxResults": 1001, "statusFilter": "LOST"}), "com.amazon.coral.validate#ValidationException",
            "2 validation errors detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000; Value 'LOST' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE]".to_owned(),
        ),
        (
            "AWSEvents.PutTargets", json!({"Rule": "r", "Targets": [{"Id": "t", "Arn": "a"}, {"Arn": "a"}]}), "ValidationException",
            "1 validation error detected: Value null at 'targets.2.member.id' failed to satisfy constraint: Member must not be null".to_owned(),
        ),
        (
            "AWSEvents.PutRule", json!({"Name": "a b"}), "ValidationException",
            r"1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+".to_owned(),
        ),
        (
            "Logs_20140328.DescribeLogStreams", json!({"logGroupName": "a b"}), "InvalidParameterException",
            r"1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+".to_owned(),
        ),
        (
            "secretsmanager.GetSecretValue", json!({"SecretId": ""}), "ValidationException",
            "1 validation error detected: Value '' at 'secretId' failed to satisfy constraint: Member must have length greater than or equal to 1".to_owned(),
        ),
    ];
    for (target, input, kind, message) in table {
        let (status, found, said) = send(&world, target, input.to_string().into_bytes()).await;
        assert_eq!((status, found.as_str()), (400, kind), "{target}");
        assert_eq!(said, message, "{target}");
    }
    world.end().await;
}

#[tokio::test]
async fn ten_megabytes_are_refused_or_read_and_never_the_end() {
    let world = World::start().await;
    let large = json!({"name": "x".repeat(10 * 1024 * 1024)}).to_string();
    for target in TARGETS {
        let (status, kind, _) = send(&world, target, large.clone().into_bytes()).await;
        let wanted = match target {
            "AWSStepFunctions.StartExecution" => 413,
            _ => 400,
        };
        assert_eq!(status, wanted, "{target}: {kind}");
    }
    let seventeen = vec![b' '; 17 * 1024 * 1024];
    for target in TARGETS {
        let (status, kind, _) = send(&world, target, seventeen.clone()).await;
        assert_eq!(
            (status, kind),
            (413, format!("{COMMON}RequestEntityTooLarge")),
            "{target}"
        );
    }
    let invoke = format!(
        "{}/2015-03-31/functions/f/invocations",
        world.place.endpoint()
    );
    let answer = world
        .http
        .post(invoke)
        .body(large.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        answer.headers()["x-amzn-errortype"],
        "RequestTooLargeException"
    );
    let schedule = format!("{}/schedules/s", world.place.endpoint());
    let answer = world.http.post(schedule).body(large).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    // The place is alive.
    world
        .call("AWSStepFunctions.ListStateMachines", json!({}))
        .await
        .unwrap();
    world.end().await;
}

#[tokio::test]
async fn the_rest_protocols_are_checked_as_well() {
    let world = World::start().await;
    let pattern = "failed to satisfy constraint: Member must satisfy regular expression pattern: ";
    let table = [
        (
            "GET",
            "/2015-03-31/functions/a%20b",
            "",
            "ValidationException",
            pattern,
        ),
        (
            "GET",
            "/2015-03-31/functions?MaxItems=0",
            "",
            "ValidationException",
            "Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            "GET",
            "/2015-03-31/functions?MaxItems=many",
            "",
            "SerializationException",
            "STRING_VALUE cannot be converted to Integer",
        ),
        (
            "POST",
            "/2015-03-31/functions/f/aliases",
            "{",
            "SerializationException",
            "not JSON",
        ),
        (
            "POST",
            "/2015-03-31/functions/f/aliases",
            "{}",
            "ValidationException",
            "2 validation errors detected: Value null at 'functionVersion'",
        ),
        (
            "POST",
            "/2015-03-31/functions/f/aliases",
            r#"{"Name": 7, "FunctionVersion": "1"}"#,
            "SerializationException",
            "NUMBER_VALUE",
        ),
        (
            "POST",
            "/2015-03-31/functions/f/aliases",
            r#"{"Name": "7", "FunctionVersion": "1"}"#,
            "ValidationException",
            pattern,
        ),
        (
            "POST",
            "/schedules/s",
            "[]",
            "SerializationException",
            "Start of structure or map found where not expected.",
        ),
        (
            "POST",
            "/schedules/s",
            r#"{"ScheduleExpression": "rate(1 minute)", "Target": {"Arn": "a"}}"#,
            "ValidationException",
            "2 validation errors detected: Value null at 'flexibleTimeWindow'",
        ),
        (
            "POST",
            "/schedules/a%20b",
            "{}",
            "ValidationException",
            "at 'name' failed to satisfy constraint",
        ),
        (
            "GET",
            "/schedules?State=LOST",
            "",
            "ValidationException",
            "Member must satisfy enum value set: [ENABLED, DISABLED]",
        ),
    ];
    for (method, path, body, kind, words) in table {
        let address = format!("{}{path}", world.place.endpoint());
        let request = world.http.request(method.parse().unwrap(), address);
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{method} {path}");
        assert_eq!(
            answer.headers()["x-amzn-errortype"],
            kind,
            "{method} {path} {body}"
        );
        let document: Value = answer.json().await.unwrap();
        let said = document["message"].as_str().unwrap();
        assert!(said.contains(words), "{method} {path} {body}: {said}");
    }
    world.end().await;
}
