//! Function URLs: HTTP in, an event of payload format 2.0, HTTP out.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn an_unknown_function_has_no_url() {
    let world = World::start().await;
    let answer = world
        .http
        .post(world.place.function_url("nobody"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    world.end().await;
}

#[tokio::test]
async fn a_body_over_six_megabytes_never_reaches_the_function() {
    let world = World::start().await;
    world.function("http");
    let body = vec![b'x'; 6 * 1024 * 1024 + 1];
    let answer = world
        .http
        .post(world.place.function_url("http"))
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(world.place.lambda().started("http").total, 0);
    world.end().await;
}

#[tokio::test]
async fn a_function_that_fails_is_a_bad_gateway() {
    let world = World::start().await;
    world.function("fail");
    world.function("crash");
    for name in ["fail", "crash"] {
        let answer = world
            .http
            .post(world.place.function_url(name))
            .body("{}")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    }
    world.end().await;
}

#[tokio::test]
async fn the_function_sees_the_request_and_decides_the_response() {
    let world = World::start().await;
    world.function("http");
    let address = format!(
        "{}some/path?x=1&x=2&y=a%20b",
        world.place.function_url("http")
    );
    let request = world
        .http
        .post(address)
        .header("X-GitHub-Event", "workflow_job")
        .header("Cookie", "c=3; d=4");
    let answer = request
        .header("Content-Type", "application/json")
        .body(r#"{"k": 1}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(answer.headers()["x-seen"], "yes");
    let cookies: Vec<&str> = answer
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    let event: Value = answer.json().await.unwrap();
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["rawPath"], "/some/path");
    assert_eq!(event["rawQueryString"], "x=1&x=2&y=a%20b");
    assert_eq!(
        event["queryStringParameters"],
        json!({"x": "1,2", "y": "a b"})
    );
    assert_eq!(event["headers"]["x-github-event"], "workflow_job");
    assert_eq!(event["cookies"], json!(["c=3", "d=4"]));
    assert_eq!(event["requestContext"]["http"]["method"], "POST");
    assert_eq!(event["body"], r#"{"k": 1}"#);
    assert_eq!(event["isBase64Encoded"], false);
    world.end().await;
}

#[tokio::test]
async fn other_bodies_travel_in_base64() {
    let world = World::start().await;
    world.function("http");
    world.function("http-binary");
    for kind in [
        "application/octet-stream",
        "application/x-www-form-urlencoded",
    ] {
        let request = world
            .http
            .post(world.place.function_url("http"))
            .header("Content-Type", kind);
        let event: Value = request
            .body("payload={}")
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(event["isBase64Encoded"], true, "{kind}");
        assert_eq!(event["body"], "cGF5bG9hZD17fQ==");
    }
    let answer = world
        .http
        .get(world.place.function_url("http-binary"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.bytes().await.unwrap().as_ref(), [0, 1, 2]);
    world.end().await;
}

#[tokio::test]
async fn an_answer_without_a_status_is_the_body_of_a_200() {
    let world = World::start().await;
    world.function("count");
    let answer = world
        .http
        .get(world.place.function_url("count"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.json::<Value>().await.unwrap()["events"], 1);
    world.end().await;
}
