//! Names and lines that would command a terminal are shown as text.

use super::{json, said};
use support::World;

/// Clears the screen, sets the title, rings, goes back to the line's start, and
/// turns the direction of writing.
const WORKFLOW: &str = r#"name: "\e]0;mine\a"
on: push
jobs:
  one:
    name: "\e[2Jbuild\r\u202Egpj\a"
    runs-on: [self-hosted, "1"]
    steps:
      - run: echo served
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_others_wrote_commands_nothing() {
    let world = World::start().await;
    world.commit(WORKFLOW);
    world.all_jobs_are_over().await;
    let jobs = json(&world, &["jobs"]).await;
    let row = &jobs["jobs"][0];
    let name = row["details"]["job"]["name"].as_str().unwrap();
    assert!(name.contains('\u{1b}'), "GitHub sent it as it is: {name:?}");
    let arn = row["arn"].as_str().unwrap();
    for words in [
        &["jobs"][..],
        &["jobs", "--no-trunc"],
        &["show", arn],
        &["history", arn],
        &["history", arn, "--full"],
        &["logs", arn],
        &["logs", arn, "--source", "function"],
    ] {
        let shown = said(&world, words).await;
        let commands = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!shown.contains(commands), "{words:?}: {shown:?}");
    }
    let table = said(&world, &["jobs", "--no-trunc"]).await;
    assert!(
        table.contains("\\u{1b}[2Jbuild\\r\\u{202e}gpj\\u{7}"),
        "{table}"
    );
    let log = said(&world, &["logs", arn]).await;
    assert!(log.contains("\\u{1b}[2Jbuild"), "{log}");
    // The name finds the job, as it is.
    let shown = json(
        &world,
        &["show", &format!("foo-organisation/jit-fargate-test/{name}")],
    )
    .await;
    assert_eq!(shown["row"]["arn"], arn);
    world.nothing_is_left().await;
}
