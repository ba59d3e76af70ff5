//! A redriven execution: its attempts are told apart, and several executions of
//! one job.

use super::{json, only_row, said, text};
use github_emulator::FaultKind;
use support::{World, workflows};

#[tokio::test(flavor = "multi_thread")]
async fn a_redrive_is_a_second_attempt() {
    let world = World::start().await;
    world.stage.github.inject(github_emulator::Fault {
        method: "POST".to_owned(),
        path_contains: "/generate-jitconfig".to_owned(),
        times: 1,
        kind: FaultKind::Status(403, Vec::new(), "{}".to_owned()),
    });
    world.commit(&workflows::one("echo served"));
    world.executions_have_ended(1).await;
    let arn = text(&only_row(&world).await["arn"]);
    world.redrive(&arn).await;
    world.all_jobs_are_over().await;
    let shown = json(&world, &["show", &arn]).await;
    let attempts = shown["attempts"].as_array().unwrap();
    let ends: Vec<String> = attempts
        .iter()
        .map(|attempt| text(&attempt["end"]))
        .collect();
    assert_eq!(ends, ["failed", "succeeded"]);
    assert_eq!(attempts[0]["error"], "GitHubRefused");
    assert_eq!(shown["row"]["redrive_count"], 1);
    // The redrive went on in Escalate, and the machine started over.
    let visits = shown["visits"].as_array().unwrap();
    let escalate = visits
        .iter()
        .find(|visit| visit["state"] == "Escalate")
        .unwrap();
    assert_eq!(escalate["tries"].as_array().unwrap().len(), 2, "{escalate}");
    let sizes: Vec<&serde_json::Value> = visits
        .iter()
        .filter(|visit| visit["state"] == "Size")
        .map(|visit| &visit["attempt"])
        .collect();
    assert_eq!(sizes, [1, 2]);
    assert!(
        visits.iter().all(|visit| visit["end"] != "running"),
        "{shown}"
    );
    let table = said(&world, &["show", &arn]).await;
    for words in ["redriven 1×", "first run, redrive 1", "GitHubRefused"] {
        assert!(table.contains(words), "{words:?} in {table}");
    }
    let history = said(&world, &["history", &arn]).await;
    assert!(history.contains("ExecutionRedriven"), "{history}");
    assert!(history.contains("redrive 1"), "{history}");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_executions_the_one_that_answers_is_shown() {
    let world = World::start().await;
    world.commit(&workflows::one("sleep 1"));
    let queued = || {
        let deliveries = world.stage.github.deliveries();
        deliveries.into_iter().find(|delivery| {
            delivery.action.as_deref() == Some("queued") && delivery.status_code == 202
        })
    };
    world
        .until("the delivery was answered", || async { queued().is_some() })
        .await;
    assert!(world.stage.github.redeliver(queued().unwrap().id));
    world.executions_have_ended(2).await;
    world.all_jobs_are_over().await;
    let jobs = json(&world, &["jobs"]).await;
    let rows = jobs["jobs"].as_array().unwrap();
    let is_duplicate = |row: &&serde_json::Value| row["details"]["outcome"] == "duplicate";
    let duplicate = rows.iter().find(is_duplicate).unwrap();
    let served = rows.iter().find(|row| !is_duplicate(row)).unwrap();
    let id = served["details"]["job"]["id"].to_string();
    let shown = json(&world, &["show", &id]).await;
    assert_eq!(shown["row"]["name"], served["name"]);
    assert_eq!(shown["same_job"], serde_json::json!([duplicate["name"]]));
    let table = said(&world, &["show", &id]).await;
    assert!(table.contains("Other executions of this job"), "{table}");
    assert!(
        table.contains(duplicate["name"].as_str().unwrap()),
        "{table}"
    );
    world.nothing_is_left().await;
}
