//! Step Escalate as Lambda calls it.

use domain::names::failure;
use escalate::{State, handle};
use handler::{Failed, answer};
use serde_json::{Value, json};

async fn escalate(payload: Value) -> Result<Value, Failed> {
    let answer = answer(payload, &Ok(State), &handle).await?;
    Ok(serde_json::to_value(answer).expect("answers are JSON"))
}

fn payload(name: &str, error: &str, cause: &str) -> Value {
    json!({
        "version": 1, "redrive_count": 0, "failed_at_redrive": 0,
        "failure": {"name": name, "error": error, "cause": cause},
        "job": {"id": 7, "run_id": 2, "run_attempt": 1, "repository": "o/r", "owner": "o", "name": "build",
                "html_url": "https://github.com/o/r/actions/runs/2/job/7"},
    })
}

#[tokio::test]
async fn an_unknown_version_still_fails_the_execution() {
    let failed = escalate(json!({"version": 9, "failure": {}}))
        .await
        .unwrap_err();
    assert_eq!(failed.name, "InputInvalid");
}

#[tokio::test]
async fn a_job_that_size_never_gave_does_not_matter() {
    for job in [json!(null), json!({}), json!("x")] {
        let mut payload = payload("StepFailed", "States.Timeout", "");
        payload["job"] = job;
        let failed = escalate(payload).await.unwrap_err();
        assert_eq!(failed.name, "StepFailed");
        assert!(
            failed
                .message
                .contains("Original error: States.Timeout\nOriginal cause: (none)")
        );
    }
}

#[tokio::test]
async fn a_huge_cause_is_cut_to_what_step_functions_takes() {
    for filler in ["x", "\"", "\u{1}", "\u{1F3C3}"] {
        let huge = filler.repeat(300_000);
        let mut payload = payload("JobRejected", &huge, &huge);
        payload["job"]["name"] = json!(huge);
        let failed = escalate(payload).await.unwrap_err();
        let document =
            json!({"errorType": failed.name, "errorMessage": failed.message}).to_string();
        assert!(document.len() < 32 * 1024, "{} bytes", document.len());
        assert!(
            failed.message.contains("Original error"),
            "the error is kept"
        );
    }
}

#[tokio::test]
async fn every_name_of_ours_is_kept_and_explained() {
    for name in failure::ALL {
        let failed = escalate(payload(name, "E", "not { json"))
            .await
            .unwrap_err();
        assert_eq!(failed.name, *name);
        for part in [
            "redrive this execution",
            "build of o/r (id 7, attempt 1)",
            "Original error: E\nOriginal cause: not { json",
        ] {
            assert!(
                failed.message.contains(part),
                "{part} is missing in: {}",
                failed.message
            );
        }
    }
}

#[tokio::test]
async fn without_a_name_the_error_decides() {
    for (name, error, expected) in [
        ("", "GitHubRefused", failure::GITHUB_REFUSED),
        ("", "SettingsInvalid", failure::SETTINGS_INVALID),
        ("", "Lambda.TooManyRequestsException", failure::STEP_FAILED),
        ("", "", failure::STEP_FAILED),
        ("States.ALL", "States.Timeout", failure::STEP_FAILED),
        ("configuration", "x", failure::CONFIGURATION_REFUSED),
        (
            "runner_version_refused",
            "x",
            failure::RUNNER_VERSION_REFUSED,
        ),
    ] {
        let failed = escalate(payload(name, error, "c")).await.unwrap_err();
        assert_eq!(failed.name, expected, "{name} {error}");
    }
}

#[tokio::test]
async fn only_a_redrive_since_the_failure_starts_over() {
    for (redrives, at, starts_over) in [(0, 0, false), (1, 0, true), (1, 1, false), (3, 1, true)] {
        let mut payload = payload("TriesExhausted", "e", "c");
        payload["redrive_count"] = json!(redrives);
        payload["failed_at_redrive"] = json!(at);
        let answer = escalate(payload).await;
        match starts_over {
            true => assert_eq!(
                answer.unwrap(),
                json!({"version": 1, "outcome": "start_over"})
            ),
            false => assert_eq!(answer.unwrap_err().name, "TriesExhausted"),
        }
    }
}
