//! What the place does not know is answered as AWS answers it, so that every
//! client finds code and message where it looks for them.

use crate::world::World;
use aws_sdk_sfn::error::ProvideErrorMetadata as _;
use reqwest::StatusCode;
use serde_json::Value;

#[tokio::test]
async fn an_operation_that_nobody_serves_has_awss_own_error_shape() {
    let world = World::start().await;
    let http = reqwest::Client::new();
    let targets = [
        "AWSStepFunctions.MakeCoffee",
        "DynamoDB_20120810.MakeCoffee",
        "AmazonEC2ContainerServiceV20141113.MakeCoffee",
        "AWSEvents.MakeCoffee",
        "secretsmanager.MakeCoffee",
        "Logs_20140328.MakeCoffee",
        "AmazonSNS.Publish",
        "nonsense",
    ];
    for target in targets {
        for version in ["1.0", "1.1"] {
            let kind = format!("application/x-amz-json-{version}");
            let answer = http
                .post(world.place.endpoint())
                .header("x-amz-target", target)
                .header("content-type", &kind)
                .body("{}");
            let answer = answer.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{target}");
            assert_eq!(answer.headers()["content-type"], kind.as_str());
            assert!(answer.headers().contains_key("x-amzn-requestid"));
            let document: Value = answer.json().await.unwrap();
            assert_eq!(
                document["__type"],
                "com.amazon.coral.service#UnknownOperationException"
            );
            assert!(document["message"].is_string(), "{document}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn a_body_that_is_no_object_is_a_serialization_exception() {
    let world = World::start().await;
    let http = reqwest::Client::new();
    for body in ["{", "[]", "7"] {
        let answer = http
            .post(world.place.endpoint())
            .header("x-amz-target", "AWSStepFunctions.ListStateMachines")
            .header("content-type", "application/x-amz-json-1.0")
            .body(body);
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        let document: Value = answer.json().await.unwrap();
        assert_eq!(
            document["__type"],
            "com.amazon.coral.service#SerializationException"
        );
    }
    world.end().await;
}

#[tokio::test]
async fn a_path_that_no_service_has_is_not_found() {
    let world = World::start().await;
    let address = format!("{}/2017-03-31/tags/none", world.place.endpoint());
    let answer = reqwest::get(address).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        answer.headers()["x-amzn-errortype"],
        "UnknownOperationException"
    );
    world.end().await;
}

#[tokio::test]
async fn the_sdks_read_the_code_of_what_is_not_served() {
    let world = World::start().await;
    let runs = world.executions.list_map_runs().execution_arn("arn");
    let error = runs.send().await;
    let error = error.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("UnknownOperationException"));
    assert!(error.message().unwrap().contains("ListMapRuns"));
    let error = world.tables.list_backups().send().await;
    let error = error.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("UnknownOperationException"));
    let error = world.tasks.list_services().send().await;
    let error = error.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("UnknownOperationException"));
    world.end().await;
}
