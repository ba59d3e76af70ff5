//! A place with a data folder, ended in the midst of things, and started again from what
//! it had written by then. A copy of the folder is what a killed place leaves.

use std::fs;
use std::path::Path;
use std::time::Duration;

use local::{Data, Place, Settings, StartError};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{World, is_gone, text, until};

fn settings(folder: &Path) -> Settings {
    Settings {
        data: Some(Data {
            folder: folder.to_owned(),
            fsync: false,
        }),
        ..Settings::default()
    }
}

/// A world that keeps its state.
async fn kept() -> (World, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (World::with(settings(folder.path())).await, folder)
}

/// What a kill of the place at this moment would leave, started again. The first place
/// goes on, but its functions and tasks are ended as those of a killed one.
async fn killed_and_started(before: &World, folder: &TempDir) -> (World, TempDir) {
    // Without the wire nobody waits for what is written: an answer over it does.
    before.states("ListStateMachines", json!({})).await;
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("log")).unwrap();
    fs::copy(folder.path().join("format"), copy.path().join("format")).unwrap();
    for segment in fs::read_dir(folder.path().join("log")).unwrap() {
        let segment = segment.unwrap();
        let to = copy.path().join("log").join(segment.file_name());
        fs::copy(segment.path(), to).unwrap();
    }
    (World::with(settings(copy.path())).await, copy)
}

fn invoke(function: &str, payload: &Value, more: &Value) -> Value {
    let mut state = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
        "Arguments": {"FunctionName": function, "Payload": payload}});
    let fields = state.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    json!({"Ask": state})
}

#[tokio::test]
async fn a_call_whose_answer_never_came_is_left_to_its_retry() {
    let (before, folder) = kept().await;
    before.function("count");
    let retry =
        json!({"Retry": [{"ErrorEquals": ["Lambda.SdkClientException"], "IntervalSeconds": 1}]});
    let machine = before.machine(
        "Ask",
        invoke("count", &json!({"milliseconds": 600}), &retry),
    );
    let execution = before.run(&machine, json!({})).await;
    until("the function has the event", async || {
        let types = before.event_types(&execution).await;
        let idle = before.place.lambda().started("count");
        (types.contains(&"TaskStarted".to_owned()) && idle.total == 1 && idle.idle == 0)
            .then_some(())
    })
    .await;
    let functions = before.place.lambda().process_ids();
    let history = before.events(&execution).await;

    let (after, _folder) = killed_and_started(&before, &folder).await;
    for function in functions {
        until("the old function is gone", async || {
            is_gone(function).then_some(())
        })
        .await;
    }
    let ended = after.ended(&execution).await;
    assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
    let events = after.events(&execution).await;
    assert_eq!(events[..history.len()], history[..]);
    let failed: Vec<&Value> = events
        .iter()
        .filter_map(|event| event.pointer("/taskFailedEventDetails/error"))
        .collect();
    assert_eq!(failed, ["Lambda.SdkClientException"]);
    before.end().await;
    after.end().await;
}

#[tokio::test]
async fn what_waits_goes_on_waiting_for_the_rest_of_its_time() {
    let (before, folder) = kept().await;
    let machine = before.machine(
        "Rest",
        json!({
            "Rest": {"Type": "Wait", "Seconds": 1, "Next": "Done"},
            "Done": {"Type": "Succeed"},
        }),
    );
    let execution = before.run(&machine, json!({"n": 1})).await;
    let (after, _folder) = killed_and_started(&before, &folder).await;
    let described = after.describe(&execution).await;
    assert_eq!(
        (&described["status"], &described["input"]),
        (&json!("RUNNING"), &json!("{\"n\":1}"))
    );
    let ended = after.ended(&execution).await;
    let time = |field: &str| ended[field].as_f64().unwrap();
    let took = time("stopDate") - time("startDate");
    assert!((1.0..1.5).contains(&took), "{took}");
    before.end().await;
    after.end().await;
}

