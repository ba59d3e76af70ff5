//! Items as the project uses them: claims that only one execution holds, and a
//! hand-over item that only one container can take.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "helpers take json! values as they are made, and may unwrap like the tests"
)]

use std::sync::Arc;

use local::clock::Clock;
use local::dynamodb::DynamoDb;
use local::server::error::AwsError;
use serde_json::{Value, json};

const TABLE: &str = "jit-runners-claims";

fn place() -> Arc<DynamoDb> {
    let place = DynamoDb::new(Clock::system());
    place
        .call(
            "CreateTable",
            json!({
                "TableName": TABLE,
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
                "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            }),
        )
        .unwrap();
    Arc::new(place)
}

fn call(place: &DynamoDb, operation: &str, mut input: Value) -> Result<Value, AwsError> {
    input["TableName"] = json!(TABLE);
    place.call(operation, input)
}

fn key() -> Value {
    json!({ "pk": { "S": "job#1#1" } })
}

/// The machine's state Claim, for an execution at a time.
fn claim(place: &DynamoDb, owner: &str, now: u64) -> Result<Value, AwsError> {
    call(
        place,
        "UpdateItem",
        json!({
            "Key": key(),
            "UpdateExpression": "SET #owner = :me, #state = :active, expires_at = :until, wakes = if_not_exists(wakes, :zero), seq = if_not_exists(seq, :zero)",
            "ConditionExpression": "attribute_not_exists(pk) OR #owner = :me OR expires_at < :now OR #state = :failed",
            "ExpressionAttributeNames": { "#owner": "owner", "#state": "state" },
            "ExpressionAttributeValues": {
                ":me": { "S": owner }, ":active": { "S": "active" }, ":failed": { "S": "failed" },
                ":now": { "N": now.to_string() }, ":until": { "N": (now + 100).to_string() }, ":zero": { "N": "0" },
            },
            "ReturnValues": "ALL_NEW",
        }),
    )
}

#[test]
fn what_does_not_fit_the_key_is_refused() {
    let place = place();
    let wrong = "The provided key element does not match the schema";
    for (operation, input, message) in [
        ("GetItem", json!({ "Key": {} }), wrong),
        ("GetItem", json!({ "Key": { "pk": { "N": "1" } } }), wrong),
        (
            "DeleteItem",
            json!({ "Key": { "pk": { "S": "a" }, "more": { "S": "b" } } }),
            wrong,
        ),
        (
            "GetItem",
            json!({}),
            "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null",
        ),
        (
            "PutItem",
            json!({ "Item": { "a": { "S": "b" } } }),
            "One or more parameter values were invalid: Missing the key pk in the item",
        ),
        (
            "PutItem",
            json!({ "Item": { "pk": { "N": "1" } } }),
            "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N",
        ),
        (
            "PutItem",
            json!({ "Item": { "pk": { "S": "" } } }),
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
        ),
        (
            "UpdateItem",
            json!({ "Key": key(), "UpdateExpression": "SET pk = :a", "ExpressionAttributeValues": { ":a": { "S": "x" } } }),
            "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key",
        ),
        (
            "UpdateItem",
            json!({ "Key": key(), "AttributeUpdates": {} }),
            "The parameter AttributeUpdates is not served here; use expressions and primary keys only",
        ),
        (
            "PutItem",
            json!({ "Item": key(), "ReturnValues": "ALL_NEW" }),
            "Return values set to invalid value",
        ),
        (
            "UpdateItem",
            json!({ "Key": key(), "ReturnValues": "SOME" }),
            "1 validation error detected: Value 'SOME' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [NONE, ALL_NEW, UPDATED_OLD, ALL_OLD, UPDATED_NEW]",
        ),
    ] {
        let error = call(&place, operation, input.clone()).unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            ("ValidationException", message),
            "{operation} {input}"
        );
    }
}

#[test]
fn an_item_of_more_than_400_kb_is_refused() {
    let place = place();
    let text = "x".repeat(400 * 1024);
    let put = call(
        &place,
        "PutItem",
        json!({ "Item": { "pk": { "S": "a" }, "t": { "S": text } } }),
    );
    assert_eq!(
        put.unwrap_err().message,
        "Item size has exceeded the maximum allowed size"
    );
    let update = call(
        &place,
        "UpdateItem",
        json!({
            "Key": key(), "UpdateExpression": "SET t = :t", "ExpressionAttributeValues": { ":t": { "S": text } },
        }),
    );
    assert_eq!(
        update.unwrap_err().message,
        "Item size to update has exceeded the maximum allowed size"
    );
    assert_eq!(call(&place, "Scan", json!({})).unwrap()["Count"], 0);
}

#[test]
fn a_failed_condition_changes_nothing_and_shows_the_item_when_asked() {
    let place = place();
    claim(&place, "execution-a", 1000).unwrap();
    let refused = claim(&place, "execution-b", 1050).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.message.as_str()),
        (
            "ConditionalCheckFailedException",
            "The conditional request failed"
        )
    );
    assert!(refused.extra.is_empty());
    for (operation, shown) in [("DeleteItem", true), ("PutItem", true)] {
        let mut input = json!({
            "ConditionExpression": "#owner = :me",
            "ExpressionAttributeNames": { "#owner": "owner" },
            "ExpressionAttributeValues": { ":me": { "S": "execution-b" } },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        });
        input[if operation == "PutItem" {
            "Item"
        } else {
            "Key"
        }] = key();
        let error = call(&place, operation, input).unwrap_err();
        assert_eq!(error.extra.contains_key("Item"), shown);
        assert_eq!(error.extra["Item"]["owner"], json!({ "S": "execution-a" }));
    }
    let item = call(&place, "GetItem", json!({ "Key": key() })).unwrap();
    assert_eq!(item["Item"]["owner"], json!({ "S": "execution-a" }));
}

