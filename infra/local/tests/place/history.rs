//! GetExecutionHistory: order, pages, and leaving out the data.

use serde_json::{Value, json};

use crate::world::World;

async fn an_execution(world: &World) -> String {
    let machine = world.machine(
        "Choose",
        json!({
            "Choose": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.go %}", "Next": "Pass"}], "Default": "Pass"},
            "Pass": {"Type": "Pass", "Output": {"done": true}, "Next": "Done"},
            "Done": {"Type": "Succeed"},
        }),
    );
    let execution = world.run(&machine, json!({"go": true})).await;
    assert_eq!(world.ended(&execution).await["status"], "SUCCEEDED");
    execution
}

#[tokio::test]
async fn it_pages_in_both_directions() {
    let world = World::start().await;
    let execution = an_execution(&world).await;
    let whole: Vec<Value> = world
        .events(&execution)
        .await
        .iter()
        .map(|event| event["id"].clone())
        .collect();
    assert_eq!(whole.len(), 8);
    for reverse in [false, true] {
        let mut seen = Vec::new();
        let mut input =
            json!({"executionArn": execution, "maxResults": 3, "reverseOrder": reverse});
        loop {
            let page = world.states("GetExecutionHistory", input.clone()).await;
            seen.extend(
                page["events"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|event| event["id"].clone()),
            );
            if page["nextToken"].is_null() {
                break;
            }
            input["nextToken"] = page["nextToken"].clone();
        }
        if reverse {
            seen.reverse();
        }
        assert_eq!(seen, whole);
    }
    world.end().await;
}

#[tokio::test]
async fn data_is_left_out_on_request() {
    let world = World::start().await;
    let execution = an_execution(&world).await;
    let input = json!({"executionArn": execution, "includeExecutionData": false});
    let without = world.states("GetExecutionHistory", input).await;
    assert!(!without.to_string().contains("done") && !without.to_string().contains("\"input\""));
    assert_eq!(
        without["events"][1]["stateEnteredEventDetails"],
        json!({"name": "Choose"})
    );
    let with = world.events(&execution).await;
    assert_eq!(
        with[1]["stateEnteredEventDetails"]["input"],
        r#"{"go":true}"#
    );
    assert!(with[0]["timestamp"].is_f64());
    world.end().await;
}

#[tokio::test]
async fn too_large_a_page_is_refused() {
    let world = World::start().await;
    let execution = an_execution(&world).await;
    let input = json!({"executionArn": execution, "maxResults": 1001});
    assert_eq!(
        world.states_refuse("GetExecutionHistory", input).await.0,
        "ValidationException"
    );
    world.end().await;
}

#[tokio::test]
async fn a_description_leaves_its_data_out_on_request() {
    let world = World::start().await;
    let execution = an_execution(&world).await;
    let describe = |data: &str| json!({"executionArn": execution, "includedData": data});
    let (name, _) = world
        .states_refuse("DescribeExecution", describe("SOME"))
        .await;
    assert_eq!(name, "ValidationException");
    let without = world
        .states("DescribeExecution", describe("METADATA_ONLY"))
        .await;
    assert_eq!(
        (&without["input"], &without["output"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(without["inputDetails"], json!({"included": false}));
    let with = world
        .states("DescribeExecution", describe("ALL_DATA"))
        .await;
    assert_eq!(with, world.describe(&execution).await);
    assert_eq!(with["outputDetails"], json!({"included": true}));
    world.end().await;
}
