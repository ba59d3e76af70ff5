//! Runners that may not work, or cannot: what they say, and their exit codes.

use crate::support::{ARTICLE, ORG, start_runner, story};

#[tokio::test]
async fn a_configuration_that_is_not_one_ends_with_a_sentence_and_code_1() {
    let (code, said) = start_runner("bm90IGpzb24=", &[]).end().await;
    assert_eq!(code, 1);
    assert!(said.contains("cannot be read"), "{said}");
}

#[tokio::test]
async fn a_deleted_registration_is_said_and_ends_with_code_1() {
    let story = story().await;
    let (_, minted) = story.mint("jit-1", &["self-hosted"]).await;
    let id = &minted["runner"]["id"];
    let (status, _) = story
        .delete(&format!("/orgs/{ORG}/actions/runners/{id}"))
        .await;
    assert_eq!(status, 204);
    let config = minted["encoded_jit_config"].as_str().unwrap();
    let (code, said) = start_runner(config, &[]).end().await;
    assert_eq!(code, 1);
    assert!(said.contains("registration has been deleted"), "{said}");
}

#[tokio::test]
async fn a_spent_configuration_cannot_be_used_again() {
    let story = story().await;
    story.commit(&ARTICLE.replace("[1, 2]", "[1]"));
    let (_, minted) = story.mint("jit-1", &["self-hosted", "1"]).await;
    let config = minted["encoded_jit_config"].as_str().unwrap();
    assert_eq!(start_runner(config, &[]).end().await.0, 0);
    assert_eq!(start_runner(config, &[]).end().await.0, 1);
}

#[tokio::test]
async fn a_refused_version_has_its_own_code_only_where_that_was_asked_for() {
    let story = story().await;
    story.emulator.refuse_runner_version(true);
    let (_, minted) = story.mint("jit-1", &["self-hosted"]).await;
    let config = minted["encoded_jit_config"].as_str().unwrap();
    assert_eq!(start_runner(config, &[]).end().await.0, 1);
    let asked = [("ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE", "1")];
    let (code, said) = start_runner(config, &asked).end().await;
    assert_eq!(code, 7);
    assert!(
        said.contains("is deprecated and cannot receive messages"),
        "{said}"
    );
}

#[tokio::test]
async fn a_second_session_of_one_runner_is_refused() {
    let story = story().await;
    let (_, minted) = story.mint("jit-1", &["self-hosted"]).await;
    let config = minted["encoded_jit_config"].as_str().unwrap();
    let _first = start_runner(config, &[]);
    story
        .until(|github| github.runners().iter().any(|runner| runner.online))
        .await;
    assert_eq!(start_runner(config, &[]).end().await.0, 5);
}

#[tokio::test]
async fn a_github_that_goes_away_ends_the_runner_with_code_2() {
    let story = story().await;
    let runner = story.runner("jit-1", &["self-hosted"]).await;
    story
        .until(|github| github.runners().iter().any(|runner| runner.online))
        .await;
    story.emulator.shutdown().await;
    let (code, said) = runner.end().await;
    assert_eq!(code, 2, "{said}");
}
