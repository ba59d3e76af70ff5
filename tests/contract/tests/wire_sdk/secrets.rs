//! Secrets Manager: refusals as the SDK's error types, and a secret that is
//! created, changed and read.

use crate::world::World;
use aws_sdk_secretsmanager::primitives::Blob;

#[tokio::test]
async fn a_secret_that_is_not_there_or_is_there_already_is_refused() {
    let world = World::start().await;
    let error = world
        .secrets
        .get_secret_value()
        .secret_id("none")
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    let create = || world.secrets.create_secret().name("empty");
    create().send().await.unwrap();
    let error = create().send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_exists_exception(), "{error:?}");
    // A secret without a value has nothing to give.
    let error = world
        .secrets
        .get_secret_value()
        .secret_id("empty")
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    world.end().await;
}

#[tokio::test]
async fn a_secret_is_read_by_name_and_by_arn_and_changes() {
    let world = World::start().await;
    let created = world
        .secrets
        .create_secret()
        .name("jit/key")
        .secret_string("first");
    let created = created.send().await.unwrap();
    let arn = created.arn().unwrap();
    for id in ["jit/key", arn] {
        let read = world
            .secrets
            .get_secret_value()
            .secret_id(id)
            .send()
            .await
            .unwrap();
        assert_eq!(read.secret_string(), Some("first"));
        assert_eq!(read.name(), Some("jit/key"));
        assert_eq!(read.version_id(), created.version_id());
        assert!(read.created_date().is_some());
    }
    let put = world.secrets.put_secret_value().secret_id(arn);
    let put = put
        .secret_binary(Blob::new([0, 255, 7]))
        .send()
        .await
        .unwrap();
    assert_ne!(put.version_id(), created.version_id());
    let read = world
        .secrets
        .get_secret_value()
        .secret_id(arn)
        .send()
        .await
        .unwrap();
    assert_eq!(read.secret_binary().unwrap().as_ref(), [0, 255, 7]);
    assert!(read.secret_string().is_none());
    let described = world
        .secrets
        .describe_secret()
        .secret_id(arn)
        .send()
        .await
        .unwrap();
    let stages = described.version_ids_to_stages().unwrap();
    assert_eq!(stages[put.version_id().unwrap()], ["AWSCURRENT"]);
    world.end().await;
}
