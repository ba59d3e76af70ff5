//! Scan and Query: refusals, filters, and pages that add up to the whole.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "helpers take json! values as they are made, and may unwrap like the tests"
)]

use local::clock::Clock;
use local::dynamodb::DynamoDb;
use local::server::error::AwsError;
use serde_json::{Value, json};

/// A table with 3 partitions of 10 sorted items each.
fn place() -> DynamoDb {
    let place = DynamoDb::new(Clock::system());
    place
        .call("CreateTable", json!({
            "TableName": "runs",
            "ProvisionedThroughput": { "ReadCapacityUnits": 1, "WriteCapacityUnits": 1 },
            "AttributeDefinitions": [{ "AttributeName": "repo", "AttributeType": "S" }, { "AttributeName": "n", "AttributeType": "N" }],
            "KeySchema": [{ "AttributeName": "repo", "KeyType": "HASH" }, { "AttributeName": "n", "KeyType": "RANGE" }],
        }))
        .unwrap();
    for repo in ["a", "b", "c"] {
        for n in 1..=10 {
            call(&place, "PutItem", json!({ "Item": { "repo": { "S": repo }, "n": { "N": n.to_string() }, "even": { "BOOL": n % 2 == 0 } } })).unwrap();
        }
    }
    place
}

fn call(place: &DynamoDb, operation: &str, mut input: Value) -> Result<Value, AwsError> {
    input["TableName"] = json!("runs");
    place.call(operation, input)
}