#[tokio::test]
async fn tokens_and_tasks_of_activities_are_there_again() {
    let (before, folder) = kept().await;
    let activity = before
        .states("CreateActivity", json!({"name": "paint"}))
        .await;
    let activity = text(&activity["activityArn"]);
    let machine = before.machine(
        "Paint",
        json!({"Paint": {"Type": "Task", "Resource": activity, "End": true}}),
    );
    let first = before.run(&machine, json!({"n": 1})).await;
    let second = before.run(&machine, json!({"n": 2})).await;
    let ask = json!({"activityArn": activity, "workerName": "w"});
    let taken = before.states("GetActivityTask", ask.clone()).await;
    assert_eq!(taken["input"], "{\"n\":1}");

    let (after, _folder) = killed_and_started(&before, &folder).await;
    // The one that a worker has is not offered again, the other is.
    let offered = after.states("GetActivityTask", ask).await;
    assert_eq!(offered["input"], "{\"n\":2}");
    for (task, execution) in [(taken, first), (offered, second)] {
        let report = json!({"taskToken": task["taskToken"], "output": task["input"]});
        after.states("SendTaskSuccess", report).await;
        assert_eq!(after.ended(&execution).await["output"], task["input"]);
    }
    before.end().await;
    after.end().await;
}

#[tokio::test]
async fn a_task_that_ran_has_stopped_and_its_processes_are_gone() {
    let (before, folder) = kept().await;
    let ecs = async |world: &World, operation: &str, input: Value| {
        let target = format!("AmazonEC2ContainerServiceV20141113.{operation}");
        world.call(&target, input).await.unwrap()
    };
    ecs(&before, "CreateCluster", json!({"clusterName": "c"})).await;
    let definition = json!({
        "family": "sleeps", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc",
        "cpu": "256", "memory": "512",
        "containerDefinitions": [{"name": "main", "image": "none",
            "entryPoint": ["/bin/sh", "-c", "echo $$ > pid; sleep 600"]}],
    });
    ecs(&before, "RegisterTaskDefinition", definition).await;
    let machine = before.machine(
        "Run",
        json!({"Run": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true,
            "Arguments": {"Cluster": "c", "TaskDefinition": "sleeps", "LaunchType": "FARGATE",
                "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}}}}),
    );
    let execution = before.run(&machine, json!({})).await;
    let tasks = folder.path().join("tasks");
    let process: i32 = until("the task runs", async || {
        let task = fs::read_dir(&tasks).ok()?.next()?.ok()?;
        let pid = fs::read_to_string(task.path().join("pid")).ok()?;
        pid.trim().parse().ok()
    })
    .await;
    until("the task is RUNNING", async || {
        let listed = ecs(&before, "ListTasks", json!({"cluster": "c"})).await;
        let described = ecs(
            &before,
            "DescribeTasks",
            json!({"cluster": "c", "tasks": listed["taskArns"]}),
        )
        .await;
        (described["tasks"][0]["lastStatus"] == "RUNNING").then_some(())
    })
    .await;

    let (after, _folder) = killed_and_started(&before, &folder).await;
    until("the process is gone", async || {
        is_gone(process).then_some(())
    })
    .await;
    let ended = after.ended(&execution).await;
    assert_eq!(ended["error"], "States.TaskFailed");
    let task: Value = serde_json::from_str(ended["cause"].as_str().unwrap()).unwrap();
    assert_eq!(task["StopCode"], "TerminationNotice");
    assert_eq!(
        task["StoppedReason"],
        "The place that ran the task was ended."
    );
    assert_eq!(task["LastStatus"], "STOPPED");
    before.end().await;
    after.end().await;
}

#[tokio::test]
async fn events_calls_letters_keys_and_secrets_are_kept() {
    let (before, folder) = kept().await;
    let function = before.function("count");
    // Nobody takes the event before the queue is asked for again.
    before.place.create_queue("dead").unwrap();
    let gone = function.replace("count", "gone");
    let rule = local::EventRule {
        bus: "default",
        name: "lost",
        pattern: &json!({"source": ["tests"]}),
        target_arn: &gone,
        retries: Some(0),
        queue_arn: &local::sqs::arn("dead"),
    };
    before
        .place
        .create_event_rule_with_dead_letters(rule)
        .unwrap();
    let entry = json!({"Source": "tests", "DetailType": "t", "Detail": "{}"});
    before
        .call("AWSEvents.PutEvents", json!({"Entries": [entry]}))
        .await
        .unwrap();
    until("the letter is dead", async || {
        let dead = before.place.sqs().messages("dead");
        (dead.len() == 1).then_some(())
    })
    .await;
    let key = json!({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"});
    let key = before.call("TrentService.CreateKey", key).await.unwrap();
    let key = json!({"KeyId": key["KeyMetadata"]["KeyId"]});
    let public = before
        .call("TrentService.GetPublicKey", key.clone())
        .await
        .unwrap();
    let secret = before.place.put_secret("s", "value");
    before
        .place
        .logs()
        .append("group", "stream", chrono::Utc::now(), "a line");
    let table = json!({
        "TableName": "pairs", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    });
    before
        .call("DynamoDB_20120810.CreateTable", table)
        .await
        .unwrap();
    let item = json!({"pk": {"S": "a\u{0}b"}, "sk": {"N": "1.50"}, "b": {"B": "AAE="}, "l": {"L": [{"NULL": true}, {"SS": ["x", "y"]}]}});
    before
        .call(
            "DynamoDB_20120810.PutItem",
            json!({"TableName": "pairs", "Item": item}),
        )
        .await
        .unwrap();
    let scan = before
        .call("DynamoDB_20120810.Scan", json!({"TableName": "pairs"}))
        .await
        .unwrap();
    let version = before.place.lambda().publish_version("count").unwrap();
    before
        .place
        .lambda()
        .put_alias("count", "live", &version)
        .unwrap();

    let (after, _folder) = killed_and_started(&before, &folder).await;
    assert_eq!(
        after.place.sqs().messages("dead"),
        before.place.sqs().messages("dead")
    );
    assert_eq!(
        after.place.events().deliveries(),
        before.place.events().deliveries()
    );
    assert_eq!(after.place.events().puts(), before.place.events().puts());
    assert_eq!(
        after.call("TrentService.GetPublicKey", key).await.unwrap(),
        public
    );
    let value = after
        .call("secretsmanager.GetSecretValue", json!({"SecretId": secret}))
        .await;
    assert_eq!(value.unwrap()["SecretString"], "value");
    let lines = after.place.logs().lines("group", "stream");
    assert_eq!(lines, before.place.logs().lines("group", "stream"));
    let kept = after
        .call("DynamoDB_20120810.Scan", json!({"TableName": "pairs"}))
        .await;
    assert_eq!(kept.unwrap(), scan);
    let called = after
        .place
        .lambda()
        .invoke("count:live", "{}".into())
        .await
        .unwrap();
    assert!(called.result.is_ok(), "{called:?}");
    before.end().await;
    after.end().await;
}

#[tokio::test]
async fn an_event_that_was_taken_reaches_its_function_after_a_kill() {
    let (before, folder) = kept().await;
    before.function("count");
    let slow = bytes("{\"milliseconds\": 400}");
    before.place.lambda().invoke_later("count", slow).unwrap();
    until("the function works", async || {
        (before.place.lambda().started("count").total == 1).then_some(())
    })
    .await;
    let (after, _folder) = killed_and_started(&before, &folder).await;
    until("the event is dealt with", async || {
        (after.place.lambda().started("count").idle == 1).then_some(())
    })
    .await;
    before.end().await;
    after.end().await;
}

#[tokio::test]
async fn a_schedule_makes_up_for_one_time_that_it_missed() {
    let (before, folder) = kept().await;
    let machine = before.machine("Done", json!({"Done": {"Type": "Succeed"}}));
    let create = |name: &str, expression: &str| {
        let made = before
            .place
            .create_schedule(name, expression, &machine, &json!({}));
        made.unwrap()
    };
    create("often", "rate(1 minute)");
    let soon = chrono::Utc::now() + chrono::TimeDelta::seconds(2);
    create("once", &format!("at({})", soon.format("%Y-%m-%dT%H:%M:%S")));
    until("it has fired", async || {
        (before.place.scheduler().invocations().len() == 1).then_some(())
    })
    .await;
    let (after, _folder) = {
        let started = killed_and_started(&before, &folder).await;
        // What is due within the minute, and nothing twice.
        tokio::time::sleep(Duration::from_millis(2500)).await;
        started
    };
    let fired: Vec<String> = after
        .place
        .scheduler()
        .invocations()
        .into_iter()
        .map(|invocation| invocation.schedule)
        .collect();
    assert_eq!(fired, ["often", "once"]);
    before.end().await;
    after.end().await;
}

#[tokio::test]
async fn a_folder_is_one_places_alone() {
    let (world, folder) = kept().await;
    let Err(StartError::Data(error)) = Place::start(settings(folder.path())).await else {
        panic!("two places have one folder");
    };
    assert!(
        error
            .to_string()
            .starts_with("Another place uses the folder")
    );
    world.end().await;
    // Given back by an end in order.
    let place = Place::start(settings(folder.path())).await.unwrap();
    place.shutdown().await;
}

fn bytes(text: &str) -> ::bytes::Bytes {
    ::bytes::Bytes::from(text.to_owned())
}
