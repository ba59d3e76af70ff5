//! Lists in pages: every one of them, by its `Link` header alone.

use github_emulator::{RunnerGroup, Settings};
use reqwest::Method;
use serde_json::Value;

use crate::support::{ARTICLE, ORG, REPO, Story, story, story_with};

/// A page: what is in it, and where its links lead, below the emulator's address.
async fn page(story: &Story, token: &str, path: &str) -> (Vec<Value>, Vec<(String, String)>) {
    let response = story.send(Method::GET, path, token, None).await;
    assert_eq!(response.status(), 200);
    let text = response.headers().get("link").cloned();
    let text = text.map_or(String::new(), |link| link.to_str().unwrap().to_owned());
    let base = story.emulator.base_url();
    let link = |link: &str| {
        let (address, name) = link.split_once(">; rel=").unwrap();
        let path = address.strip_prefix(&format!("<{base}")).unwrap();
        (name.trim_matches('"').to_owned(), path.to_owned())
    };
    let links = text.split(", ").filter(|link| !link.is_empty());
    let links = links.map(link).collect();
    let body: Value = response.json().await.unwrap();
    let items = match &body {
        Value::Array(items) => items.clone(),
        Value::Object(fields) => {
            let list = fields.values().find_map(Value::as_array);
            list.unwrap().clone()
        }
        other => panic!("{other}"),
    };
    (items, links)
}

fn leads(links: &[(String, String)], name: &str) -> Option<String> {
    let found = links.iter().find(|(one, _)| one == name);
    found.map(|(_, path)| path.clone())
}

/// Every item, one a page, as `next` leads.
async fn all(story: &Story, token: &str, path: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mark = if path.contains('?') { '&' } else { '?' };
    let mut next = Some(format!("{path}{mark}per_page=1"));
    while let Some(path) = next {
        let (items, links) = page(story, token, &path).await;
        assert_eq!(items.len(), 1, "{path}");
        all.extend(items);
        next = leads(&links, "next");
    }
    all
}

#[tokio::test]
async fn every_list_is_read_to_its_end_by_its_links() {
    let story = story().await;
    story.emulator.create_repository("second", true);
    let group = RunnerGroup {
        selected_repositories: Some(vec![REPO.to_owned(), "second".to_owned()]),
        ..RunnerGroup::open("Selected")
    };
    story.emulator.set_runner_group(7, group);
    let run = story.commit(ARTICLE);
    story.commit(ARTICLE);
    for name in ["jit-1", "jit-2"] {
        assert_eq!(story.mint(name, &["a"]).await.0, 201);
    }
    let actions = format!("/repos/{ORG}/{REPO}/actions");
    let groups = format!("/orgs/{ORG}/actions/runner-groups");
    for path in [
        format!("/orgs/{ORG}/actions/runners?name=jit"),
        groups.clone(),
        format!("{groups}/7/repositories"),
        format!("{actions}/runs?branch=main"),
        format!("{actions}/runs/{run}/jobs"),
    ] {
        let mut items = all(&story, &story.token, &path).await;
        assert_eq!(items.len(), 2, "{path}");
        items.dedup();
        assert_eq!(items.len(), 2, "{path}: the same on both pages");
    }
    let jwt = story.jwt();
    assert_eq!(all(&story, &jwt, "/app/installations").await.len(), 1);
}

#[tokio::test]
async fn thirty_are_on_a_page_at_most_a_hundred_and_none_beyond_the_last() {
    let story = story().await;
    for number in 0..101 {
        assert_eq!(story.mint(&format!("jit-{number}"), &["a"]).await.0, 201);
    }
    let path = format!("/orgs/{ORG}/actions/runners");
    let (items, links) = page(&story, &story.token, &path).await;
    assert_eq!(items.len(), 30);
    assert_eq!(leads(&links, "last"), Some(format!("{path}?page=4")));
    let (items, links) = page(&story, &story.token, &format!("{path}?per_page=1000")).await;
    assert_eq!(items.len(), 100);
    let next = leads(&links, "next").unwrap();
    let (items, links) = page(&story, &story.token, &next).await;
    assert_eq!(items.len(), 1);
    let names: Vec<&str> = links.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["prev", "first"]);
    let beyond = format!("{path}?page=9");
    let (items, links) = page(&story, &story.token, &beyond).await;
    assert!(items.is_empty());
    assert_eq!(leads(&links, "next"), None);
}

#[tokio::test]
async fn deliveries_lead_onwards_and_never_back() {
    let story = story_with(Settings::default()).await;
    story.emulator.set_webhook("http://127.0.0.1:9/", "secret");
    for _ in 0..3 {
        story.emulator.ping();
    }
    story.until(|github| github.deliveries().len() == 3).await;
    let jwt = story.jwt();
    let path = "/app/hook/deliveries";
    let ids: Vec<u64> = all(&story, &jwt, path)
        .await
        .iter()
        .map(|one| one["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids.len(), 3);
    assert!(
        ids.is_sorted_by(|one, next| one > next),
        "{ids:?}: newest first"
    );
    let (_, links) = page(&story, &jwt, &format!("{path}?per_page=2")).await;
    let next = leads(&links, "next").unwrap();
    assert!(next.contains("cursor="), "{next}");
    assert_eq!(links.len(), 1);
    let (items, links) = page(&story, &jwt, &next).await;
    assert_eq!((items.len(), links.len()), (1, 0));
}

#[tokio::test]
async fn groups_are_those_that_a_repository_may_use() {
    let story = story().await;
    story.emulator.create_repository("open", false);
    let group = RunnerGroup {
        allows_public_repositories: false,
        ..RunnerGroup::open("Private")
    };
    story.emulator.set_runner_group(7, group);
    let path = format!("/orgs/{ORG}/actions/runner-groups?visible_to_repository=");
    for (repository, count) in [(REPO, 2), ("open", 1), ("none", 0)] {
        let path = format!("{path}{repository}");
        let (items, _) = page(&story, &story.token, &path).await;
        assert_eq!(items.len(), count, "{repository}");
    }
}