fn numbers(page: &Value) -> Vec<i64> {
    let items = page["Items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["n"]["N"].as_str().unwrap().parse().unwrap())
        .collect()
}

/// Every item, page by page.
fn all(place: &DynamoDb, operation: &str, mut input: Value) -> Vec<Value> {
    let mut found = Vec::new();
    loop {
        let page = call(place, operation, input.clone()).unwrap();
        found.extend(page["Items"].as_array().unwrap().clone());
        if page["LastEvaluatedKey"].is_null() {
            return found;
        }
        input["ExclusiveStartKey"] = page["LastEvaluatedKey"].clone();
    }
}

#[test]
fn reads_that_make_no_sense_are_refused() {
    let place = place();
    let a = json!({ ":a": { "S": "a" } });
    for (operation, input, message) in [
        (
            "Scan",
            json!({ "Limit": 0 }),
            "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            "Scan",
            json!({ "ExclusiveStartKey": { "repo": { "S": "a" } } }),
            "The provided key element does not match the schema",
        ),
        (
            "Scan",
            json!({ "TotalSegments": 2 }),
            "The Segment parameter is required",
        ),
        (
            "Scan",
            json!({ "Segment": 2, "TotalSegments": 2 }),
            "Segment: 2 is not less than TotalSegments: 2",
        ),
        (
            "Scan",
            json!({ "FilterExpression": "a =" }),
            "Invalid FilterExpression: Syntax error",
        ),
        (
            "Scan",
            json!({ "ScanFilter": {} }),
            "The parameter ScanFilter is not served here",
        ),
        (
            "Query",
            json!({}),
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
        ),
        (
            "Query",
            json!({ "KeyConditionExpression": "n = :n", "ExpressionAttributeValues": { ":n": { "N": "1" } } }),
            "Query condition missed key schema element: repo",
        ),
        (
            "Query",
            json!({ "KeyConditionExpression": "repo > :a", "ExpressionAttributeValues": a }),
            "Query key condition not supported",
        ),
        (
            "Query",
            json!({ "KeyConditionExpression": "repo = :a AND even = :a", "ExpressionAttributeValues": a }),
            "Query condition missed key schema element: n",
        ),
        (
            "Query",
            json!({ "KeyConditionExpression": "repo = :a AND n = :a", "ExpressionAttributeValues": a }),
            "Condition parameter type does not match schema type",
        ),
        (
            "Query",
            json!({ "KeyConditionExpression": "repo = :a OR repo = :a", "ExpressionAttributeValues": a }),
            "Query condition missed key schema element: repo",
        ),
        (
            "Query",
            json!({ "KeyConditionExpression": "repo = :a", "IndexName": "i" }),
            "The table does not have the specified index: i",
        ),
    ] {
        let error = call(&place, operation, input.clone()).unwrap_err();
        assert_eq!(error.code, "ValidationException");
        assert!(
            error.message.contains(message),
            "{operation} {input}: {}",
            error.message
        );
    }
}

#[test]
fn pages_of_any_size_add_up_to_the_table() {
    let place = place();
    let whole = all(&place, "Scan", json!({}));
    assert_eq!(whole.len(), 30);
    for limit in [1, 7, 30, 31] {
        assert_eq!(
            all(&place, "Scan", json!({ "Limit": limit })),
            whole,
            "limit {limit}"
        );
    }
    let first = call(&place, "Scan", json!({ "Limit": 7 })).unwrap();
    assert_eq!(
        (first["Count"].as_u64(), first["ScannedCount"].as_u64()),
        (Some(7), Some(7))
    );
}

#[test]
fn a_page_goes_on_behind_a_start_key_that_is_gone() {
    let place = place();
    let first = call(&place, "Scan", json!({ "Limit": 7 })).unwrap();
    let last = first["LastEvaluatedKey"].clone();
    call(&place, "DeleteItem", json!({ "Key": last })).unwrap();
    let rest = all(&place, "Scan", json!({ "ExclusiveStartKey": last }));
    assert_eq!(rest.len(), 23);
}

#[test]
fn a_filter_counts_what_it_read_and_what_it_let_through() {
    let place = place();
    let filter = json!({ "FilterExpression": "even = :yes", "ExpressionAttributeValues": { ":yes": { "BOOL": true } } });
    let page = call(&place, "Scan", filter.clone()).unwrap();
    assert_eq!(
        (page["Count"].as_u64(), page["ScannedCount"].as_u64()),
        (Some(15), Some(30))
    );
    let mut count = filter;
    count["Select"] = json!("COUNT");
    let page = call(&place, "Scan", count).unwrap();
    assert_eq!(page, json!({ "Count": 15, "ScannedCount": 30 }));
}

#[test]
fn segments_share_the_table_without_overlap() {
    let place = place();
    let sizes: Vec<usize> = (0..3)
        .map(|segment| {
            all(
                &place,
                "Scan",
                json!({ "Segment": segment, "TotalSegments": 3 }),
            )
            .len()
        })
        .collect();
    assert_eq!(sizes.iter().sum::<usize>(), 30);
}

#[test]
fn a_query_reads_one_partition_in_order() {
    let place = place();
    let query = |condition: &str, more: Value| {
        let values = json!({ ":a": { "S": "b" }, ":3": { "N": "3" }, ":5": { "N": "5" } });
        let used = values
            .as_object()
            .unwrap()
            .iter()
            .filter(|(key, _)| condition.contains(*key));
        let mut input = json!({
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": used.map(|(key, value)| (key.clone(), value.clone())).collect::<serde_json::Map<_, _>>(),
        });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let read = |input: Value| numbers(&call(&place, "Query", input).unwrap());
    assert_eq!(
        read(query("repo = :a", json!({}))),
        (1..=10).collect::<Vec<_>>()
    );
    assert_eq!(
        read(query("repo = :a AND n BETWEEN :3 AND :5", json!({}))),
        [3, 4, 5]
    );
    assert_eq!(
        read(query(
            "repo = :a AND n < :3",
            json!({ "ScanIndexForward": false })
        )),
        [2, 1]
    );
    assert_eq!(read(query("n = :3 AND repo = :a", json!({}))), [3]);
    let backwards = all(
        &place,
        "Query",
        query(
            "repo = :a",
            json!({ "ScanIndexForward": false, "Limit": 4 }),
        ),
    );
    assert_eq!(backwards.len(), 10);
    assert_eq!(backwards[9]["n"], json!({ "N": "1" }));
}