#[test]
fn a_claim_is_held_renewed_nudged_and_released() {
    let place = place();
    let first = claim(&place, "execution-a", 1000).unwrap();
    assert_eq!(first["Attributes"]["wakes"], json!({ "N": "0" }));
    assert!(claim(&place, "execution-a", 1050).is_ok());

    let nudge = call(
        &place,
        "UpdateItem",
        json!({
            "Key": key(), "UpdateExpression": "ADD wakes :one", "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": { ":one": { "N": "1" } }, "ReturnValues": "UPDATED_NEW",
        }),
    );
    assert_eq!(
        nudge.unwrap(),
        json!({ "Attributes": { "wakes": { "N": "1" } } })
    );

    let release = |seen: &str| {
        call(
            &place,
            "DeleteItem",
            json!({
                "Key": key(), "ConditionExpression": "#owner = :me AND wakes = :seen",
                "ExpressionAttributeNames": { "#owner": "owner" },
                "ExpressionAttributeValues": { ":me": { "S": "execution-a" }, ":seen": { "N": seen } },
            }),
        )
    };
    assert_eq!(
        release("0").unwrap_err().code,
        "ConditionalCheckFailedException"
    );
    assert_eq!(release("1").unwrap(), json!({}));
    assert_eq!(
        call(&place, "GetItem", json!({ "Key": key() })).unwrap(),
        json!({})
    );
}

#[test]
fn an_expired_claim_can_be_taken_over() {
    let place = place();
    claim(&place, "execution-a", 1000).unwrap();
    let taken = claim(&place, "execution-b", 1101).unwrap();
    assert_eq!(taken["Attributes"]["owner"], json!({ "S": "execution-b" }));
}

#[test]
fn every_kind_of_return_values_gives_its_part() {
    let place = place();
    let update =
        |kind: &str, to: &str| {
            call(&place, "UpdateItem", json!({
            "Key": key(), "UpdateExpression": "SET a.b = :to REMOVE c", "ReturnValues": kind,
            "ExpressionAttributeValues": { ":to": { "S": to } },
        }))
        .unwrap()["Attributes"]
            .clone()
        };
    let whole = |b: &str| json!({ "pk": { "S": "job#1#1" }, "a": { "M": { "b": { "S": b }, "k": { "N": "1" } } } });
    let part = |b: &str| json!({ "a": { "M": { "b": { "S": b } } } });
    call(&place, "PutItem", json!({ "Item": whole("0") })).unwrap();
    assert_eq!(update("NONE", "1"), Value::Null);
    assert_eq!(update("ALL_OLD", "2"), whole("1"));
    assert_eq!(update("UPDATED_OLD", "3"), part("2"));
    assert_eq!(update("ALL_NEW", "4"), whole("4"));
    assert_eq!(update("UPDATED_NEW", "5"), part("5"));
    let projected = call(
        &place,
        "GetItem",
        json!({ "Key": key(), "ProjectionExpression": "a.b, gone" }),
    );
    assert_eq!(projected.unwrap()["Item"], part("5"));
    let old = call(
        &place,
        "PutItem",
        json!({ "Item": key(), "ReturnValues": "ALL_OLD" }),
    )
    .unwrap();
    assert_eq!(old["Attributes"], whole("5"));
}

#[test]
fn a_hand_over_item_is_taken_by_exactly_one_of_many() {
    let place = place();
    call(&place, "PutItem", json!({ "Item": { "pk": { "S": "job#1#1" }, "jit_config": { "S": "c" }, "expires_at": { "N": "900" } } })).unwrap();
    let takers: Vec<_> = (0..16)
        .map(|_| {
            let place = Arc::clone(&place);
            std::thread::spawn(move || {
                call(&place, "DeleteItem", json!({
                    "Key": key(), "ReturnValues": "ALL_OLD", "ConditionExpression": "expires_at > :now",
                    "ExpressionAttributeValues": { ":now": { "N": "1" } },
                }))
            })
        })
        .collect();
    let taken = takers
        .into_iter()
        .filter_map(|taker| taker.join().unwrap().ok())
        .collect::<Vec<_>>();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0]["Attributes"]["jit_config"], json!({ "S": "c" }));
}

#[test]
fn counters_lose_no_count_under_concurrent_calls() {
    let place = place();
    let adders: Vec<_> = (0..8)
        .map(|_| {
            let place = Arc::clone(&place);
            std::thread::spawn(move || {
                for _ in 0..50 {
                    call(&place, "UpdateItem", json!({
                        "Key": key(), "UpdateExpression": "ADD wakes :one", "ExpressionAttributeValues": { ":one": { "N": "1" } },
                    }))
                    .unwrap();
                }
            })
        })
        .collect();
    for adder in adders {
        adder.join().unwrap();
    }
    let item = call(&place, "GetItem", json!({ "Key": key() })).unwrap();
    assert_eq!(item["Item"]["wakes"], json!({ "N": "400" }));
}
