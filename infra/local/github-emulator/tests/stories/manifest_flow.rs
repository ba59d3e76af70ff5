//! An App from a manifest, as a browser and its maker do it, from refusals to
//! the first signed delivery.

use aws_lc_rs::rsa::KeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use hmac::{Hmac, Mac};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{ARTICLE, ORG, Story, sign, story};

fn manifest() -> Value {
    json!({
        "name": "jit-runners of acme", "url": "https://example.com/",
        "hook_attributes": {"url": "https://example.com/hook"},
        "redirect_url": "http://127.0.0.1:9/callback", "setup_url": "http://127.0.0.1:9/installed",
        "public": false,
        "default_permissions": {"organization_self_hosted_runners": "write", "actions": "read"},
        "default_events": ["workflow_job"],
    })
}

/// A browser that shows where it is sent instead of going there.
fn browser() -> reqwest::Client {
    let policy = reqwest::redirect::Policy::none();
    let browser = reqwest::Client::builder().no_proxy().redirect(policy);
    browser.build().unwrap()
}

async fn submit(story: &Story, path: &str, fields: &[(&str, &str)]) -> Response {
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let url = format!("{}{path}", story.emulator.base_url());
    let request = browser().post(url).body(body.join("&"));
    let form = "application/x-www-form-urlencoded";
    request.header("content-type", form).send().await.unwrap()
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn location(response: &Response) -> String {
    assert_eq!(response.status(), StatusCode::FOUND);
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// Presses "Create"; the code.
async fn created(story: &Story) -> String {
    let path = format!("/organizations/{ORG}/settings/apps/manifest");
    let text = manifest().to_string();
    let fields = [
        ("manifest", text.as_str()),
        ("name", "My App"),
        ("state", "s/1"),
    ];
    let back = location(&submit(story, &path, &fields).await);
    let rest = back
        .strip_prefix("http://127.0.0.1:9/callback?code=")
        .unwrap();
    rest.strip_suffix("&state=s%2F1").unwrap().to_owned()
}

async fn convert(story: &Story, code: &str) -> (u16, Value) {
    story
        .post(&format!("/app-manifests/{code}/conversions"), &json!({}))
        .await
}

#[tokio::test]
async fn a_manifest_that_is_none_is_refused_with_github_s_words() {
    let story = story().await;
    let changed = |key: &str, value: Value| {
        let mut manifest = manifest();
        manifest[key] = value;
        manifest.to_string()
    };
    let path = format!("/organizations/{ORG}/settings/apps/new");
    for (text, wanted) in [
        ("{".to_owned(), "EOF"),
        (changed("url", json!("")), "wasn&#39;t supplied"),
        (
            changed("hook_attributes", json!({"active": false})),
            "wasn&#39;t supplied",
        ),
        (
            changed("hook_attributes", json!({"url": "http://localhost:3000/"})),
            "reachable over the public Internet (localhost)",
        ),
        (
            changed("default_permissions", json!({"metadata": "read"})),
            "Default events unsupported: workflow_job",
        ),
        (
            changed("default_permissions", json!({"runners": "write"})),
            "not included in the list",
        ),
    ] {
        let answer = submit(&story, &path, &[("manifest", &text)]).await;
        assert_eq!(answer.status(), 422, "{text}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("Invalid GitHub App configuration"), "{page}");
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let text = manifest().to_string();
    let elsewhere = "/organizations/other/settings/apps/new";
    let answer = submit(&story, elsewhere, &[("manifest", &text)]).await;
    assert_eq!(answer.status(), 404);
    let long = "x".repeat(35);
    let path = format!("/organizations/{ORG}/settings/apps/manifest");
    let answer = submit(&story, &path, &[("manifest", &text), ("name", &long)]).await;
    let page = answer.text().await.unwrap();
    assert!(page.contains("Name is too long (maximum is 34 characters)"));
}

#[tokio::test]
async fn a_code_is_good_once_and_for_an_hour() {
    let story = story().await;
    let code = created(&story).await;
    assert_eq!(convert(&story, "another").await.0, 404);
    assert_eq!(convert(&story, &code).await.0, 201);
    assert_eq!(convert(&story, &code).await.0, 404);
    let code = created(&story).await;
    story.clock.forward(TimeDelta::minutes(61));
    assert_eq!(convert(&story, &code).await.0, 404);
}

#[tokio::test]
async fn the_new_app_signs_in_once_installed_and_gets_signed_events() {
    let story = story().await;
    let path = format!("/organizations/{ORG}/settings/apps/new?state=s");
    let text = manifest().to_string();
    let page = submit(&story, &path, &[("manifest", &text)]).await;
    let page = page.text().await.unwrap();
    assert!(page.contains("value=\"jit-runners of acme\""), "{page}");
    assert!(page.contains(&format!("Create GitHub App for {ORG}</button>")));

    let (_, app) = convert(&story, &created(&story).await).await;
    assert_eq!(app["slug"], "my-app");
    let body: String = app["pem"]
        .as_str()
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let key = KeyPair::from_der(&STANDARD.decode(body).unwrap()).unwrap();
    let now = story.clock.now().timestamp();
    let jwt = sign(
        &json!({"iss": app["id"], "iat": now - 60, "exp": now + 540}),
        &key,
    );
    let get = async |path: &str| -> Value {
        let answer = story.send(Method::GET, path, &jwt, None).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    };
    // The App before it is gone.
    let before = story.send(Method::GET, "/app", &story.jwt(), None).await;
    assert_eq!(before.status(), 401);
    assert_eq!(get("/app").await["name"], "My App");
    assert_eq!(get("/app/installations").await, json!([]));

    let page = format!(
        "{}/apps/my-app/installations/new",
        story.emulator.base_url()
    );
    let page = browser().get(page).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("Install</button>"));
    let back = location(&submit(&story, "/apps/my-app/installations", &[]).await);
    let id = get("/app/installations").await[0]["id"].clone();
    let wanted = format!("http://127.0.0.1:9/installed?installation_id={id}&setup_action=install");
    assert_eq!(back, wanted);
    let path = format!("/app/installations/{id}/access_tokens");
    let token = story
        .send(Method::POST, &path, &jwt, Some(&json!({})))
        .await;
    assert_eq!(token.status(), 201);

    // Signed with the App's own secret; nothing but this machine is ever asked.
    story.commit(ARTICLE);
    story.until(|github| !github.deliveries().is_empty()).await;
    let delivery = &story.emulator.deliveries()[0];
    assert_eq!(delivery.url, "https://example.com/hook");
    assert_eq!(delivery.status, "failed to connect to host");
    let header = &delivery.request_headers["X-Hub-Signature-256"];
    let secret = app["webhook_secret"].as_str().unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(delivery.request_payload.as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    assert_eq!(*header, format!("sha256={signature}"));
}
