//! `aws lambda`, against the product's own function binary.

use crate::command::Story;
use local::FunctionSettings;
use serde_json::json;

const INVOKE: [&str; 3] = ["lambda", "invoke", "--function-name"];

#[tokio::test]
async fn a_function_is_invoked_and_its_answer_is_in_the_file() {
    let Some(story) = Story::start().await else {
        return;
    };
    let invoke =
        |payload: &'static str| [&INVOKE[..], &["size", "--payload", payload, "out.json"]].concat();
    let said = story.refused(&invoke("{}")).await;
    assert!(said.contains("(ResourceNotFoundException)"), "{said}");
    let mut settings = FunctionSettings::new("size", "size", support::binaries().join("bootstrap"));
    settings.environment.insert(
        "POLICY".to_owned(),
        "[default]\ncpu = 1\nmem = 4\n".to_owned(),
    );
    story.place.create_function(settings).unwrap();
    // The function's own error is in the file, and the answer says so.
    let failed = story.aws(&invoke(r#"{"version": 1}"#)).await;
    assert_eq!(failed["StatusCode"], 200);
    assert_eq!(failed["FunctionError"], "Unhandled");
    assert_eq!(story.file("out.json")["errorType"], "InputInvalid");
    let answered = story
        .aws(&invoke(
            r#"{"version": 1, "detail": {"action": "queued", "version": 1,
                "workflow_job": {"id": 1, "run_id": 2, "run_attempt": 1, "labels": ["self-hosted", "vcpu-2048-mem-8192"]},
                "repository": {"full_name": "o/r", "private": true, "owner": {"login": "o"}}}}"#,
        ))
        .await;
    assert_eq!(answered["StatusCode"], 200);
    assert_eq!(answered["ExecutedVersion"], "$LATEST");
    assert!(answered["FunctionError"].is_null(), "{answered}");
    let out = story.file("out.json");
    assert_eq!(out["job"]["repository"], "o/r");
    assert_eq!(out["decision"], "accepted", "{out}");
    assert_eq!(out["size"]["cpu"], json!(2048));
    let published = story
        .aws(&["lambda", "publish-version", "--function-name", "size"])
        .await;
    assert_eq!(published["Version"], "1");
    let alias = [
        "lambda",
        "create-alias",
        "--function-name",
        "size",
        "--name",
        "live",
        "--function-version",
        "1",
    ];
    let alias = story.aws(&alias).await;
    assert_eq!(alias["FunctionVersion"], "1");
    let listed = story.aws(&["lambda", "list-functions"]).await;
    assert_eq!(listed["Functions"][0]["FunctionName"], "size");
    story.end().await;
}
