//! A place on a random port and the ways to talk to it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use local::lambda::FunctionSettings;
use local::{Place, Settings};
use nix::sys::signal::kill;
use nix::unistd::Pid;
use serde_json::{Value, json};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct World {
    pub(crate) place: Place,
    pub(crate) http: reqwest::Client,
    processes: Vec<i32>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    /// Wait states and retries run a thousand times faster.
    pub(crate) async fn start_fast() -> Self {
        Self::with(Settings {
            timer_speed: 1000.0,
            ..Settings::default()
        })
        .await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let place = Place::start(settings).await.unwrap();
        Self {
            place,
            http: reqwest::Client::new(),
            processes: Vec::new(),
        }
    }

    /// Adds a function that runs the test program with this handler.
    pub(crate) fn function(&self, handler: &str) -> String {
        self.function_with(handler, |_| {})
    }

    pub(crate) fn function_with(
        &self,
        handler: &str,
        change: impl FnOnce(&mut FunctionSettings),
    ) -> String {
        let mut settings = FunctionSettings::new(handler, handler, test_function());
        change(&mut settings);
        self.place.create_function(settings).unwrap()
    }

    /// Calls an operation of a JSON protocol: `AWSStepFunctions.StartExecution`.
    pub(crate) async fn call(&self, target: &str, input: Value) -> Result<Value, (u16, Value)> {
        self.send(target, input.to_string()).await
    }

    pub(crate) async fn send(&self, target: &str, body: String) -> Result<Value, (u16, Value)> {
        let request = self
            .http
            .post(self.place.endpoint())
            .header("X-Amz-Target", target)
            .header("Content-Type", "application/x-amz-json-1.0");
        let response = request.body(body).send().await.unwrap();
        assert!(response.headers().contains_key("x-amzn-requestid"));
        let status = response.status().as_u16();
        let document = response.json().await.unwrap();
        if status == 200 {
            Ok(document)
        } else {
            Err((status, document))
        }
    }

    pub(crate) async fn states(&self, operation: &str, input: Value) -> Value {
        self.call(&format!("AWSStepFunctions.{operation}"), input)
            .await
            .unwrap()
    }

    /// The error's name of a Step Functions call that is refused.
    pub(crate) async fn states_refuse(&self, operation: &str, input: Value) -> (String, String) {
        refused(
            self.call(&format!("AWSStepFunctions.{operation}"), input)
                .await,
        )
    }

    /// Creates the table `claims` with the key `pk`.
    pub(crate) async fn claims_table(&self) {
        let table = json!({
            "TableName": "claims", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        });
        self.call("DynamoDB_20120810.CreateTable", table)
            .await
            .unwrap();
    }

    /// Creates the machine `m` with these states, starting at the first one named.
    pub(crate) fn machine(&self, start: &str, states: impl Into<Value>) -> String {
        let definition =
            json!({"QueryLanguage": "JSONata", "StartAt": start, "States": states.into()});
        self.place
            .create_state_machine("m", &definition.to_string())
            .unwrap()
    }

    pub(crate) async fn run(&self, machine: &str, input: Value) -> String {
        let input = json!({"stateMachineArn": machine, "input": input.to_string()});
        text(&self.states("StartExecution", input).await["executionArn"])
    }

    pub(crate) async fn describe(&self, execution: &str) -> Value {
        self.states("DescribeExecution", json!({"executionArn": execution}))
            .await
    }

    /// The execution's description once it has ended.
    pub(crate) async fn ended(&self, execution: &str) -> Value {
        until("the execution has ended", async || {
            let described = self.describe(execution).await;
            (described["status"] != "RUNNING").then_some(described)
        })
        .await
    }

    /// The execution's events, whole.
    pub(crate) async fn events(&self, execution: &str) -> Vec<Value> {
        let answer = self
            .states("GetExecutionHistory", json!({"executionArn": execution}))
            .await;
        answer["events"].as_array().unwrap().clone()
    }

    /// The types of the execution's events, in order.
    pub(crate) async fn event_types(&self, execution: &str) -> Vec<String> {
        self.events(execution)
            .await
            .iter()
            .map(|event| text(&event["type"]))
            .collect()
    }

    /// Remembers the processes that run now, to be missed after the shutdown.
    pub(crate) fn remember_processes(&mut self) {
        self.processes.extend(self.place.lambda().process_ids());
    }

    /// Shuts the place down and looks whether a process is left.
    pub(crate) async fn end(mut self) {
        self.remember_processes();
        self.place.shutdown().await;
        for process in self.processes {
            assert!(is_gone(process), "process {process} outlived the place");
        }
    }
}

/// Looks again and again until there is something to see.
pub(crate) async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) fn is_gone(process: i32) -> bool {
    kill(Pid::from_raw(process), None).is_err()
}

/// Name, without its namespace, and message of an error document.
pub(crate) fn refused(answer: Result<Value, (u16, Value)>) -> (String, String) {
    let (_, document) = answer.unwrap_err();
    let kind = text(&document["__type"]);
    let name = kind.rsplit('#').next().unwrap().to_owned();
    (name, text(&document["message"]))
}

pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not a text: {value}"))
        .to_owned()
}

/// `examples/test_function.rs`, which cargo builds along with the tests.
fn test_function() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples/test_function");
    assert!(
        built.exists(),
        "build it first: cargo build -p local --examples"
    );
    built
}
