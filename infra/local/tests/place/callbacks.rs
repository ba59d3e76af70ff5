//! Activities and `.waitForTaskToken`: workers that ask, tokens that are
//! answered, and everything that is no longer waited for.

use serde_json::{Value, json};

use crate::world::{World, text, until};

const FUNCTION: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";

async fn activity(world: &World) -> String {
    text(
        &world
            .states("CreateActivity", json!({"name": "paint"}))
            .await["activityArn"],
    )
}

fn task(resource: &str) -> Value {
    json!({"Paint": {"Type": "Task", "Resource": resource, "End": true}})
}

/// A machine whose function gets the token and answers nothing of importance.
fn callback(world: &World, more: &Value) -> String {
    world.function("echo");
    let mut state = json!({"Type": "Task", "Resource": FUNCTION, "End": true, "Arguments": {
        "FunctionName": "echo", "Payload": {"token": "{% $states.context.Task.Token %}"}}});
    let fields = state.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    world.machine(
        "Ask",
        json!({"Ask": state, "Caught": {"Type": "Pass", "End": true}}),
    )
}

/// The token, as the history shows it.
async fn token(world: &World, execution: &str) -> String {
    until("the task is scheduled", async || {
        let events = world.events(execution).await;
        let scheduled = events
            .iter()
            .find(|event| event["type"] == "TaskScheduled")?;
        let parameters = scheduled["taskScheduledEventDetails"]["parameters"].as_str()?;
        let parameters: Value = serde_json::from_str(parameters).ok()?;
        Some(text(&parameters["Payload"]["token"]))
    })
    .await
}

#[tokio::test]
async fn an_activity_is_created_once_and_deleted_for_good() {
    let world = World::start().await;
    let arn = activity(&world).await;
    assert_eq!(arn, "arn:aws:states:us-east-1:123456789012:activity:paint");
    assert_eq!(activity(&world).await, arn);
    let described = world
        .states("DescribeActivity", json!({"activityArn": arn}))
        .await;
    assert_eq!(described["name"], "paint");
    let listed = world.states("ListActivities", json!({})).await;
    assert_eq!(listed["activities"][0], described);
    for _ in 0..2 {
        world
            .states("DeleteActivity", json!({"activityArn": arn}))
            .await;
    }
    for operation in ["DescribeActivity", "GetActivityTask"] {
        let refused = world
            .states_refuse(operation, json!({"activityArn": arn}))
            .await;
        let message = format!("Activity Does Not Exist: '{arn}'");
        assert_eq!(refused, ("ActivityDoesNotExist".to_owned(), message));
    }
    let refused = world
        .states_refuse("CreateActivity", json!({"name": "no way"}))
        .await;
    assert_eq!(refused.0, "InvalidName");
    let refused = world
        .states_refuse("DescribeActivity", json!({"activityArn": "paint"}))
        .await;
    assert_eq!(refused.0, "InvalidArn");
    world.end().await;
}

#[tokio::test]
async fn a_worker_that_asks_early_gets_the_task_when_it_comes() {
    let world = World::start().await;
    let arn = activity(&world).await;
    let machine = world.machine("Paint", task(&arn));
    let ask = json!({"activityArn": arn, "workerName": "brush"});
    let (asked, execution) = tokio::join!(
        world.states("GetActivityTask", ask),
        world.run(&machine, json!({"wall": "red"})),
    );
    assert_eq!(asked["input"], "{\"wall\":\"red\"}");
    world
        .states(
            "SendTaskHeartbeat",
            json!({"taskToken": asked["taskToken"]}),
        )
        .await;
    let done = json!({"taskToken": asked["taskToken"], "output": "\"done\""});
    world.states("SendTaskSuccess", done.clone()).await;
    assert_eq!(world.ended(&execution).await["output"], "\"done\"");
    let events = world.events(&execution).await;
    assert_eq!(
        events[3]["activityStartedEventDetails"],
        json!({"workerName": "brush"})
    );
    // It counts once.
    let refused = world.states_refuse("SendTaskSuccess", done).await;
    let message = "Task Timed Out: 'Provided task does not exist anymore'";
    assert_eq!(refused, ("TaskTimedOut".to_owned(), message.to_owned()));
    world.end().await;
}

#[tokio::test]
async fn a_task_goes_to_one_worker_alone() {
    let world = World::start().await;
    let arn = activity(&world).await;
    let machine = world.machine("Paint", task(&arn));
    for number in 0..3 {
        world.run(&machine, json!(number)).await;
    }
    let ask = || world.states("GetActivityTask", json!({"activityArn": arn}));
    let (one, two, three) = tokio::join!(ask(), ask(), ask());
    let mut inputs: Vec<String> = [one, two, three]
        .iter()
        .map(|task| text(&task["input"]))
        .collect();
    inputs.sort();
    assert_eq!(inputs, ["0", "1", "2"]);
    world.end().await;
}

