//! What must be so after a start, and what must be so in the end.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::ledger::{Kind, Ledger};
use crate::place::{Client, Failure};
use crate::setup::{USERS, execution, queue};
use crate::user::{history, keep_history};

/// How long what is under way may take to end.
const PATIENCE: Duration = Duration::from_secs(60);

fn lock(ledger: &Mutex<Ledger>) -> std::sync::MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

/// After every start: all registers, counters, and the histories that were read before.
pub(crate) async fn after_a_start(client: &Client, ledger: &Mutex<Ledger>) {
    for kind in Kind::ALL {
        for user in 0..USERS {
            let found = read(client, kind, user).await;
            let mut ledger = lock(ledger);
            let register = ledger.registers.entry((kind, user)).or_default();
            register.read(&format!("{kind:?} {user}"), found);
        }
    }
    for user in 0..USERS {
        let found = counter(client, "items", &format!("count-{user}")).await;
        let mut ledger = lock(ledger);
        let count = ledger.counters.entry(user).or_default();
        count.read(&format!("counter {user}"), found);
    }
    let read: Vec<String> = {
        let ledger = lock(ledger);
        let all = ledger.executions.iter().rev();
        let read = all.filter(|(_, execution)| !execution.history.is_empty());
        read.take(5).map(|(name, _)| name.clone()).collect()
    };
    for name in read {
        let history = history(client, &name).await.unwrap();
        keep_history(&mut lock(ledger), &name, history);
    }
}

/// Once nothing is under way: everything, from the first round on.
pub(crate) async fn in_the_end(client: &Client, ledger: &Mutex<Ledger>, out: &Path) -> usize {
    let ledger = std::mem::take(&mut *lock(ledger));
    for name in ledger.executions.keys() {
        ended(client, &execution("steps", name)).await;
    }
    let sent = bodies(client, "sent").await;
    for (name, started) in &ledger.executions {
        let Some(told) = ended(client, &execution("steps", name)).await else {
            assert!(!started.answered, "the execution {name} is lost");
            continue;
        };
        let history = history(client, name).await.unwrap();
        let before = &started.history;
        assert_eq!(before[..], history[..before.len()], "the history of {name}");
        for (at, event) in history.iter().enumerate() {
            assert_eq!(event["id"], at + 1, "{name}");
        }
        let status = told["status"].as_str().unwrap();
        match started.stop {
            None => assert_eq!(status, "SUCCEEDED", "{name}: {told}"),
            Some(_) => assert!(["SUCCEEDED", "ABORTED"].contains(&status), "{name}: {told}"),
        }
        // Each step that was recorded happened once, and no other did.
        let exited = |state: &str| {
            let left = history.iter().filter(|event| {
                event.pointer("/stateExitedEventDetails/name") == Some(&json!(state))
            });
            left.count() as u64
        };
        // A stop may come between a call and its being told of.
        let spare = u64::from(status == "ABORTED");
        let once = |state: &str, times: u64| {
            let exited = exited(state);
            let fits = (exited..=exited + spare).contains(&times);
            assert!(fits, "{name} did {state} {times} times: {history:#?}");
        };
        for (key, state) in [("first", "First"), ("last", "Last")] {
            once(
                state,
                counter(client, "counts", &format!("{name}#{key}")).await,
            );
        }
        once("Send", sent.get(name).copied().unwrap_or(0));
        // What a worker reported is in it, each report once.
        let reported: Vec<String> = history
            .iter()
            .filter_map(|event| {
                event
                    .pointer("/activitySucceededEventDetails/output")?
                    .as_str()
            })
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        for done in ledger.worked.get(name).into_iter().flatten() {
            let times = reported.iter().filter(|reported| *reported == done).count();
            assert_eq!(times, 1, "{name}: the report {done}");
        }
    }
    for (name, redrives) in &ledger.redrives {
        let told = ended(client, &execution("fails", name)).await;
        let told = told.expect("a redriven execution is there");
        let found = told["redriveCount"].as_u64().unwrap();
        redrives.clone().read(name, found);
        assert_eq!(told["status"], "FAILED", "{told}");
    }
    for (name, answered) in ledger.events.iter().chain(&ledger.schedules) {
        let counted = counted(client, name, *answered).await;
        assert!(
            counted == 1 || (!answered && counted == 0),
            "{name} counts {counted}"
        );
    }
    let left = bodies(client, "letters").await;
    for (name, answered) in &ledger.letters {
        let times = left.get(name).copied().unwrap_or(0);
        match ledger.deleted.get(name) {
            Some(true) => assert_eq!(times, 0, "the letter {name} came back"),
            Some(false) => assert!(times <= 1, "the letter {name} is there {times} times"),
            None if *answered => assert_eq!(times, 1, "the letter {name}"),
            None => assert!(times <= 1, "the letter {name} is there {times} times"),
        }
    }
    for (name, arn) in &ledger.tasks {
        if let Some(arn) = arn {
            stopped(client, arn).await;
        }
        assert!(lines(out, name) <= 1, "the task {name} ran twice");
    }
    for (name, answered) in &ledger.syncs {
        let told = ended(client, &execution("task", name)).await;
        assert!(told.is_some() || !answered, "the execution {name} is lost");
        assert!(lines(out, name) <= 1, "the task of {name} ran twice");
    }
    ledger.answered
}

