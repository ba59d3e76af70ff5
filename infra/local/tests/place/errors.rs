//! What the place cannot do is answered as AWS would.

use local::{Place, Settings};
use serde_json::json;

use crate::world::{World, refused};

#[tokio::test]
async fn an_unknown_operation_is_refused_in_awss_words() {
    let world = World::start().await;
    for target in [
        "AWSStepFunctions.Dance",
        "DynamoDB_20120810.Dance",
        "AmazonSNS.Publish",
        "Dance",
    ] {
        let (status, document) = world.call(target, json!({})).await.unwrap_err();
        assert_eq!(status, 400);
        let name = document["__type"].as_str().unwrap();
        assert!(
            name.ends_with("UnknownOperationException"),
            "{target}: {name}"
        );
    }
    world.end().await;
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let world = World::start().await;
    for body in ["{", "[]", "\"text\"", "nonsense"] {
        let (name, _) = refused(world.send("AWSEvents.PutEvents", body.to_owned()).await);
        assert_eq!(name, "SerializationException");
    }
    world.end().await;
}

#[tokio::test]
async fn a_path_that_nobody_has_is_not_found() {
    let world = World::start().await;
    let answer = world
        .http
        .get(format!("{}/nothing/here", world.place.endpoint()))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 404);
    world.end().await;
}

#[tokio::test]
async fn a_port_in_use_says_what_to_do() {
    let world = World::start().await;
    let port: u16 = world
        .place
        .endpoint()
        .rsplit_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();
    let error = Place::start(Settings {
        port,
        ..Settings::default()
    })
    .await
    .err()
    .unwrap()
    .to_string();
    assert_eq!(
        error,
        format!(
            "Port {port} on 127.0.0.1 is in use: stop what listens there, choose another port, or 0 for a free one."
        )
    );
    world.end().await;
}

#[tokio::test]
async fn timers_cannot_stand_still() {
    let error = Place::start(Settings {
        timer_speed: 0.0,
        ..Settings::default()
    })
    .await
    .err()
    .unwrap();
    assert!(error.to_string().starts_with("timer_speed is 0"));
}

#[tokio::test]
async fn it_tells_who_is_calling() {
    let world = World::start().await;
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let answer = world
        .http
        .post(world.place.endpoint())
        .body(form)
        .send()
        .await
        .unwrap();
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("<Account>123456789012</Account>")
    );
    world.end().await;
}

#[tokio::test]
async fn a_tasks_keys_need_its_token() {
    let world = World::start().await;
    let (path, token) = world.place.credentials().issue("0123456789abcdef");
    let ask = async |path: &str, token: &str| {
        let address = format!("{}{path}", world.place.endpoint());
        world
            .http
            .get(address)
            .header("Authorization", token)
            .send()
            .await
            .unwrap()
    };
    assert_eq!(ask("/task-credentials/unknown", &token).await.status(), 404);
    assert_eq!(ask(&path, "wrong").await.status(), 403);
    let keys: serde_json::Value = ask(&path, &token).await.json().await.unwrap();
    for field in [
        "AccessKeyId",
        "SecretAccessKey",
        "Token",
        "Expiration",
        "RoleArn",
    ] {
        assert!(keys[field].is_string(), "{field} is missing");
    }
    world.place.credentials().revoke("0123456789abcdef");
    assert_eq!(ask(&path, &token).await.status(), 404);
    world.end().await;
}
