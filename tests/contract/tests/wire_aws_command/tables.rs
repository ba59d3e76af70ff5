//! `aws dynamodb` and `aws secretsmanager`.

use crate::command::Story;
use serde_json::{Value, json};

#[tokio::test]
async fn an_item_is_put_once_changed_under_a_condition_and_deleted() {
    let Some(story) = Story::start().await else {
        return;
    };
    let key = r#"{"pk": {"S": "job#1#1"}}"#;
    let get = [
        "dynamodb",
        "get-item",
        "--table-name",
        "claims",
        "--consistent-read",
        "--key",
        key,
    ];
    let said = story.refused(&get).await;
    assert!(said.contains("(ResourceNotFoundException)"), "{said}");
    let created = story
        .aws(&[
            "dynamodb",
            "create-table",
            "--table-name",
            "claims",
            "--billing-mode",
            "PAY_PER_REQUEST",
            "--attribute-definitions",
            "AttributeName=pk,AttributeType=S",
            "--key-schema",
            "AttributeName=pk,KeyType=HASH",
        ])
        .await;
    assert_eq!(created["TableDescription"]["TableStatus"], "ACTIVE");
    let put = [
        "dynamodb",
        "put-item",
        "--table-name",
        "claims",
        "--item",
        r#"{"pk": {"S": "job#1#1"}, "seq": {"N": "1"}}"#,
        "--condition-expression",
        "attribute_not_exists(pk)",
    ];
    assert_eq!(story.aws(&put).await, Value::Null);
    let said = story.refused(&put).await;
    assert!(
        said.contains("(ConditionalCheckFailedException)")
            && said.contains("The conditional request failed"),
        "{said}"
    );
    let update = |limit: &'static str| {
        [
            "dynamodb",
            "update-item",
            "--table-name",
            "claims",
            "--key",
            key,
            "--update-expression",
            "SET #s = :s ADD seq :one",
            "--condition-expression",
            "seq < :limit",
            "--expression-attribute-names",
            r##"{"#s": "state"}"##,
            "--expression-attribute-values",
            limit,
            "--return-values",
            "ALL_NEW",
        ]
    };
    let said = story
        .refused(&update(
            r#"{":s": {"S": "active"}, ":one": {"N": "1"}, ":limit": {"N": "1"}}"#,
        ))
        .await;
    assert!(said.contains("(ConditionalCheckFailedException)"), "{said}");
    let updated = story
        .aws(&update(
            r#"{":s": {"S": "active"}, ":one": {"N": "1"}, ":limit": {"N": "2"}}"#,
        ))
        .await;
    let item = json!({"pk": {"S": "job#1#1"}, "seq": {"N": "2"}, "state": {"S": "active"}});
    assert_eq!(updated["Attributes"], item);
    assert_eq!(story.aws(&get).await["Item"], item);
    let delete = [
        "dynamodb",
        "delete-item",
        "--table-name",
        "claims",
        "--key",
        key,
        "--return-values",
        "ALL_OLD",
    ];
    assert_eq!(story.aws(&delete).await["Attributes"], item);
    assert_eq!(story.aws(&get).await, Value::Null);
    story.end().await;
}

#[tokio::test]
async fn a_secret_is_read() {
    let Some(story) = Story::start().await else {
        return;
    };
    let get = [
        "secretsmanager",
        "get-secret-value",
        "--secret-id",
        "jit/key",
    ];
    let said = story.refused(&get).await;
    assert!(said.contains("(ResourceNotFoundException)"), "{said}");
    let arn = story.place.put_secret("jit/key", "not told");
    let read = story.aws(&get).await;
    assert_eq!(read["SecretString"], "not told");
    assert_eq!(read["ARN"], arn.as_str());
    assert_eq!(read["VersionStages"], json!(["AWSCURRENT"]));
    story.end().await;
}
