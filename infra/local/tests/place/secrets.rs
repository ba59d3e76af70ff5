//! Secrets Manager.

use serde_json::{Value, json};

use crate::world::{World, refused};

#[tokio::test]
async fn a_secret_that_is_not_there_is_not_found() {
    let world = World::start().await;
    let (name, _) = refused(
        world
            .call(
                "secretsmanager.GetSecretValue",
                json!({"SecretId": "nothing"}),
            )
            .await,
    );
    assert_eq!(name, "ResourceNotFoundException");
    world.end().await;
}

#[tokio::test]
async fn a_secret_is_created_once() {
    let world = World::start().await;
    let input = json!({"Name": "s", "SecretString": "one"});
    world
        .call("secretsmanager.CreateSecret", input.clone())
        .await
        .unwrap();
    let (name, _) = refused(world.call("secretsmanager.CreateSecret", input).await);
    assert_eq!(name, "ResourceExistsException");
    world.end().await;
}

#[tokio::test]
async fn a_value_is_given_by_name_and_arn_and_never_described() {
    let world = World::start().await;
    let arn = world.place.put_secret("app-key", "first");
    world
        .call(
            "secretsmanager.PutSecretValue",
            json!({"SecretId": "app-key", "SecretString": "second"}),
        )
        .await
        .unwrap();
    for id in ["app-key", &arn] {
        let answer = world
            .call("secretsmanager.GetSecretValue", json!({"SecretId": id}))
            .await
            .unwrap();
        assert_eq!(answer["SecretString"], "second");
        assert_eq!(answer["ARN"], Value::from(arn.clone()));
    }
    let described = world
        .call("secretsmanager.DescribeSecret", json!({"SecretId": arn}))
        .await
        .unwrap();
    assert!(!described.to_string().contains("second"));
    world.end().await;
}
