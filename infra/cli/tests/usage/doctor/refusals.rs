//! What doctor cannot even begin with.

use super::{at, told_at};
use crate::program::{run, with_the_others};
use std::net::TcpListener;

#[tokio::test]
async fn wrong_words_are_answered_with_where_to_read_on() {
    for (words, wanted) in [
        (&["doctor", "--nope"][..], &["'--nope'"][..]),
        (&["doctor", "--output", "xml"], &["'xml'"]),
        (&["doctor", "--region"], &["--region <REGION>"]),
    ] {
        let ended = run(&with_the_others(), words).await;
        ended.assert_sentence(2, &[wanted, &["see jit-runners doctor --help"]].concat());
    }
}

#[tokio::test]
async fn no_region_is_said_with_the_ways_to_name_one() {
    let mut command = tokio::process::Command::new(with_the_others());
    command.args(["doctor"]).env_clear();
    command.env("AWS_CONFIG_FILE", "/dev/null");
    command.env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    // Nobody is asked for a region but the environment and the files.
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    let output = command.output().await.unwrap();
    let complained = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{complained}");
    assert!(complained.contains("no AWS region is set"), "{complained}");
    assert!(complained.contains("give --region"), "{complained}");
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_one_wrong_line_and_nothing_is_called_right() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let told = told_at(&endpoint).await;
    told.assert_wrong("account.identity", "got no answer");
    assert!(told.ids("ok").is_empty());
    assert!(told.ids("unknown").len() > 40);
}

#[tokio::test]
async fn a_place_without_the_fleet_is_said_by_its_name() {
    let place = local::Place::start(local::Settings::default())
        .await
        .unwrap();
    let ended = at(&place.endpoint(), &["--fleet", "other"]).await;
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        ended.said.contains("there is no function other-mint"),
        "{}",
        ended.said
    );
    place.shutdown().await;
}
