//! What the commands send is what the AWS SDK sends: signed, by its user agent,
//! operations that AWS has. So the same binary, with no endpoint setting, asks AWS.

use crate::fleet::{name, refuse_mints};
use crate::program::{Program, alone};
use crate::reading::environment;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use nix::sys::signal::Signal;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use support::{World, workflows};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// The operations that these commands may need, by AWS's own names.
const OPERATIONS: [&str; 21] = [
    "AWSStepFunctions.ListStateMachines",
    "AWSStepFunctions.DescribeStateMachine",
    "AWSStepFunctions.DescribeStateMachineForExecution",
    "AWSStepFunctions.DescribeStateMachineAlias",
    "AWSStepFunctions.ListExecutions",
    "AWSStepFunctions.DescribeExecution",
    "AWSStepFunctions.GetExecutionHistory",
    "AWSStepFunctions.RedriveExecution",
    "AWSStepFunctions.StopExecution",
    "AmazonEC2ContainerServiceV20141113.DescribeTasks",
    "AmazonEC2ContainerServiceV20141113.ListTasks",
    "AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition",
    "AmazonEC2ContainerServiceV20141113.StopTask",
    "Logs_20140328.FilterLogEvents",
    "Logs_20140328.GetLogEvents",
    "Logs_20140328.DescribeLogGroups",
    "Logs_20140328.DescribeLogStreams",
    "DynamoDB_20120810.GetItem",
    "DynamoDB_20120810.DeleteItem",
    "DynamoDB_20120810.UpdateItem",
    "DynamoDB_20120810.Query",
];

/// A door before the place that notes what comes through it.
struct Door {
    place: String,
    http: reqwest::Client,
    seen: Mutex<BTreeSet<String>>,
}

async fn pass(State(door): State<Arc<Door>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let of = |name: &str| {
        let value = head.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let (signed, agent, target) = (of("authorization"), of("user-agent"), of("x-amz-target"));
    let wrong = if !signed.starts_with("AWS4-HMAC-SHA256 Credential=local/")
        || !signed.contains("/us-east-1/")
    {
        Some(format!("not signed: {signed}"))
    } else if !agent.starts_with("aws-sdk-rust/") {
        Some(format!("not by the SDK: {agent}"))
    } else if head.method != "POST"
        || head.uri.path() != "/"
        || !OPERATIONS.contains(&target.as_str())
    {
        Some(format!(
            "no operation of AWS that it needs: {} {} {target}",
            head.method, head.uri
        ))
    } else {
        None
    };
    door.seen
        .lock()
        .unwrap()
        .insert(wrong.unwrap_or_else(|| target.clone()));
    let forward = door.http.post(format!("{}/", door.place)).body(body);
    let forward = forward
        .header("x-amz-target", target)
        .header("content-type", of("content-type"));
    let answer = forward.send().await.unwrap();
    let (status, kind) = (
        answer.status(),
        answer.headers().get("x-amzn-errortype").cloned(),
    );
    let mut response = (status, answer.bytes().await.unwrap()).into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert("x-amzn-errortype", kind);
    }
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_every_command_is_one_of_the_sdk_s() {
    let world = World::start().await;
    refuse_mints(&world, 1);
    world.commit(&workflows::one("echo served"));
    world.executions_have_ended(1).await;
    let door = Arc::new(Door {
        place: world.stage.place.endpoint(),
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        seen: Mutex::default(),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(pass).with_state(Arc::clone(&door));
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });

    let failed = name(&world.failed().await.unwrap());
    let one = failed.as_str();
    for (words, code) in [
        (&["jobs"][..], 0),
        (&["jobs", "--status", "failed", "--output", "json"], 0),
        (&["show", one], 0),
        (&["history", one], 0),
        (&["redrive", "--failed", "--dry-run"], 0),
        (&["redrive", one, "--yes", "--wait"], 0),
        (&["logs", one], 0),
        (&["logs", one, "--source", "function"], 0),
        (&["cost"], 0),
        (&["cancel", one, "--yes"], 1),
    ] {
        let ended = Program::start_in(&alone(), words, &environment(&endpoint))
            .ended()
            .await;
        assert_eq!(
            ended.status.code(),
            Some(code),
            "{words:?}: {}",
            ended.complained
        );
        let seen = std::mem::take(&mut *door.seen.lock().unwrap());
        assert!(!seen.is_empty(), "{words:?} asked AWS nothing");
        let odd: Vec<_> = seen
            .iter()
            .filter(|one| !OPERATIONS.contains(&one.as_str()))
            .collect();
        assert!(odd.is_empty(), "{words:?}: {odd:?}");
    }
    // The console has no other way either.
    let words = ["console", "--port", "0"];
    let mut console = Program::start_in(&alone(), &words, &environment(&endpoint));
    let page = console.address_after(" is at ").await;
    for address in [
        "api/executions",
        "api/overview",
        &format!("api/executions/{one}"),
        &format!("api/executions/{one}/graph.svg"),
        &format!("api/executions/{one}/log"),
    ] {
        let answer = door
            .http
            .get(format!("{page}{address}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{address}");
    }
    console.signal(Signal::SIGINT);
    assert_eq!(console.ended().await.status.code(), Some(0));
    let seen = std::mem::take(&mut *door.seen.lock().unwrap());
    assert!(
        seen.contains("AWSStepFunctions.GetExecutionHistory"),
        "{seen:?}"
    );
    let odd: Vec<_> = seen
        .iter()
        .filter(|one| !OPERATIONS.contains(&one.as_str()))
        .collect();
    assert!(odd.is_empty(), "the console: {odd:?}");
    server.abort();
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

#[tokio::test]
async fn without_an_endpoint_setting_the_same_binary_asks_aws() {
    // A proxy that lets nothing through: it only notes who was to be reached.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(BTreeSet::new()));
    let into = Arc::clone(&asked);
    let server = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let mut first = String::new();
            stream.read_line(&mut first).await.unwrap();
            into.lock().unwrap().insert(first.trim().to_owned());
            let refusal =
                b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            // The client may be gone already.
            let _ = stream.write_all(refusal).await;
        }
    });
    for words in [
        &["jobs"][..],
        &["show", "x"],
        &["redrive", "--failed", "--yes"],
        &["cost"],
    ] {
        let mut environment = environment("");
        environment.extend([
            ("AWS_REGION", "eu-central-1"),
            ("HTTPS_PROXY", proxy.as_str()),
            ("https_proxy", proxy.as_str()),
            ("NO_PROXY", ""),
            ("no_proxy", ""),
        ]);
        let ended = Program::start_in(&alone(), words, &environment)
            .ended()
            .await;
        assert_eq!(ended.status.code(), Some(1), "{words:?}: {}", ended.said);
        let asked = std::mem::take(&mut *asked.lock().unwrap());
        let aws = "CONNECT states.eu-central-1.amazonaws.com:443 HTTP/1.1".to_owned();
        assert_eq!(
            asked,
            BTreeSet::from([aws]),
            "{words:?}: {}",
            ended.complained
        );
    }
    server.abort();
}
