//! Step Size as Lambda calls it: settings, payloads, answers.

use domain::policy::{DEFAULT_LIMITS, Policy};
use domain::steps::Decision;
use handler::{Settings, SettingsInvalid, answer};
use serde_json::{Value, json};
use size::{State, handle};

fn state(pairs: &[(&str, &str)]) -> Result<State, SettingsInvalid> {
    State::from_settings(Settings::new(pairs.iter().copied()))
}

fn payload(labels: &[&str]) -> Value {
    json!({"version": 1, "detail": {
        "action": "queued", "delivery_id": "d", "version": 1,
        "workflow_job": {"id": 1, "run_id": 2, "run_attempt": 1, "name": "run-it (1)", "labels": labels},
        "repository": {"full_name": "o/r", "private": true, "owner": {"login": "o"}},
    }})
}

#[test]
fn a_policy_that_cannot_be_read_names_its_setting() {
    let error = state(&[("POLICY_FILE", "/no/such/policy.toml")]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("POLICY_FILE names /no/such/policy.toml"),
        "{error}"
    );
    let error = state(&[("POLICY", "cpus = 1")]).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("POLICY: The policy cannot be used: line 1"),
        "{error}"
    );
}

#[test]
fn a_deployment_without_the_policy_s_processor_is_refused_at_the_start() {
    for (architectures, policy, part) in [
        ("riscv", "", "may only name x86_64 and arm64"),
        (
            "arm64",
            "",
            "default asks for x64, but runners exist for arm64 only",
        ),
        (
            "x86_64",
            "[profiles.cheap]\narch = 'arm64'",
            "Set profiles.cheap.arch = \"x64\"",
        ),
        (
            "x86_64",
            "architectures = ['arm64']\n[default]\narch = 'arm64'",
            "architectures leaves no processor",
        ),
    ] {
        let error = state(&[("ARCHITECTURES", architectures), ("POLICY", policy)])
            .unwrap_err()
            .to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[tokio::test]
async fn a_processor_that_is_not_deployed_is_rejected_with_what_is() {
    let state = state(&[("ARCHITECTURES", "x86_64")]);
    for label in ["arm64", "fargate/arch=arm64"] {
        let out = answer(payload(&["fargate/cpu=1", label]), &state, &handle)
            .await
            .unwrap();
        assert_eq!(out.decision, Decision::Rejected);
        assert!(out.reason.contains(&format!("`{label}`")), "{}", out.reason);
        assert!(
            out.reason.contains("runners exist for x64 only"),
            "{}",
            out.reason
        );
    }
}

#[tokio::test]
async fn the_other_processor_is_offered_only_where_policy_and_labels_leave_it_open() {
    let policy = "capacity_fallback = 'architecture'\n[profiles.large]\ncpu = 4";
    for (architectures, policy, label, other) in [
        ("x86_64,arm64", policy, "fargate/cpu=2", "ARM64"),
        ("x86_64,arm64", policy, "fargate/cpu=2/arch=x64", ""),
        ("x86_64,arm64", policy, "profile=large", ""),
        ("x86_64", policy, "fargate/cpu=2", ""),
        ("x86_64,arm64", "", "fargate/cpu=2", ""),
        (
            "x86_64,arm64",
            "capacity_fallback = 'architecture'\narchitectures = ['x64']",
            "fargate/cpu=2",
            "",
        ),
    ] {
        let state = state(&[("ARCHITECTURES", architectures), ("POLICY", policy)]);
        let out = answer(payload(&[label]), &state, &handle).await.unwrap();
        assert_eq!(out.decision, Decision::Accepted, "{}", out.reason);
        assert_eq!(out.fallback_architecture, other, "{policy} {label}");
    }
}

#[tokio::test]
async fn payloads_of_another_form_are_refused() {
    for bad in [
        json!(null),
        json!({"version": 1}),
        json!({"version": 2, "detail": payload(&[])["detail"]}),
        json!({"version": 1, "detail": {"version": 1, "action": "queued"}}),
    ] {
        let failed = answer(bad, &state(&[]), &handle).await.unwrap_err();
        assert_eq!(failed.name, "InputInvalid");
    }
}

#[tokio::test]
async fn a_rejected_job_is_an_answer_with_all_fields() {
    let out = answer(payload(&["fargate/cpu=64"]), &state(&[]), &handle)
        .await
        .unwrap();
    let out = serde_json::to_value(out).unwrap();
    assert_eq!(out["decision"], "rejected");
    assert!(out["reason"].as_str().unwrap().contains("64 vCPU"));
    assert_eq!(out["size"]["cpu"], 1024);
    assert_eq!(out["limits"]["total_seconds"], 23_400);
}

#[tokio::test]
async fn the_policy_file_wins_over_the_policy() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[default]\ncpu = 2").unwrap();
    let state = state(&[
        ("POLICY_FILE", file.path().to_str().unwrap()),
        ("POLICY", "[default]\ncpu = 4"),
    ]);
    let out = answer(payload(&["fargate"]), &state, &handle)
        .await
        .unwrap();
    assert_eq!(out.size.cpu, 2048);
}

#[tokio::test]
async fn an_accepted_job_is_answered_as_the_machine_reads_it() {
    let out = answer(
        payload(&["self-hosted", "fargate/cpu=1/mem=3/arch=arm64"]),
        &state(&[]),
        &handle,
    )
    .await
    .unwrap();
    let hash = Policy::parse("").unwrap().hash;
    assert_eq!(
        serde_json::to_value(out).unwrap(),
        json!({
            "version": 1, "decision": "accepted", "reason": "", "policy_hash": hash,
            "job": {"id": 1, "run_id": 2, "run_attempt": 1, "repository": "o/r", "owner": "o", "name": "run-it (1)",
                    "workflow_name": "", "labels": ["self-hosted", "fargate/cpu=1/mem=3/arch=arm64"],
                    "html_url": "", "created_at": ""},
            "size": {"cpu": 1024, "memory_mib": 3072, "storage_gib": 20, "architecture": "ARM64", "capacity": "on_demand"},
            "fallback_architecture": "",
            "limits": {"start_seconds": 600, "idle_seconds": 600, "total_seconds": 23_400},
        })
    );
}

#[test]
fn the_example_policy_shows_the_defaults() {
    let example = Policy::parse(include_str!("../policy.example.toml")).unwrap();
    let empty = Policy::parse("").unwrap();
    assert_eq!(example.default, empty.default);
    assert_eq!(example.maximum, empty.maximum);
    assert_eq!(example.limits, DEFAULT_LIMITS);
    assert_eq!(example.other_labels, empty.other_labels);
    assert_eq!(example.spot_allowed, empty.spot_allowed);
    assert_eq!(example.architectures, empty.architectures);
    assert_eq!(example.capacity_fallback, empty.capacity_fallback);
}
