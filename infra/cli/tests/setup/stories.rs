//! What goes right: created, installed, written; interrupted and gone on with;
//! replaced when that is agreed.

use crate::page::{address, created, get, installed};
use crate::story::{KEY, ORG, SECRET, Story};
use nix::sys::signal::Signal;
use serde_json::json;

#[tokio::test]
async fn an_app_is_created_stored_installed_and_written_down() {
    let story = Story::begin().await;
    std::fs::write(story.settings(), r#"{"runnerGroupId": 7}"#).unwrap();
    let mut setup = story.create(&[]);
    let start = address(&mut setup).await;
    let page = get(&start).await;
    for words in [
        "organization_self_hosted_runners",
        KEY,
        SECRET,
        "workflow_job",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("<code>administration"), "{}", page.body);
    let back = created(&story, &start).await;
    let page = get(&back).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("/apps/my-runners/installations/new"));
    // The same address again shows the same, and uses the code no second time.
    let again = get(&back).await;
    assert_eq!(again.body, page.body);
    let done = get(&installed(&story).await).await;
    assert!(done.body.contains("The App is installed"), "{}", done.body);
    let ended = setup.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    for words in [
        "cargo xtask package",
        "npx cdk deploy",
        "jit-runners setup --webhook",
    ] {
        assert!(ended.said.contains(words), "{}", ended.said);
    }
    let key = story.secret(KEY).await.unwrap();
    assert!(key.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    assert_eq!(story.secret(SECRET).await.unwrap().len(), 40);
    let api_url = format!("{}/api/v3", story.github.base_url());
    let wanted = json!({
        "name": "jit-runners", "scope": "organization", "runnerGroupId": 7,
        "github": {"appId": 123_457, "installationId": 98_765_433, "apiUrl": api_url},
    });
    assert_eq!(story.written().unwrap(), wanted);
    let shown = page.body + &done.body;
    story.end(&[&ended], &shown).await;
}

#[tokio::test]
async fn a_setup_that_was_stopped_before_the_installation_is_gone_on_with() {
    let story = Story::begin().await;
    let mut setup = story.create(&[]);
    let start = address(&mut setup).await;
    get(&created(&story, &start).await).await;
    setup.signal(Signal::SIGINT);
    let stopped = setup.ended().await;
    assert_eq!(stopped.status.code(), Some(1));
    let words = "--app-id 123457";
    assert!(stopped.complained.contains(words), "{}", stopped.complained);
    assert_eq!(story.written(), None);

    // With another key, and with a file that is none: nothing changes.
    let key = story.secret(KEY).await.unwrap();
    let other = story.folder.path().join("other.pem");
    std::fs::write(&other, github_emulator::app_private_key_pem()).unwrap();
    let path = other.display().to_string();
    let more = ["--app-id", "123457", "--private-key", &path, "--yes"];
    let refused = story.create(&more).ended().await;
    assert!(
        refused.complained.contains("by this key")
            && refused.complained.contains("nothing was changed"),
        "{}",
        refused.complained
    );
    assert_eq!(story.secret(KEY).await.unwrap(), key);
    std::fs::remove_file(other).unwrap();

    installed(&story).await;
    let ended = story.create(&["--app-id", "123457"]).ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert_eq!(story.written().unwrap()["github"]["appId"], 123_457);
    story.end(&[&stopped, &refused, &ended], "").await;
}

#[tokio::test]
async fn the_key_goes_into_kms_and_signs_from_there() {
    let story = Story::begin().await;
    let mut setup = story.create(&["--key-to-kms"]);
    let start = address(&mut setup).await;
    let page = get(&start).await;
    assert!(
        page.body
            .contains("the KMS key alias/jit-runners/github-app-key")
    );
    get(&created(&story, &start).await).await;
    get(&installed(&story).await).await;
    let ended = setup.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert_eq!(story.secret(KEY).await, None);
    assert_eq!(story.secret(SECRET).await.unwrap().len(), 40);
    let arn = story.written().unwrap()["github"]["appKeyKmsArn"].clone();
    assert!(arn.as_str().unwrap().starts_with("arn:aws:kms:"), "{arn}");

    // The App signs by KMS now, here and when its webhook is set.
    let more = ["--app-id", "123457", "--key-to-kms"];
    let again = story.create(&more).ended().await;
    assert_eq!(again.status.code(), Some(0), "{}", again.complained);
    assert_eq!(story.written().unwrap()["github"]["appKeyKmsArn"], arn);
    let aws = story.place.endpoint();
    let nowhere = ["--webhook", "--webhook-url", "http://127.0.0.1:9/"];
    let hooked = story.start(&aws, &nowhere).ended().await;
    assert!(hooked.said.contains("sends the events of the App 123457"));
    let words = "a ping was answered with 0 (failed to connect to host)";
    assert!(hooked.complained.contains(words), "{}", hooked.complained);
    story.end(&[&ended, &again, &hooked], &page.body).await;
}

#[tokio::test]
async fn what_exists_is_replaced_when_that_was_said() {
    let story = Story::begin().await;
    story.place.put_secret(KEY, "the old key");
    let mut setup = story.create(&["--yes", "--scope", "repository"]);
    let start = address(&mut setup).await;
    let page = get(&start).await;
    assert!(page.body.contains("<code>administration"), "{}", page.body);
    get(&created(&story, &start).await).await;
    get(&installed(&story).await).await;
    let ended = setup.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert!(story.secret(KEY).await.unwrap().contains("BEGIN RSA"));
    assert_eq!(story.written().unwrap()["scope"], "repository");
    let ask = format!("--organization {ORG}");
    assert!(!ended.said.contains(&ask));
    story.end(&[&ended], "").await;
}