/// What a register holds; nothing for what was never written.
async fn read(client: &Client, kind: Kind, user: usize) -> Option<String> {
    let own = format!("own-{user}");
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let found = match kind {
        Kind::Item => {
            let input = json!({"TableName": "items", "Key": {"pk": {"S": own}}});
            let answer = client.call("DynamoDB_20120810.GetItem", input).await;
            text(answer.unwrap().pointer("/Item/v/S"))
        }
        Kind::Secret => {
            let answer = client.call("secretsmanager.GetSecretValue", json!({"SecretId": own}));
            let found = text(answer.await.unwrap().get("SecretString"));
            found.filter(|text| text != crate::setup::NOTHING)
        }
        Kind::Rule => {
            let answer = client.call("AWSEvents.DescribeRule", json!({"Name": own}));
            text(answer.await.unwrap().get("Description"))
        }
        Kind::Machine => {
            let input = json!({"stateMachineArn": crate::setup::machine(&own)});
            let answer = client
                .call("AWSStepFunctions.DescribeStateMachine", input)
                .await;
            let definition = text(answer.unwrap().get("definition")).unwrap();
            let definition: Value = serde_json::from_str(&definition).unwrap();
            text(definition.get("Comment"))
        }
        Kind::Schedule => {
            let answer = client.schedule(reqwest::Method::GET, &own, &Value::Null);
            text(answer.await.unwrap().get("Description"))
        }
    };
    found.filter(|found| !found.is_empty())
}

async fn counter(client: &Client, table: &str, key: &str) -> u64 {
    let input = json!({"TableName": table, "Key": {"pk": {"S": key}}});
    let answer = client
        .call("DynamoDB_20120810.GetItem", input)
        .await
        .unwrap();
    let number = answer.pointer("/Item/n/N").and_then(Value::as_str);
    number.map_or(0, |number| number.parse().unwrap())
}

/// How often an event was counted, once its execution had the time.
async fn counted(client: &Client, name: &str, expected: bool) -> u64 {
    let began = Instant::now();
    loop {
        let counted = counter(client, "counts", name).await;
        if counted > 0 || !expected || began.elapsed() > PATIENCE {
            return counted;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// An execution's description once it has ended; none where there is no such execution.
async fn ended(client: &Client, arn: &str) -> Option<Value> {
    let began = Instant::now();
    loop {
        let input = json!({"executionArn": arn});
        let told = client
            .call("AWSStepFunctions.DescribeExecution", input)
            .await;
        match told {
            Ok(told) if told["status"] != "RUNNING" => return Some(told),
            Ok(told) => assert!(began.elapsed() < PATIENCE, "never ended: {told}"),
            Err(error) => {
                assert_eq!(error, Failure::Refused("ExecutionDoesNotExist".to_owned()));
                return None;
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until a task has stopped; one that is not known is lost.
async fn stopped(client: &Client, arn: &str) {
    let began = Instant::now();
    loop {
        let input = json!({"cluster": "c", "tasks": [arn]});
        let answer = client.call("AmazonEC2ContainerServiceV20141113.DescribeTasks", input);
        let answer = answer.await.unwrap();
        let status = answer
            .pointer("/tasks/0/lastStatus")
            .and_then(Value::as_str);
        if status.unwrap_or_else(|| panic!("the task {arn} is lost")) == "STOPPED" {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "never stopped: {answer}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// All messages of a queue by their bodies, and how often each is there. They stay
/// hidden.
async fn bodies(client: &Client, name: &str) -> BTreeMap<String, u64> {
    // What a user received a second ago is visible again by then.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let mut all = BTreeMap::new();
    loop {
        let input =
            json!({"QueueUrl": queue(name), "MaxNumberOfMessages": 10, "VisibilityTimeout": 600});
        let answer = client
            .call("AmazonSQS.ReceiveMessage", input)
            .await
            .unwrap();
        let Some(messages) = answer["Messages"].as_array() else {
            return all;
        };
        for message in messages {
            let body = message["Body"].as_str().unwrap().to_owned();
            *all.entry(body).or_default() += 1;
        }
    }
}

/// How often a task wrote its name down.
fn lines(out: &Path, name: &str) -> usize {
    let text = std::fs::read_to_string(out.join(name));
    text.map_or(0, |text| text.lines().count())
}
