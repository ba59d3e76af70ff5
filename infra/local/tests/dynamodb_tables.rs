//! Tables: what CreateTable refuses, and a table's way from creation to its end.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "helpers take json! values as they are made, and may unwrap like the tests"
)]

use local::clock::Clock;
use local::dynamodb::DynamoDb;
use serde_json::{Value, json};

fn place() -> DynamoDb {
    DynamoDb::new(Clock::system())
}

fn claims() -> Value {
    json!({
        "TableName": "jit-runners-claims",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
    })
}

/// The definition of `claims` with some members replaced.
fn with(changes: Value) -> Value {
    let mut input = claims();
    for (name, value) in changes.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

#[test]
fn an_operation_that_is_not_known_is_said_to_be_so() {
    let error = place().call("TransactWriteItems", json!({})).unwrap_err();
    assert_eq!(error.code, "UnknownOperationException");
}

#[test]
fn a_table_that_makes_no_sense_is_not_created() {
    let hash = |name: &str| json!({ "AttributeName": name, "KeyType": "HASH" });
    let range = |name: &str| json!({ "AttributeName": name, "KeyType": "RANGE" });
    for (changes, message) in [
        (
            json!({ "TableName": null }),
            "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
        ),
        (
            json!({ "TableName": "ab" }),
            "TableName must be at least 3 characters long and at most 255 characters long",
        ),
        (
            json!({ "TableName": "with space" }),
            "failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
        (json!({ "KeySchema": null }), "Value null at 'keySchema'"),
        (
            json!({ "KeySchema": [range("pk")] }),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ),
        (
            json!({ "KeySchema": [hash("pk"), hash("sk")] }),
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
        ),
        (
            json!({ "KeySchema": [hash("other")] }),
            "Some index key attributes are not defined in AttributeDefinitions. Keys: [other], AttributeDefinitions: [pk]",
        ),
        (
            json!({ "KeySchema": [hash("pk"), range("pk")] }),
            "have the same name",
        ),
        (
            json!({ "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }, { "AttributeName": "x", "AttributeType": "S" }] }),
            "Number of attributes in KeySchema does not exactly match",
        ),
        (
            json!({ "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "BOOL" }] }),
            "Member must satisfy enum value set: [B, N, S]",
        ),
        (
            json!({ "BillingMode": null }),
            "ReadCapacityUnits and WriteCapacityUnits must both be specified",
        ),
        (
            json!({ "BillingMode": "CHEAP" }),
            "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]",
        ),
        (
            json!({ "GlobalSecondaryIndexes": [] }),
            "GlobalSecondaryIndexes is not served here",
        ),
    ] {
        let error = place()
            .call("CreateTable", with(changes.clone()))
            .unwrap_err();
        assert_eq!(error.code, "ValidationException");
        assert!(
            error.message.contains(message),
            "{changes}: {}",
            error.message
        );
    }
}

#[test]
fn a_table_that_is_not_there_is_not_found() {
    let place = place();
    for operation in ["DescribeTable", "DeleteTable"] {
        let error = place
            .call(operation, json!({ "TableName": "gone" }))
            .unwrap_err();
        assert_eq!(error.code, "ResourceNotFoundException");
        assert_eq!(
            error.message,
            "Requested resource not found: Table: gone not found"
        );
    }
    for (operation, input) in [
        ("Scan", json!({ "TableName": "gone" })),
        (
            "GetItem",
            json!({ "TableName": "gone", "Key": { "pk": { "S": "a" } } }),
        ),
        (
            "PutItem",
            json!({ "TableName": "gone", "Item": { "pk": { "S": "a" } } }),
        ),
    ] {
        let error = place.call(operation, input).unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            ("ResourceNotFoundException", "Requested resource not found")
        );
    }
}

#[test]
fn a_table_is_created_described_listed_and_deleted() {
    let place = place();
    let created = place.call("CreateTable", claims()).unwrap();
    assert_eq!(created["TableDescription"]["TableStatus"], "ACTIVE");
    let again = place.call("CreateTable", claims()).unwrap_err();
    assert_eq!(
        (again.code.as_str(), again.message.as_str()),
        (
            "ResourceInUseException",
            "Table already exists: jit-runners-claims"
        )
    );

    let arn = created["TableDescription"]["TableArn"].clone();
    assert_eq!(
        arn,
        "arn:aws:dynamodb:us-east-1:123456789012:table/jit-runners-claims"
    );
    let described = place
        .call("DescribeTable", json!({ "TableName": arn }))
        .unwrap();
    assert_eq!(described["Table"]["KeySchema"], claims()["KeySchema"]);
    assert_eq!(described["Table"]["ItemCount"], 0);

    for name in ["b-table", "a-table"] {
        place
            .call("CreateTable", with(json!({ "TableName": name })))
            .unwrap();
    }
    let first = place.call("ListTables", json!({ "Limit": 2 })).unwrap();
    assert_eq!(
        first,
        json!({ "TableNames": ["a-table", "b-table"], "LastEvaluatedTableName": "b-table" })
    );
    let second = place
        .call(
            "ListTables",
            json!({ "Limit": 2, "ExclusiveStartTableName": "b-table" }),
        )
        .unwrap();
    assert_eq!(second, json!({ "TableNames": ["jit-runners-claims"] }));

    place
        .call("DeleteTable", json!({ "TableName": "a-table" }))
        .unwrap();
    assert!(
        place
            .call("DescribeTable", json!({ "TableName": "a-table" }))
            .is_err()
    );
}
