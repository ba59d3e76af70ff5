//! What `jit-runners smoke` refuses before it makes anything: one sentence each.

use crate::program::{Ended, alone, run};
use crate::smoke::{start, world};
use support::World;

/// Nothing was made, and one sentence was said.
async fn refused(world: World, ended: Ended, wanted: &[&str]) {
    ended.assert_sentence(1, wanted);
    assert!(world.stage.github.branches().is_empty());
    assert!(world.stage.github.runs().is_empty());
    world.nothing_is_left().await;
}

#[tokio::test]
async fn without_a_token_it_says_which() {
    let world = world().await;
    let ended = start(&world, &[], &[("GITHUB_TOKEN", "")]).ended().await;
    refused(world, ended, &["GITHUB_TOKEN", "GH_TOKEN", "--synthetic"]).await;
}

#[tokio::test]
async fn a_token_that_github_does_not_take_is_said() {
    let world = world().await;
    let ended = start(&world, &[], &[("GITHUB_TOKEN", "ghp_wrong")])
        .ended()
        .await;
    refused(world, ended, &["GitHub does not take the token"]).await;
}

#[tokio::test]
async fn a_repository_that_is_not_there_is_said() {
    let world = world().await;
    let words = ["--repository", "foo-organisation/none"];
    // The last one given would be two: the program is asked afresh.
    let endpoint = world.stage.place.endpoint();
    let environment = [
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("GITHUB_TOKEN", crate::smoke::TOKEN),
    ];
    let mut all = vec![
        "smoke",
        "--endpoint-url",
        &endpoint,
        "--region",
        "us-east-1",
    ];
    all.extend(words);
    let ended = crate::program::Program::start_in(&alone(), &all, &environment)
        .ended()
        .await;
    refused(
        world,
        ended,
        &["no repository foo-organisation/none", "check its name"],
    )
    .await;
}

#[tokio::test]
async fn a_fleet_that_is_not_there_is_said_with_the_region() {
    let world = world().await;
    let ended = start(&world, &["--fleet", "other"], &[]).ended().await;
    refused(
        world,
        ended,
        &["no fleet other in us-east-1", "--fleet", "--region"],
    )
    .await;
}

#[tokio::test]
async fn a_token_without_the_permission_to_push_workflows_leaves_no_branch() {
    let world = World::start().await;
    let token = secrecy::SecretString::from(crate::smoke::TOKEN);
    let some = [
        ("contents", github_emulator::Access::Write),
        ("actions", github_emulator::Access::Write),
        ("metadata", github_emulator::Access::Read),
    ];
    world.stage.github.add_user_token(&token, &some);
    let ended = start(&world, &[], &[]).ended().await;
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(ended.said, "");
    let last = ended.complained.lines().last().unwrap();
    assert!(
        last.contains("the token needs contents, workflows and actions"),
        "{last}"
    );
    assert!(world.stage.github.branches().is_empty());
    world.nothing_is_left().await;
}

#[tokio::test]
async fn wrong_words_are_answered_with_where_to_read_on() {
    for (words, wanted) in [
        (
            &["smoke"][..],
            &["required", "see jit-runners smoke --help"][..],
        ),
        (
            &["smoke", "--repository", "o/r", "--event-bus"],
            &["see jit-runners smoke --help"],
        ),
        (
            &["smoke", "--repository", "o/r", "--synthetic", "--keep"],
            &["--keep"],
        ),
    ] {
        run(&alone(), words).await.assert_sentence(2, wanted);
    }
    let words = ["smoke", "--repository", "o/r", "--label", "a b"];
    run(&alone(), &words)
        .await
        .assert_sentence(1, &["\"a b\"", "cannot stand in a workflow"]);
}
