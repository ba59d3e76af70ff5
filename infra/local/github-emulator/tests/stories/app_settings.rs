//! The App as its owner sees and changes it: permissions, events, suspension,
//! webhook, runner groups, how much of the hour is left.

use github_emulator::{Access, RunnerGroup, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ARTICLE, ORG, REPO, Story, story, story_with};

async fn as_app(story: &Story, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
    let response = story.send(method, path, &story.jwt(), body).await;
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

#[tokio::test]
async fn only_the_app_itself_may_read_or_change_its_webhook() {
    let story = story().await;
    assert_eq!(story.get("/app/hook/config").await.0, 401);
    let body = json!({"url": "http://127.0.0.1:9/"});
    let path = "/app/hook/config";
    let answer = story.send(Method::PATCH, path, &story.token, Some(&body));
    assert_eq!(answer.await.status(), 401);
}

#[tokio::test]
async fn a_content_type_that_does_not_exist_is_refused() {
    let story = story().await;
    let body = json!({"content_type": "xml"});
    let (status, answer) = as_app(&story, Method::PATCH, "/app/hook/config", Some(&body)).await;
    assert_eq!(
        (status, &answer["message"]),
        (422, &json!("Validation Failed"))
    );
}

#[tokio::test]
async fn a_suspended_installation_gets_no_token_and_says_since_when() {
    let story = story().await;
    story.emulator.suspend_installation(true);
    let refused = story.ask_token(&story.jwt(), &json!({})).await;
    assert_eq!(refused.status(), 403);
    let path = "/app/installations/98765432";
    let (_, shown) = as_app(&story, Method::GET, path, None).await;
    assert_eq!(shown["suspended_at"], "2026-11-23T17:44:59Z");
    assert!(shown["suspended_by"].is_object());
    story.emulator.suspend_installation(false);
    assert_eq!(
        story.ask_token(&story.jwt(), &json!({})).await.status(),
        201
    );
    let (_, all) = as_app(&story, Method::GET, "/app/installations", None).await;
    assert_eq!(all[0]["suspended_at"], Value::Null);
}

#[tokio::test]
async fn a_permission_taken_away_is_gone_from_the_app_and_from_new_tokens() {
    let story = story().await;
    let name = "organization_self_hosted_runners";
    story.emulator.set_permission(name, None);
    let (_, app) = as_app(&story, Method::GET, "/app", None).await;
    assert_eq!(app["permissions"][name], Value::Null);
    assert_eq!(
        story.new_token(&json!({})).await["permissions"][name],
        Value::Null
    );
    story.emulator.set_permission(name, Some(Access::Read));
    let (_, app) = as_app(&story, Method::GET, "/app", None).await;
    assert_eq!(app["permissions"][name], "read");
}

#[tokio::test]
async fn without_the_subscription_no_job_is_announced() {
    let story = story().await;
    story.emulator.set_events(&["push"]);
    story.emulator.set_webhook("http://127.0.0.1:9/", "secret");
    story.commit(ARTICLE);
    story.emulator.ping();
    story.until(|github| !github.deliveries().is_empty()).await;
    let events: Vec<String> = story
        .emulator
        .deliveries()
        .into_iter()
        .map(|one| one.event)
        .collect();
    assert_eq!(events, ["ping"]);
    let (_, app) = as_app(&story, Method::GET, "/app", None).await;
    assert_eq!(app["events"], json!(["push"]));
}

#[tokio::test]
async fn the_webhook_is_shown_without_its_secret_and_can_be_changed() {
    let story = story().await;
    let (status, none) = as_app(&story, Method::GET, "/app/hook/config", None).await;
    assert_eq!((status, none), (200, json!({})));
    let body = json!({"url": "http://127.0.0.1:9/", "secret": "s3cret", "insecure_ssl": "1"});
    let (status, changed) = as_app(&story, Method::PATCH, "/app/hook/config", Some(&body)).await;
    let wanted = json!({
        "url": "http://127.0.0.1:9/", "content_type": "json", "insecure_ssl": "1", "secret": "********",
    });
    assert_eq!((status, &changed), (200, &wanted));
    let (_, shown) = as_app(&story, Method::GET, "/app/hook/config", None).await;
    assert_eq!(shown, wanted);
}

#[tokio::test]
async fn a_group_says_which_repositories_it_is_for() {
    let story = story().await;
    let path = format!("/orgs/{ORG}/actions/runner-groups/1");
    let (_, open) = story.get(&path).await;
    assert_eq!(
        (&open["visibility"], &open["allows_public_repositories"]),
        (&json!("all"), &json!(true))
    );
    let group = RunnerGroup {
        allows_public_repositories: false,
        selected_repositories: Some(vec![REPO.to_owned()]),
        ..RunnerGroup::open("Default")
    };
    story.emulator.set_runner_group(1, group);
    let (_, closed) = story.get(&path).await;
    assert_eq!(
        (&closed["visibility"], &closed["allows_public_repositories"]),
        (&json!("selected"), &json!(false))
    );
    let (_, selected) = story.get(&format!("{path}/repositories")).await;
    assert_eq!(
        selected["repositories"][0]["full_name"],
        format!("{ORG}/{REPO}")
    );
    assert_eq!(
        story
            .get(&format!("/orgs/{ORG}/actions/runner-groups/7/repositories"))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn asking_how_much_is_left_is_free() {
    assert_eq!(story().await.get("/rate_limit").await.0, 404);
    let settings = Settings {
        rate_limit: Some(5000),
        ..Settings::default()
    };
    let story = story_with(settings).await;
    for _ in 0..2 {
        let (_, left) = story.get("/rate_limit").await;
        assert_eq!(left["resources"]["core"]["remaining"], 5000);
    }
    story.get(&format!("/orgs/{ORG}/actions/runners")).await;
    let (_, left) = story.get("/rate_limit").await;
    assert_eq!(left["resources"]["core"]["remaining"], 4999);
}
