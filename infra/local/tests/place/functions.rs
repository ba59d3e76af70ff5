//! Functions as processes: what callers see when they fail, and when they work.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::world::{World, is_gone, until};

async fn invoke(world: &World, name: &str, payload: impl Into<reqwest::Body>) -> Response {
    let address = format!(
        "{}/2015-03-31/functions/{name}/invocations",
        world.place.endpoint()
    );
    world.http.post(address).body(payload).send().await.unwrap()
}

/// The answer of a function that fails: its error document.
async fn failure(response: Response) -> Value {
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["x-amz-function-error"], "Unhandled");
    response.json().await.unwrap()
}

async fn success(response: Response) -> Value {
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!response.headers().contains_key("x-amz-function-error"));
    assert_eq!(response.headers()["x-amz-executed-version"], "$LATEST");
    response.json().await.unwrap()
}

#[tokio::test]
async fn an_unknown_function_is_not_found() {
    let world = World::start().await;
    let response = invoke(&world, "nobody", "{}").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        response.headers()["x-amzn-errortype"],
        "ResourceNotFoundException"
    );
    let document: Value = response.json().await.unwrap();
    assert_eq!(
        document["Message"],
        "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody"
    );
    world.end().await;
}

#[tokio::test]
async fn a_program_that_does_not_exist_is_refused_at_creation() {
    let world = World::start().await;
    let settings = local::FunctionSettings::new("f", "f", "/nowhere/bootstrap");
    let error = world.place.create_function(settings).unwrap_err();
    assert!(error.message.contains("build it first"), "{error}");
    world.end().await;
}

#[tokio::test]
async fn a_payload_must_be_json_and_of_at_most_six_megabytes() {
    let world = World::start().await;
    world.function("echo");
    let response = invoke(&world, "echo", "not json").await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        response.headers()["x-amzn-errortype"],
        "InvalidRequestContentException"
    );
    let response = invoke(
        &world,
        "echo",
        json!("x".repeat(6 * 1024 * 1024)).to_string(),
    )
    .await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        response.headers()["x-amzn-errortype"],
        "RequestTooLargeException"
    );
    world.end().await;
}

#[tokio::test]
async fn a_functions_own_error_keeps_its_name() {
    let world = World::start().await;
    world.function("fail");
    let error = failure(invoke(&world, "fail", "{}").await).await;
    assert_eq!(error["errorType"], "GitHubUnavailable");
    assert_eq!(error["errorMessage"], "GitHub does not answer");
    world.end().await;
}

#[tokio::test]
async fn a_crash_is_an_exit_error_and_the_next_event_gets_a_new_environment() {
    let world = World::start().await;
    world.function("crash");
    for started in [1, 2] {
        let error = failure(invoke(&world, "crash", "{}").await).await;
        assert_eq!(error["errorType"], "Runtime.ExitError");
        assert!(
            error["errorMessage"]
                .as_str()
                .unwrap()
                .ends_with("Runtime exited with error: exit status 3")
        );
        assert_eq!(world.place.lambda().started("crash").total, started);
    }
    world.end().await;
}

#[tokio::test]
async fn a_function_that_cannot_start_fails_its_event() {
    let world = World::start().await;
    world.function("no-start");
    let error = failure(invoke(&world, "no-start", "{}").await).await;
    assert_eq!(error["errorType"], "Runtime.ExitError");
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .contains("exit status 7")
    );
    world.end().await;
}

#[tokio::test]
async fn a_function_that_is_too_slow_is_killed() {
    let mut world = World::start().await;
    world.function_with("count", |settings| {
        settings.timeout = Duration::from_millis(500);
    });
    let first = success(invoke(&world, "count", "{}").await).await;
    world.remember_processes();
    let error =
        failure(invoke(&world, "count", json!({"milliseconds": 60_000}).to_string()).await).await;
    assert_eq!(error["errorType"], "Sandbox.Timedout");
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("Task timed out after 0.50 seconds")
    );
    assert!(is_gone(
        i32::try_from(first["process"].as_i64().unwrap()).unwrap()
    ));
    let next = success(invoke(&world, "count", "{}").await).await;
    assert_eq!(next["events"], 1);
    world.end().await;
}

#[tokio::test]
async fn an_answer_over_six_megabytes_fails() {
    let world = World::start().await;
    world.function("large");
    let error = failure(invoke(&world, "large", "{}").await).await;
    assert_eq!(error["errorType"], "Function.ResponseSizeTooLarge");
    world.end().await;
}

#[tokio::test]
async fn beyond_its_concurrency_a_function_is_throttled() {
    let world = World::start().await;
    world.function_with("count", |settings| {
        settings.concurrency = 1;
        settings.queue = Duration::from_millis(50);
    });
    // The environment is warm, so that the first call holds it for its whole time.
    success(invoke(&world, "count", "{}").await).await;
    let slow = json!({"milliseconds": 2000}).to_string();
    let (one, other) = tokio::join!(
        invoke(&world, "count", slow.clone()),
        invoke(&world, "count", slow)
    );
    let (taken, refused) = if one.status() == StatusCode::OK {
        (one, other)
    } else {
        (other, one)
    };
    success(taken).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        refused.headers()["x-amzn-errortype"],
        "TooManyRequestsException"
    );
    let document: Value = refused.json().await.unwrap();
    assert_eq!(document["Reason"], "ConcurrentInvocationLimitExceeded");
    world.end().await;
}

