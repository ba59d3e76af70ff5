//! The trimmed event: what it keeps, what it refuses, and that it stays small.

use domain::event::{MAX_BYTES, read, trim};
use serde_json::{Value, json};

fn delivery() -> Value {
    json!({
        "action": "queued",
        "workflow_job": {
            "id": 1, "run_id": 2, "run_attempt": 1, "name": "run-it (1)", "workflow_name": "JIT test",
            "head_branch": "main", "head_sha": "abc", "html_url": "https://github.com/o/r/actions/runs/2/job/1",
            "status": "queued", "conclusion": null, "created_at": "2026-11-23T10:00:00Z",
            "labels": ["self-hosted", "1"], "runner_id": null, "runner_name": null, "runner_group_id": null,
            "steps": [{"name": "left out"}],
        },
        "repository": {"id": 3, "name": "r", "full_name": "o/r", "private": true, "visibility": "private",
                       "owner": {"login": "o", "id": 4}},
        "organization": {"login": "o", "url": "left out"},
        "sender": {"login": "x"},
        "installation": {"id": 99},
    })
}

#[test]
fn what_reading_leaves_out_nobody_misses() {
    let text = delivery().to_string();
    let read = read(text.as_bytes()).unwrap();
    assert_eq!(trim(&read, "d"), trim(&delivery(), "d"));
    assert_eq!(read.pointer("/organization/url"), None);
    assert_eq!(read.get("installation"), None);
}

#[test]
fn what_is_left_out_must_be_json_all_the_same() {
    for text in [
        "",
        "{",
        r#"{"left out": }"#,
        r#"{"left out": [1,]}"#,
        r#"{"action": "queued"} more"#,
        "not JSON",
    ] {
        assert!(read(text.as_bytes()).is_err(), "{text}");
    }
    for text in [
        "null",
        "[1, -1, 1.5, true]",
        r#""text""#,
        r#"{"action": "a"}"#,
    ] {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text.as_bytes()).unwrap(), value);
    }
}

#[test]
fn what_is_no_job_event_is_refused_with_the_field() {
    for (path, field) in [
        ("/action", "action"),
        ("/workflow_job", "workflow_job.id"),
        ("/workflow_job/id", "workflow_job.id"),
        ("/workflow_job/run_attempt", "workflow_job.run_attempt"),
        ("/repository/full_name", "repository.full_name"),
        ("/repository/owner", "repository.owner.login"),
    ] {
        let mut payload = delivery();
        *payload.pointer_mut(path).unwrap() = json!([true]);
        let error = trim(&payload, "d").unwrap_err();
        assert_eq!(error.field, field);
        assert!(error.to_string().contains(field), "{error}");
    }
    for payload in [json!(null), json!([]), json!("queued"), json!(7)] {
        assert!(trim(&payload, "d").is_err());
    }
}

#[test]
fn a_job_of_a_server_that_counts_no_attempts_is_in_its_first() {
    let mut payload = delivery();
    let job = payload["workflow_job"].as_object_mut().unwrap();
    job.remove("run_attempt");
    assert_eq!(trim(&payload, "d").unwrap().workflow_job.run_attempt, 1);
}

#[test]
fn a_huge_delivery_is_cut_below_the_limit() {
    for filler in ["x", "\u{0}", "\"", "\u{1F3C3}"] {
        let long = filler.repeat(100_000);
        let mut payload = delivery();
        payload["action"] = json!(long);
        for part in ["workflow_job", "repository"] {
            for (_, value) in payload[part].as_object_mut().unwrap() {
                if value.is_string() || value.is_null() {
                    *value = json!(long);
                }
            }
        }
        payload["workflow_job"]["labels"] = json!(vec![long.clone(); 500]);
        for pointer in [
            "/repository/owner/login",
            "/organization/login",
            "/sender/login",
        ] {
            *payload.pointer_mut(pointer).unwrap() = json!(long);
        }
        let trimmed = trim(&payload, &long).unwrap();
        let written = serde_json::to_string(&trimmed).unwrap().len();
        assert!(written < MAX_BYTES, "{written} bytes");
        assert_eq!(trimmed.workflow_job.labels.len(), 101);
    }
}

#[test]
fn github_s_field_names_are_kept_and_the_rest_is_dropped() {
    let trimmed = serde_json::to_value(trim(&delivery(), "guid").unwrap()).unwrap();
    let mut expected = delivery();
    expected["workflow_job"]
        .as_object_mut()
        .unwrap()
        .remove("steps");
    expected["repository"]["owner"] = json!({"login": "o"});
    expected["organization"] = json!({"login": "o"});
    expected.as_object_mut().unwrap().remove("installation");
    expected["delivery_id"] = json!("guid");
    expected["version"] = json!(1);
    assert_eq!(trimmed, expected);
}

#[test]
fn only_what_says_so_is_private() {
    let mut event = trim(&delivery(), "d").unwrap();
    for (private, visibility, public) in [
        (true, Some("private"), false),
        (true, Some("internal"), false),
        (true, None, false),
        (false, Some("public"), true),
        (false, None, true),
        (true, Some("public"), true),
    ] {
        event.repository.private = private;
        event.repository.visibility = visibility.map(str::to_owned);
        assert_eq!(
            event.repository.is_public(),
            public,
            "{private} {visibility:?}"
        );
    }
}
