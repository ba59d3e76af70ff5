//! A user who makes calls of all kinds until the place is gone, and notes which of them
//! were answered.

use std::sync::{Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Method;
use serde_json::{Value, json};

use crate::ledger::{Kind, Ledger};
use crate::place::{Client, Failure};
use crate::setup;

/// One of a world's users, in one round between two kills.
pub(crate) struct User<'w> {
    pub(crate) number: usize,
    pub(crate) round: usize,
    pub(crate) client: Client,
    pub(crate) ledger: &'w Mutex<Ledger>,
}

impl User<'_> {
    /// Calls until one is not answered.
    pub(crate) async fn work(&self, seed: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        for turn in 0.. {
            let name = format!("r{}-u{}-{turn}", self.round, self.number);
            let done = match random.random_range(0..100) {
                0..30 => self.write(&mut random, &name).await,
                30..40 => self.count_up().await,
                40..55 => self.start(&mut random, &name).await,
                55..60 => self.stop(&mut random).await,
                60..65 => self.redrive(&mut random, &name).await,
                65..75 => self.put_event(&name).await,
                75..84 => self.send(&name).await,
                84..90 => self.receive(&mut random).await,
                90..92 => self.run_task(&name).await,
                92..94 => self.start_task(&name).await,
                94..96 => self.schedule(&name).await,
                _ => self.look(&mut random).await,
            };
            match done {
                Ok(()) => self.note(|ledger| ledger.answered += 1),
                Err(Failure::Lost) => return,
                Err(Failure::Refused(name)) => panic!("a call was refused: {name}"),
            }
        }
    }

    fn note<T>(&self, note: impl FnOnce(&mut Ledger) -> T) -> T {
        note(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn write(&self, random: &mut StdRng, value: &str) -> Result<(), Failure> {
        let kind = Kind::ALL[random.random_range(0..Kind::ALL.len())];
        let removes = kind == Kind::Item && random.random_bool(0.3);
        let value = (!removes).then(|| value.to_owned());
        let written = write(&self.client, kind, self.number, value.as_deref()).await;
        self.note(|ledger| {
            let register = ledger.registers.entry((kind, self.number)).or_default();
            register.wrote(value, written.is_ok());
        });
        written
    }

    async fn count_up(&self) -> Result<(), Failure> {
        let input = json!({
            "TableName": "items", "Key": {"pk": {"S": format!("count-{}", self.number)}},
            "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
        });
        let counted = self
            .client
            .call("DynamoDB_20120810.UpdateItem", input)
            .await;
        self.note(|ledger| {
            let count = ledger.counters.entry(self.number).or_default();
            count.add(counted.is_ok());
        });
        counted.map(drop)
    }

    async fn start(&self, random: &mut StdRng, name: &str) -> Result<(), Failure> {
        let input = json!({"work": random.random_bool(0.3)}).to_string();
        let input =
            json!({"stateMachineArn": setup::machine("steps"), "name": name, "input": input});
        let started = self
            .client
            .call("AWSStepFunctions.StartExecution", input)
            .await;
        self.note(|ledger| {
            let execution = ledger.executions.entry(name.to_owned()).or_default();
            execution.answered = started.is_ok();
        });
        started.map(drop)
    }

    /// One of the executions that were acknowledged; none at first.
    fn one(&self, random: &mut StdRng) -> Option<String> {
        self.note(|ledger| {
            let known = ledger.executions.iter();
            let known: Vec<&String> = known
                .filter(|(_, execution)| execution.answered)
                .map(|(name, _)| name)
                .collect();
            // The last ones run.
            let from = known.len().saturating_sub(20);
            let at = random.random_range(from..known.len().max(from + 1));
            known.get(at).map(|name| (*name).clone())
        })
    }

    async fn stop(&self, random: &mut StdRng) -> Result<(), Failure> {
        let Some(name) = self.one(random) else {
            return Ok(());
        };
        let arn = setup::execution("steps", &name);
        let stopped = self
            .client
            .call(
                "AWSStepFunctions.StopExecution",
                json!({"executionArn": arn}),
            )
            .await;
        self.note(|ledger| {
            let execution = ledger.executions.entry(name).or_default();
            let before = execution.stop.unwrap_or(false);
            execution.stop = Some(before || stopped.is_ok());
        });
        stopped.map(drop)
    }

    /// Starts an execution that fails, waits for that, and redrives it.
    async fn redrive(&self, _: &mut StdRng, name: &str) -> Result<(), Failure> {
        let input = json!({"stateMachineArn": setup::machine("fails"), "name": name});
        let arn = setup::execution("fails", name);
        self.client
            .call("AWSStepFunctions.StartExecution", input)
            .await?;
        for _ in 0..2 {
            loop {
                let input = json!({"executionArn": arn});
                let told = self
                    .client
                    .call("AWSStepFunctions.DescribeExecution", input);
                if told.await?["status"] != "RUNNING" {
                    break;
                }
            }
            let input = json!({"executionArn": arn});
            let redriven = self
                .client
                .call("AWSStepFunctions.RedriveExecution", input)
                .await;
            self.note(|ledger| {
                let count = ledger.redrives.entry(name.to_owned()).or_default();
                count.add(redriven.is_ok());
            });
            redriven?;
        }
        Ok(())
    }

    async fn put_event(&self, name: &str) -> Result<(), Failure> {
        let detail = json!({"name": name}).to_string();
        let entry = json!({"Source": "users", "DetailType": "counted", "Detail": detail});
        let put = self
            .client
            .call("AWSEvents.PutEvents", json!({"Entries": [entry]}))
            .await;
        self.note(|ledger| ledger.events.insert(name.to_owned(), put.is_ok()));
        put.map(drop)
    }

    async fn send(&self, name: &str) -> Result<(), Failure> {
        let input = json!({"QueueUrl": setup::queue("letters"), "MessageBody": name});
        let sent = self.client.call("AmazonSQS.SendMessage", input).await;
        self.note(|ledger| ledger.letters.insert(name.to_owned(), sent.is_ok()));
        sent.map(drop)
    }

    /// Receives a letter, and mostly deletes it.
    async fn receive(&self, random: &mut StdRng) -> Result<(), Failure> {
        let url = setup::queue("letters");
        let input = json!({"QueueUrl": url, "VisibilityTimeout": 1, "AttributeNames": ["All"]});
        let answer = self.client.call("AmazonSQS.ReceiveMessage", input).await?;
        let Some(message) = answer.pointer("/Messages/0") else {
            return Ok(());
        };
        let body = message["Body"].as_str().unwrap().to_owned();
        let times = message["Attributes"]["ApproximateReceiveCount"].as_str();
        let times: u64 = times.unwrap().parse().unwrap();
        self.note(|ledger| {
            assert_ne!(ledger.deleted.get(&body), Some(&true), "{body} came back");
            let before = ledger.received.insert(body.clone(), times);
            assert!(
                before < Some(times),
                "{body} was received {times} times again"
            );
        });
        if random.random_bool(0.3) {
            return Ok(());
        }
        let input = json!({"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]});
        let deleted = self.client.call("AmazonSQS.DeleteMessage", input).await;
        self.note(|ledger| ledger.deleted.insert(body, deleted.is_ok()));
        deleted.map(drop)
    }

    async fn run_task(&self, name: &str) -> Result<(), Failure> {
        let ran = self
            .client
            .call(
                "AmazonEC2ContainerServiceV20141113.RunTask",
                setup::run_task(name),
            )
            .await;
        let arn = ran.as_ref().ok().map(|answer| {
            let arn = answer.pointer("/tasks/0/taskArn").and_then(Value::as_str);
            arn.expect("a task was started").to_owned()
        });
        self.note(|ledger| ledger.tasks.insert(name.to_owned(), arn));
        ran.map(drop)
    }

    /// An execution that runs a task and stays with it.
    async fn start_task(&self, name: &str) -> Result<(), Failure> {
        let input = json!({"stateMachineArn": setup::machine("task"), "name": name});
        let started = self
            .client
            .call("AWSStepFunctions.StartExecution", input)
            .await;
        self.note(|ledger| ledger.syncs.insert(name.to_owned(), started.is_ok()));
        started.map(drop)
    }

    /// A schedule that fires at once, and then not for an hour.
    async fn schedule(&self, name: &str) -> Result<(), Failure> {
        let body = setup::schedule("rate(1 hour)", "ENABLED", name, "");
        let made = self.client.schedule(Method::POST, name, &body).await;
        self.note(|ledger| ledger.schedules.insert(name.to_owned(), made.is_ok()));
        made.map(drop)
    }

    /// Reads a history: what is in it stays in it.
    async fn look(&self, random: &mut StdRng) -> Result<(), Failure> {
        let Some(name) = self.one(random) else {
            return Ok(());
        };
        let history = history(&self.client, &name).await?;
        self.note(|ledger| keep_history(ledger, &name, history));
        Ok(())
    }
}

/// Writes a register; nothing removes an item.
pub(crate) async fn write(
    client: &Client,
    kind: Kind,
    user: usize,
    value: Option<&str>,
) -> Result<(), Failure> {
    let own = format!("own-{user}");
    let text = value.unwrap_or_default();
    let written = match (kind, value) {
        (Kind::Item, Some(value)) => {
            let item = json!({"pk": {"S": own}, "v": {"S": value}});
            let input = json!({"TableName": "items", "Item": item});
            client.call("DynamoDB_20120810.PutItem", input).await
        }
        (Kind::Item, None) => {
            let input = json!({"TableName": "items", "Key": {"pk": {"S": own}}});
            client.call("DynamoDB_20120810.DeleteItem", input).await
        }
        (Kind::Secret, _) => {
            let text = value.unwrap_or(setup::NOTHING);
            let input = json!({"SecretId": own, "SecretString": text});
            client.call("secretsmanager.PutSecretValue", input).await
        }
        (Kind::Rule, _) => {
            let input = json!({"Name": own, "EventPattern": r#"{"source": ["nobody"]}"#, "Description": text});
            client.call("AWSEvents.PutRule", input).await
        }
        (Kind::Machine, _) => {
            let input = json!({"stateMachineArn": setup::machine(&own), "definition": setup::commented(text), "publish": true});
            client
                .call("AWSStepFunctions.UpdateStateMachine", input)
                .await
        }
        (Kind::Schedule, _) => {
            let body = setup::schedule("rate(1 hour)", "DISABLED", "none", text);
            client.schedule(Method::PUT, &own, &body).await
        }
    };
    written.map(drop)
}

/// An execution's whole history.
pub(crate) async fn history(client: &Client, name: &str) -> Result<Vec<Value>, Failure> {
    let arn = setup::execution("steps", name);
    let input = json!({"executionArn": arn, "maxResults": 1000});
    let answer = client.call("AWSStepFunctions.GetExecutionHistory", input);
    Ok(answer.await?["events"].as_array().unwrap().clone())
}

/// Notes a history, of which the one before must be the beginning.
pub(crate) fn keep_history(ledger: &mut Ledger, name: &str, history: Vec<Value>) {
    let execution = ledger.executions.entry(name.to_owned()).or_default();
    // Two looks may come back in another order.
    let (short, long) = if execution.history.len() < history.len() {
        (std::mem::take(&mut execution.history), history)
    } else {
        (history, std::mem::take(&mut execution.history))
    };
    assert_eq!(
        short,
        long[..short.len()],
        "the history of {name} has changed"
    );
    execution.history = long;
}
