//! A place in memory with something of everything in it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use local::clock::Clock;
use local::ecs::launcher::{ContainerExit, LaunchError, Launcher, RunningTask, TaskSpec};
use local::{Place, Settings};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;
use tower::ServiceExt;

/// Containers that do nothing, successfully.
struct Idle;

struct Done(String);

impl Launcher for Idle {
    fn launch(&self, spec: TaskSpec) -> BoxFuture<'_, Result<Box<dyn RunningTask>, LaunchError>> {
        let name = spec.containers.first().map(|one| one.name.clone());
        let done: Box<dyn RunningTask> = Box::new(Done(name.unwrap_or_default()));
        Box::pin(async { Ok(done) })
    }
}

impl RunningTask for Done {
    fn terminate(&self) {}
    fn kill(&self) {}
    fn ended(&self) -> BoxFuture<'_, Vec<ContainerExit>> {
        let exit = ContainerExit {
            name: self.0.clone(),
            exit_code: 0,
            reason: None,
        };
        Box::pin(async { vec![exit] })
    }
}

pub(super) struct Stage {
    runtime: Runtime,
    router: Router,
    /// Ends with the runtime.
    _place: Place,
}

impl Stage {
    pub(super) fn new() -> Self {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build().unwrap();
        let (place, router) = runtime.block_on(async {
            let (begun, start) = (Instant::now(), super::super::virtual_time::START);
            let start = start.parse::<DateTime<Utc>>().unwrap();
            let settings = Settings {
                clock: Clock::new(move || start + TimeDelta::from_std(begun.elapsed()).unwrap()),
                launcher: Some(Arc::new(|_, _| Arc::new(Idle))),
                ..Settings::default()
            };
            let place = Place::in_memory(settings).unwrap();
            let router = place.router();
            for (target, input) in furniture() {
                let answer = router.clone().oneshot(call(target, &input)).await.unwrap();
                assert!(answer.status().is_success(), "{target}");
            }
            (place, router)
        });
        Self {
            runtime,
            router,
            _place: place,
        }
    }

    pub(super) fn send(&self, request: Request) -> Response {
        let router = self.router.clone();
        self.block(async {
            let answer = tokio::time::timeout(Duration::from_secs(3600), router.oneshot(request));
            let answer = answer.await.expect("an answer within the hour");
            tokio::task::yield_now().await;
            answer.unwrap()
        })
    }

    pub(super) fn block<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

fn call(target: &str, input: &Value) -> Request {
    Request::post("/")
        .header("x-amz-target", target)
        .header("content-type", "application/x-amz-json-1.0")
        .body(Body::from(input.to_string()))
        .unwrap()
}

/// What is there before the first request, by the names that `inputs` knows.
fn furniture() -> Vec<(&'static str, Value)> {
    let role = "arn:aws:iam::123456789012:role/r";
    let definition = json!({"QueryLanguage": "JSONata", "StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}});
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
    vec![
        (
            "AWSStepFunctions.CreateStateMachine",
            json!({"name": "m", "roleArn": role, "definition": definition.to_string()}),
        ),
        (
            "AWSStepFunctions.PublishStateMachineVersion",
            json!({"stateMachineArn": machine}),
        ),
        (
            "AWSStepFunctions.StartExecution",
            json!({"stateMachineArn": machine, "name": "e"}),
        ),
        ("AWSStepFunctions.CreateActivity", json!({"name": "a"})),
        (
            "DynamoDB_20120810.CreateTable",
            json!({
                "TableName": "claims", "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            }),
        ),
        (
            "DynamoDB_20120810.PutItem",
            json!({"TableName": "claims", "Item": {"pk": {"S": "x"}, "n": {"N": "1"}}}),
        ),
        ("AWSEvents.CreateEventBus", json!({"Name": "jobs"})),
        (
            "AWSEvents.PutRule",
            json!({"Name": "r", "EventBusName": "jobs", "EventPattern": r#"{"source":["s"]}"#}),
        ),
        (
            "AWSEvents.PutTargets",
            json!({"Rule": "r", "EventBusName": "jobs", "Targets": [{"Id": "t", "Arn": machine}]}),
        ),
        ("AmazonSQS.CreateQueue", json!({"QueueName": "q"})),
        (
            "secretsmanager.CreateSecret",
            json!({"Name": "s", "SecretString": "v", "ClientRequestToken": "0".repeat(32)}),
        ),
        (
            "AmazonEC2ContainerServiceV20141113.CreateCluster",
            json!({}),
        ),
        (
            "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition",
            json!({
                "family": "runner", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
                "cpu": "256", "memory": "512", "containerDefinitions": [{"name": "c", "image": "i"}],
            }),
        ),
    ]
}
