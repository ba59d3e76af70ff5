//! GitHub's side broken, one thing at a time.

use super::{deliver, end, settings, stage, stage_with, told};
use github_emulator::{Access, Fault, FaultKind, RunnerGroup};
use secrecy::SecretString;

const RUNNERS: &str = "organization_self_hosted_runners";

#[tokio::test]
async fn a_permission_that_is_missing_is_named() {
    for (name, access) in [
        (RUNNERS, None),
        (RUNNERS, Some(Access::Read)),
        ("actions", None),
    ] {
        let stage = stage().await;
        stage.github.set_permission(name, access);
        let told = told(&stage).await;
        told.assert_wrong("github.permissions", name);
        end(stage, &[&told.text]).await;
    }
}

#[tokio::test]
async fn an_event_that_is_not_subscribed_to_is_named() {
    let stage = stage().await;
    stage.github.set_events(&["push"]);
    told(&stage)
        .await
        .assert_wrong("github.events", "workflow_job");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_suspended_installation_is_said() {
    let stage = stage().await;
    stage.github.suspend_installation(true);
    told(&stage)
        .await
        .assert_wrong("github.installation", "suspended since");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_webhook_that_leads_elsewhere_is_said() {
    let stage = stage().await;
    let elsewhere = "https://example.com/hook";
    stage
        .github
        .set_webhook(elsewhere, stage.webhook_secret.clone());
    told(&stage)
        .await
        .assert_wrong("github.webhook", "does not lead to the function");
    end(stage, &[]).await;
}

#[tokio::test]
async fn deliveries_that_were_refused_are_said_with_their_status() {
    let stage = stage().await;
    let secret = SecretString::from("another secret than the function's");
    stage
        .github
        .set_webhook(stage.fleet.webhook_url.clone(), secret);
    deliver(&stage, 2).await;
    let told_wrong = told(&stage).await;
    told_wrong.assert_wrong("github.deliveries", "ended with 401");
    assert!(
        told_wrong.with("wrong")[0]["fix"]
            .as_str()
            .unwrap()
            .contains("signature")
    );
    // A good one afterwards leaves a warning.
    stage.github.set_webhook(
        stage.fleet.webhook_url.clone(),
        stage.webhook_secret.clone(),
    );
    deliver(&stage, 3).await;
    told(&stage)
        .await
        .assert_warning("github.deliveries", "1 of the last 3 failed");
    end(stage, &[&told_wrong.text]).await;
}

#[tokio::test]
async fn deliveries_that_nobody_took_are_said() {
    let stage = stage().await;
    stage
        .github
        .set_webhook("http://127.0.0.1:9/", stage.webhook_secret.clone());
    deliver(&stage, 2).await;
    stage.github.set_webhook(
        stage.fleet.webhook_url.clone(),
        stage.webhook_secret.clone(),
    );
    told(&stage)
        .await
        .assert_wrong("github.deliveries", "ended with 0");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_runner_group_that_shuts_out_what_the_policy_serves_is_said() {
    let mut settings = settings();
    settings
        .policy
        .push_str("\npublic = [\"foo-organisation/site\"]\n");
    let stage = stage_with(settings).await;
    let closed = RunnerGroup {
        allows_public_repositories: false,
        ..RunnerGroup::open("Default")
    };
    stage.github.set_runner_group(1, closed);
    told(&stage)
        .await
        .assert_wrong("github.runner-group", "public repositories");
    let empty = RunnerGroup {
        selected_repositories: Some(Vec::new()),
        ..RunnerGroup::open("Default")
    };
    stage.github.set_runner_group(1, empty);
    told(&stage)
        .await
        .assert_wrong("github.runner-group", "no repository at all");
    let others = RunnerGroup {
        selected_repositories: Some(vec!["jit-fargate-test".to_owned()]),
        ..RunnerGroup::open("Default")
    };
    stage.github.set_runner_group(1, others);
    told(&stage)
        .await
        .assert_warning("github.runner-group", "not for foo-organisation/site");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_key_that_github_does_not_take_is_said_once() {
    let stage = stage().await;
    let fault = Fault {
        method: "GET".to_owned(),
        path_contains: "/app".to_owned(),
        times: 100,
        kind: FaultKind::Status(
            401,
            Vec::new(),
            r#"{"message":"A JSON web token could not be decoded"}"#.to_owned(),
        ),
    };
    stage.github.inject(fault);
    let told = told(&stage).await;
    told.assert_wrong("github.app", "refuses the App's signature");
    assert!(
        told.ids("unknown").contains(&"github.webhook"),
        "{}",
        told.text
    );
    end(stage, &[&told.text]).await;
}

#[tokio::test]
async fn github_out_of_reach_is_unknown_not_right() {
    let stage = stage().await;
    let fault = Fault {
        method: "GET".to_owned(),
        path_contains: String::new(),
        times: 100,
        kind: FaultKind::Status(503, Vec::new(), String::new()),
    };
    stage.github.inject(fault);
    let told = told(&stage).await;
    assert_eq!(told.ids("wrong"), Vec::<&str>::new(), "{}", told.text);
    let unknown = told.ids("unknown");
    assert!(unknown.contains(&"github.app") && unknown.contains(&"github.deliveries"));
    end(stage, &[]).await;
}
