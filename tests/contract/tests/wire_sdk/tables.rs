//! DynamoDB: refusals as the SDK's error types, and the life of an item.

use crate::world::World;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn n(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

#[tokio::test]
async fn a_table_that_does_not_exist_or_exists_twice_is_refused() {
    let world = World::start().await;
    let get = world.tables.get_item().table_name("none").key("pk", s("a"));
    let error = get.send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    let error = world
        .tables
        .describe_table()
        .table_name("none")
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    world.table("claims").await;
    let again = world.place.dynamodb().call(
        "CreateTable",
        serde_json::json!({
            "TableName": "claims", "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        }),
    );
    assert_eq!(again.unwrap_err().code, "ResourceInUseException");
    // Not modelled as a type of its own, so the SDK gives code and message.
    let get = world
        .tables
        .get_item()
        .table_name("claims")
        .key("other", s("a"));
    let error = get.send().await.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("ValidationException"));
    assert_eq!(
        error.message(),
        Some("The provided key element does not match the schema")
    );
    world.end().await;
}

#[tokio::test]
async fn a_condition_that_fails_shows_the_item_that_stood_in_the_way() {
    let world = World::start().await;
    world.table("claims").await;
    let put = |owner: &str| {
        let put = world.tables.put_item().table_name("claims");
        let put = put.item("pk", s("job#1#1")).item("owner", s(owner));
        put.condition_expression("attribute_not_exists(pk)")
    };
    put("first").send().await.unwrap();
    let error = put("second").send().await.unwrap_err().into_service_error();
    assert!(error.is_conditional_check_failed_exception(), "{error:?}");
    let shown = put("second")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(shown) =
        shown
    else {
        panic!("{shown:?}");
    };
    assert_eq!(shown.message(), Some("The conditional request failed"));
    let item = shown.item().expect("the item is shown");
    assert_eq!(item["owner"], s("first"));
    assert_eq!(item["pk"], s("job#1#1"));
    world.end().await;
}

#[tokio::test]
async fn an_item_is_put_changed_found_and_deleted() {
    let world = World::start().await;
    world.table("claims").await;
    for number in 1..=5 {
        let put = world.tables.put_item().table_name("claims");
        let put = put
            .item("pk", s(&format!("job#{number}")))
            .item("seq", n(0));
        put.send().await.unwrap();
    }
    let updated = world
        .tables
        .update_item()
        .table_name("claims")
        .key("pk", s("job#3"))
        .update_expression("SET #state = :active ADD seq :one")
        .condition_expression("seq < :limit")
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":active", s("active"))
        .expression_attribute_values(":one", n(1))
        .expression_attribute_values(":limit", n(3))
        .return_values(ReturnValue::AllNew)
        .send()
        .await
        .unwrap();
    let attributes = updated.attributes().unwrap();
    assert_eq!(attributes["seq"], n(1));
    assert_eq!(attributes["state"], s("active"));
    let found = world
        .tables
        .query()
        .table_name("claims")
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(":pk", s("job#3"))
        .send()
        .await
        .unwrap();
    assert_eq!(found.items(), std::slice::from_ref(attributes));
    let scanned = world.tables.scan().table_name("claims").limit(2);
    let scanned = scanned.into_paginator().items().send();
    let scanned = scanned.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(scanned.len(), 5);
    let delete = || {
        let delete = world.tables.delete_item().table_name("claims");
        delete
            .key("pk", s("job#3"))
            .return_values(ReturnValue::AllOld)
    };
    let deleted = delete().send().await.unwrap();
    assert_eq!(deleted.attributes().unwrap()["seq"], n(1));
    assert!(delete().send().await.unwrap().attributes().is_none());
    let gone = world
        .tables
        .get_item()
        .table_name("claims")
        .key("pk", s("job#3"));
    assert!(
        gone.consistent_read(true)
            .send()
            .await
            .unwrap()
            .item
            .is_none()
    );
    let described = world
        .tables
        .describe_table()
        .table_name("claims")
        .send()
        .await
        .unwrap();
    assert_eq!(described.table().unwrap().item_count(), Some(4));
    world
        .tables
        .delete_table()
        .table_name("claims")
        .send()
        .await
        .unwrap();
    assert!(
        world
            .tables
            .list_tables()
            .send()
            .await
            .unwrap()
            .table_names()
            .is_empty()
    );
    world.end().await;
}
