//! A function for the tests of the place: what it does, its handler setting says.
//!
//! Written with the real runtime, so that the tests meet what functions meet.

use std::collections::BTreeMap;
use std::time::Duration;

use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let handler = std::env::var("_HANDLER")?;
    if handler == "no-start" {
        eprintln!("no configuration, no start");
        std::process::exit(7);
    }
    if handler == "recorded" {
        return recorded().await;
    }
    let mut events = 0;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        events += 1;
        answer(handler.clone(), event, events)
    }))
    .await
}

/// Answers its events in turn with what `ANSWERS` lists: a `result`, or the whole
/// error document as `cause`. Documents of other runtimes have fields that the
/// Rust runtime does not write, so this speaks the Runtime API itself.
async fn recorded() -> Result<(), Error> {
    let answers: Vec<Value> = serde_json::from_str(&std::env::var("ANSWERS")?)?;
    let runtime = std::env::var("AWS_LAMBDA_RUNTIME_API")?;
    let runtime = format!("{runtime}/2018-06-01/runtime/invocation");
    let http = reqwest::Client::new();
    for answer in answers {
        let event = http.get(format!("{runtime}/next")).send().await?;
        let id = event.headers()["lambda-runtime-aws-request-id"].to_str()?;
        let (path, document) = match answer.get("result") {
            Some(result) => ("response", result),
            None => ("error", &answer["cause"]),
        };
        let post = http.post(format!("{runtime}/{id}/{path}"));
        post.body(document.to_string()).send().await?;
    }
    http.get(format!("{runtime}/next")).send().await?;
    Err("one event more than there are answers".into())
}

async fn answer(
    handler: String,
    event: LambdaEvent<Value>,
    events: u32,
) -> Result<Value, Diagnostic> {
    let LambdaEvent { payload, context } = event;
    eprintln!("handling event {events} of this environment");
    match handler.as_str() {
        "echo" => Ok(payload),
        "count" => {
            let wait = payload
                .get("milliseconds")
                .and_then(Value::as_u64)
                .unwrap_or(0);
            tokio::time::sleep(Duration::from_millis(wait)).await;
            Ok(
                json!({"events": events, "process": std::process::id(), "deadline": context.deadline}),
            )
        }
        "environment" => Ok(json!(std::env::vars().collect::<BTreeMap<_, _>>())),
        "fail" => Err(Diagnostic {
            error_type: "GitHubUnavailable".to_owned(),
            error_message: "GitHub does not answer".to_owned(),
        }),
        "crash" => std::process::exit(3),
        "large" => Ok(Value::from("x".repeat(6 * 1024 * 1024))),
        "orphan" => {
            let child = std::process::Command::new("sleep").arg("600").spawn();
            Ok(json!({"child": child.map(|child| child.id()).unwrap_or(0)}))
        }
        "http" => Ok(json!({
            "statusCode": 202,
            "headers": {"X-Seen": "yes", "Content-Type": "application/json"},
            "cookies": ["a=1", "b=2"],
            "body": payload.to_string(),
        })),
        "http-binary" => Ok(json!({"statusCode": 200, "body": "AAEC", "isBase64Encoded": true})),
        other => Err(Diagnostic {
            error_type: "UnknownHandler".to_owned(),
            error_message: format!("no handler {other}"),
        }),
    }
}