#[tokio::test]
async fn environments_are_reused_while_warm_and_more_are_started_under_load() {
    let world = World::start().await;
    world.function("count");
    for events in 1..=3 {
        let answer = success(invoke(&world, "count", "{}").await).await;
        assert_eq!(answer["events"], events);
    }
    assert_eq!(world.place.lambda().started("count").total, 1);
    let slow = json!({"milliseconds": 500}).to_string();
    let (one, other) = tokio::join!(
        invoke(&world, "count", slow.clone()),
        invoke(&world, "count", slow)
    );
    let (one, other) = (success(one).await, success(other).await);
    assert_ne!(one["process"], other["process"]);
    assert_eq!(world.place.lambda().started("count").total, 2);
    world.end().await;
}

#[tokio::test]
async fn a_process_sees_only_what_lambda_and_its_settings_give() {
    let world = World::start().await;
    world.function_with("environment", |settings| {
        settings
            .environment
            .insert("CLAIMS_TABLE".to_owned(), "claims".to_owned());
    });
    let seen = success(invoke(&world, "environment", "{}").await).await;
    assert_eq!(seen["CLAIMS_TABLE"], "claims");
    assert_eq!(seen["_HANDLER"], "environment");
    assert_eq!(seen["AWS_LAMBDA_FUNCTION_NAME"], "environment");
    assert_eq!(seen["AWS_ENDPOINT_URL"], world.place.endpoint());
    let strangers: Vec<&String> = seen
        .as_object()
        .unwrap()
        .keys()
        // The runtime itself sets `_X_AMZN_TRACE_ID`.
        .filter(|name| !name.starts_with("AWS_") && !name.starts_with("_X_AMZN_"))
        .filter(|name| {
            ![
                "PATH",
                "LANG",
                "TZ",
                "_HANDLER",
                "LAMBDA_TASK_ROOT",
                "CLAIMS_TABLE",
            ]
            .contains(&name.as_str())
        })
        .collect();
    assert_eq!(strangers, Vec::<&String>::new());
    world.end().await;
}

#[tokio::test]
async fn what_a_function_started_does_not_outlive_it() {
    let world = World::start().await;
    world.function("orphan");
    let answer = success(invoke(&world, "orphan", "{}").await).await;
    let child = i32::try_from(answer["child"].as_i64().unwrap()).unwrap();
    assert!(!is_gone(child));
    world.end().await;
    // Its new parent has to collect it first.
    until("the child is gone", async || {
        (is_gone(child) || is_zombie(child)).then_some(())
    })
    .await;
}

fn is_zombie(process: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    status
        .rsplit_once(") ")
        .is_none_or(|(_, rest)| rest.starts_with('Z'))
}

#[tokio::test]
async fn an_asynchronous_event_is_taken_and_done_later() {
    let world = World::start().await;
    world.function("echo");
    let address = format!(
        "{}/2015-03-31/functions/echo/invocations",
        world.place.endpoint()
    );
    let request = world
        .http
        .post(address)
        .header("X-Amz-Invocation-Type", "Event")
        .body("{}");
    assert_eq!(request.send().await.unwrap().status(), StatusCode::ACCEPTED);
    until("the event is done", async || {
        let streams = world.place.logs().streams();
        let (group, stream) = streams.first()?;
        let lines = world.place.logs().lines(group, stream);
        lines
            .iter()
            .any(|(_, line)| line.starts_with("REPORT"))
            .then_some(())
    })
    .await;
    world.end().await;
}

#[tokio::test]
async fn a_dry_run_runs_nothing() {
    let world = World::start().await;
    world.function("echo");
    let address = format!(
        "{}/2015-03-31/functions/echo/invocations",
        world.place.endpoint()
    );
    let request = world
        .http
        .post(address)
        .header("X-Amz-Invocation-Type", "DryRun")
        .body("{}");
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.place.lambda().started("echo").total, 0);
    world.end().await;
}

#[tokio::test]
async fn a_function_is_found_by_name_and_arn() {
    let world = World::start().await;
    let arn = world.function("echo");
    for name in [
        "echo",
        "echo:$LATEST",
        "123456789012:function:echo",
        &arn,
        &arn.replace(':', "%3A"),
    ] {
        let answer = success(invoke(&world, name, r#"{"a":1}"#).await).await;
        assert_eq!(answer, json!({"a": 1}), "{name}");
    }
    let listed: Value = world
        .http
        .get(format!("{}/2015-03-31/functions/", world.place.endpoint()))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(listed["Functions"][0]["FunctionArn"], arn);
    world.end().await;
}