#[tokio::test]
async fn a_stopped_executions_task_is_offered_to_nobody() {
    let world = World::start().await;
    let arn = activity(&world).await;
    let machine = world.machine("Paint", task(&arn));
    let stopped = world.run(&machine, json!("stopped")).await;
    world
        .states("StopExecution", json!({"executionArn": stopped}))
        .await;
    world.run(&machine, json!("next")).await;
    let asked = world
        .states("GetActivityTask", json!({"activityArn": arn}))
        .await;
    assert_eq!(asked["input"], "\"next\"");
    world.end().await;
}

#[tokio::test]
async fn an_activity_that_is_gone_ends_the_execution() {
    let world = World::start().await;
    let arn = activity(&world).await;
    let machine = world.machine("Paint", task(&arn));
    world
        .states("DeleteActivity", json!({"activityArn": arn}))
        .await;
    let execution = world.run(&machine, json!({})).await;
    assert_eq!(world.ended(&execution).await["error"], "States.Runtime");
    assert_eq!(
        world.event_types(&execution).await,
        ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]
    );
    world.end().await;
}

#[tokio::test]
async fn a_function_gets_a_token_and_someone_else_answers() {
    let world = World::start().await;
    let machine = callback(&world, &json!({}));
    let execution = world.run(&machine, json!({})).await;
    let token = token(&world, &execution).await;
    assert_eq!(world.describe(&execution).await["status"], "RUNNING");
    let refused = json!({"taskToken": token, "output": "no JSON"});
    assert_eq!(
        world.states_refuse("SendTaskSuccess", refused).await.0,
        "InvalidOutput"
    );
    world
        .states(
            "SendTaskSuccess",
            json!({"taskToken": token, "output": "{\"a\":1}"}),
        )
        .await;
    assert_eq!(world.ended(&execution).await["output"], "{\"a\":1}");
    world.end().await;
}

#[tokio::test]
async fn an_answer_may_be_a_failure() {
    let world = World::start().await;
    let machine = callback(
        &world,
        &json!({"Catch": [{"ErrorEquals": ["No"], "Next": "Caught"}]}),
    );
    let execution = world.run(&machine, json!({})).await;
    let token = token(&world, &execution).await;
    let failure = json!({"taskToken": token, "error": "No", "cause": "not today"});
    world.states("SendTaskFailure", failure).await;
    let output = world.ended(&execution).await["output"].clone();
    assert_eq!(output, "{\"Error\":\"No\",\"Cause\":\"not today\"}");
    world.end().await;
}

#[tokio::test]
async fn without_a_heartbeat_the_task_times_out() {
    let world = World::start().await;
    let machine = callback(&world, &json!({"HeartbeatSeconds": 1}));
    let execution = world.run(&machine, json!({})).await;
    assert_eq!(world.ended(&execution).await["error"], "States.Timeout");
    let late = json!({"taskToken": token(&world, &execution).await});
    let refused = world.states_refuse("SendTaskHeartbeat", late).await;
    assert_eq!(refused.0, "TaskTimedOut");
    let wrong = world
        .states_refuse("SendTaskHeartbeat", json!({"taskToken": "x"}))
        .await;
    assert_eq!(
        wrong,
        (
            "InvalidToken".to_owned(),
            "Invalid Token: 'Invalid token'".to_owned()
        )
    );
    world.end().await;
}

#[tokio::test]
async fn a_queue_carries_the_token() {
    let world = World::start().await;
    let queue = world
        .call("AmazonSQS.CreateQueue", json!({"QueueName": "asked"}))
        .await
        .unwrap();
    let state = json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": queue["QueueUrl"], "MessageBody": {"token": "{% $states.context.Task.Token %}"}},
        "End": true});
    let machine = world.machine("Ask", json!({"Ask": state}));
    let execution = world.run(&machine, json!({})).await;
    let ask = json!({"QueueUrl": queue["QueueUrl"], "WaitTimeSeconds": 20});
    let received = world.call("AmazonSQS.ReceiveMessage", ask).await.unwrap();
    let body: Value =
        serde_json::from_str(received["Messages"][0]["Body"].as_str().unwrap()).unwrap();
    world
        .states(
            "SendTaskSuccess",
            json!({"taskToken": body["token"], "output": "7"}),
        )
        .await;
    assert_eq!(world.ended(&execution).await["output"], "7");
    world.end().await;
}
