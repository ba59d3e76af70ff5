//! Runners are registered, looked for and removed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ORG, REPO, story};

#[tokio::test]
async fn an_unknown_group_is_not_found() {
    let story = story().await;
    let body = json!({"name": "jit-1", "runner_group_id": 9, "labels": ["self-hosted"]});
    let path = format!("/orgs/{ORG}/actions/runners/generate-jitconfig");
    assert_eq!(story.post(&path, &body).await.0, 404);
    assert_eq!(
        story
            .get(&format!("/orgs/{ORG}/actions/runner-groups/9"))
            .await
            .0,
        404
    );
    story.emulator.add_runner_group(9, "large ones");
    let (_, group) = story
        .get(&format!("/orgs/{ORG}/actions/runner-groups/9"))
        .await;
    assert_eq!(group["name"], "large ones");
    assert_eq!(story.post(&path, &body).await.0, 201);
}

#[tokio::test]
async fn names_and_labels_beyond_the_limits_are_refused_with_a_reason() {
    let story = story().await;
    let many: Vec<String> = (0..101).map(|number| format!("l{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let long = "x".repeat(65);
    for (name, labels) in [
        ("jit-1", &[][..]),
        ("jit-1", &many),
        (&long, &["a"]),
        ("", &["a"]),
    ] {
        let (status, body) = story.mint(name, labels).await;
        assert_eq!(status, 422);
        assert!(body["errors"][0].is_string(), "{body}");
    }
    let path = format!("/orgs/{ORG}/actions/runners/generate-jitconfig");
    assert_eq!(
        story
            .post(&path, &json!({"name": "jit-1", "labels": ["a"]}))
            .await
            .0,
        422
    );
    assert!(story.emulator.runners().is_empty());
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_conflict_until_the_runner_is_deleted() {
    let story = story().await;
    let (_, first) = story.mint("jit-1", &["self-hosted"]).await;
    let (status, body) = story.mint("JIT-1", &["self-hosted"]).await;
    assert_eq!(status, 409);
    assert_eq!(
        body["message"],
        "Already exists - A runner with the name JIT-1 already exists."
    );
    let path = format!("/orgs/{ORG}/actions/runners/{}", first["runner"]["id"]);
    assert_eq!(story.delete(&path).await.0, 204);
    assert_eq!(story.delete(&path).await.0, 404);
    assert_eq!(story.get(&path).await.0, 404);
    assert_eq!(story.mint("jit-1", &["self-hosted"]).await.0, 201);
}

#[tokio::test]
async fn another_organisation_is_not_found() {
    let story = story().await;
    assert_eq!(
        story.get("/orgs/bar-organisation/actions/runners").await.0,
        404
    );
    assert_eq!(
        story
            .get(&format!("/repos/bar/{REPO}/actions/runners"))
            .await
            .0,
        404
    );
    assert_eq!(story.get("/nowhere").await.0, 404);
}

#[tokio::test]
async fn labels_come_back_once_each_and_in_lower_case_with_nothing_added() {
    let story = story().await;
    let (_, minted) = story
        .mint("jit-1", &["Self-Hosted", "self-hosted", "Fargate/CPU=2"])
        .await;
    let labels = minted["runner"]["labels"].as_array().unwrap();
    let labels: Vec<&Value> = labels.iter().map(|label| &label["name"]).collect();
    assert_eq!(labels, ["self-hosted", "fargate/cpu=2"]);
    assert_eq!(minted["runner"]["status"], "offline");
    assert_eq!(minted["runner"]["busy"], false);
    assert_eq!(minted["runner"]["ephemeral"], true);
}

#[tokio::test]
async fn a_jit_configuration_has_the_real_format_and_size() {
    let story = story().await;
    let (_, minted) = story.mint("jit-1", &["self-hosted"]).await;
    let encoded = minted["encoded_jit_config"].as_str().unwrap();
    assert!((3_800..5_500).contains(&encoded.len()), "{}", encoded.len());
    let files: Value = serde_json::from_slice(&STANDARD.decode(encoded).unwrap()).unwrap();
    let file = |name: &str| -> Value {
        serde_json::from_slice(&STANDARD.decode(files[name].as_str().unwrap()).unwrap()).unwrap()
    };
    assert_eq!(file(".runner")["agentName"], "jit-1");
    assert_eq!(file(".runner")["workFolder"], "_work");
    assert_eq!(file(".credentials")["scheme"], "OAuth");
    assert!(file(".credentials")["data"]["clientId"].is_string());
    assert_eq!(file(".credentials_rsaparams")["exponent"], "AQAB");
}

#[tokio::test]
async fn the_list_is_paged_and_its_name_filter_is_not_exact() {
    let story = story().await;
    for number in 1..=12 {
        story.mint(&format!("jit-{number}"), &["self-hosted"]).await;
    }
    let path = format!("/orgs/{ORG}/actions/runners");
    let (_, found) = story.get(&format!("{path}?name=jit-1")).await;
    assert_eq!(found["total_count"], 4, "jit-1, jit-10, jit-11, jit-12");
    let second = format!("{path}?per_page=5&page=2");
    let response = story.send(Method::GET, &second, &story.token, None).await;
    let link = response.headers()["link"].to_str().unwrap();
    let next = format!(
        "<{}{path}?per_page=5&page=3>; rel=\"next\"",
        story.emulator.base_url()
    );
    assert!(link.contains(&next), "{link}");
    let (_, page) = story.get(&format!("{path}?per_page=5&page=3")).await;
    assert_eq!(page["total_count"], 12);
    assert_eq!(page["runners"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_repository_s_runner_is_not_the_organisation_s() {
    let story = story().await;
    let body = json!({"name": "jit-1", "runner_group_id": 1, "labels": ["self-hosted"]});
    let path = format!("/repos/{ORG}/{REPO}/actions/runners");
    let (status, minted) = story
        .post(&format!("{path}/generate-jitconfig"), &body)
        .await;
    assert_eq!(status, 201);
    let id = &minted["runner"]["id"];
    assert_eq!(story.get(&format!("{path}/{id}")).await.0, 200);
    assert_eq!(
        story
            .get(&format!("/orgs/{ORG}/actions/runners/{id}"))
            .await
            .0,
        404
    );
    assert_eq!(
        story
            .delete(&format!("/orgs/{ORG}/actions/runners/{id}"))
            .await
            .0,
        404
    );
    assert_eq!(story.delete(&format!("{path}/{id}")).await.0, 204);
}

#[tokio::test]
async fn a_busy_runner_is_not_deleted() {
    let story = story().await;
    let run =
        story.commit("on: push\njobs: {build: {runs-on: self-hosted, steps: [{run: sleep 30}]}}");
    let runner = story.runner("jit-1", &["self-hosted"]).await;
    let job = story.emulator.jobs_of(run)[0].id;
    story
        .until(|github| github.job(job).unwrap().status == github_emulator::JobStatus::InProgress)
        .await;
    let id = story.emulator.runners()[0].id;
    let path = format!("/orgs/{ORG}/actions/runners/{id}");
    let (_, shown) = story.get(&path).await;
    assert_eq!(
        (&shown["busy"], &shown["status"]),
        (&json!(true), &json!("online"))
    );
    let (status, body) = story.delete(&path).await;
    assert_eq!(status, 422);
    assert!(
        body["message"]
            .as_str()
            .unwrap()
            .contains("currently running a job"),
        "{body}"
    );
    story.emulator.cancel_job(job);
    runner.end().await;
    assert_eq!(story.delete(&path).await.0, 404, "gone with its one job");
}

#[tokio::test]
async fn a_runner_that_never_comes_is_removed_after_a_day() {
    let story = story().await;
    story.mint("jit-1", &["self-hosted"]).await;
    story.clock.forward(TimeDelta::hours(23));
    story.emulator.tick();
    assert_eq!(story.emulator.runners().len(), 1);
    story.clock.forward(TimeDelta::hours(1));
    story.emulator.tick();
    assert!(story.emulator.leftovers().is_empty());
}
