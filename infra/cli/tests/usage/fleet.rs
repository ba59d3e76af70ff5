//! A fleet that a command is pointed at, and its executions in the states that
//! stories begin with.

use crate::program::{Ended, Program, alone};
use aws_config::{BehaviorVersion, Region};
use aws_sdk_sfn::config::Credentials;
use github_emulator::{Fault, FaultKind};
use observe::fleet::Fleet;
use observe::names::{DEFAULT_FLEET, Names};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use support::World;

/// The environment that points the SDK at nothing but the flags.
pub(crate) const ENVIRONMENT: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "local"),
    ("AWS_SECRET_ACCESS_KEY", "local"),
    ("AWS_CONFIG_FILE", "/dev/null"),
    ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
];

/// The command's words with those that name the fleet.
pub(crate) fn words(world: &World, words: &[&str]) -> Vec<String> {
    let endpoint = world.stage.place.endpoint();
    let target = ["--endpoint-url", &endpoint, "--region", "us-east-1"];
    words
        .iter()
        .chain(&target)
        .map(|word| (*word).to_owned())
        .collect()
}

pub(crate) fn start(world: &World, given: &[&str]) -> Program {
    let words = words(world, given);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Program::start_in(&alone(), &words, &ENVIRONMENT)
}

/// The fleet as the command reads it.
pub(crate) async fn fleet(world: &World) -> Fleet {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(world.stage.place.endpoint())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .load()
        .await;
    Fleet::new(&config, Names::new(DEFAULT_FLEET))
}

/// Runs the command to its end; no secret and no hand-over key is printed.
pub(crate) async fn run(world: &World, given: &[&str]) -> Ended {
    let ended = start(world, given).ended().await;
    shows_no_secret(world, &ended).await;
    ended
}

pub(crate) async fn shows_no_secret(world: &World, ended: &Ended) {
    let executions = world.executions().await;
    let keys = executions
        .into_iter()
        .flat_map(|execution| execution.handover_keys);
    let github = &world.stage.github;
    let issued = github.issued_secrets().into_iter();
    let secrets = issued.map(|one| one.value.expose_secret().to_owned());
    for secret in keys.chain(secrets) {
        assert!(
            !ended.said.contains(&secret) && !ended.complained.contains(&secret),
            "a secret was printed"
        );
    }
}

/// What was printed for programs.
pub(crate) fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.said)
        .unwrap_or_else(|error| panic!("{error}: {}{}", ended.said, ended.complained))
}

/// GitHub refuses the next mints for good: their executions fail with GitHubRefused.
pub(crate) fn refuse_mints(world: &World, times: u32) {
    answer_mints(world, times, 403, &[]);
}

/// GitHub answers the next mints with this status.
pub(crate) fn answer_mints(world: &World, times: u32, status: u16, headers: &[(&str, &str)]) {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let body = "{\"message\":\"ordered by a test\"}".to_owned();
    world.stage.github.inject(Fault {
        method: "POST".to_owned(),
        path_contains: "/generate-jitconfig".to_owned(),
        times,
        kind: FaultKind::Status(status, headers, body),
    });
}

/// The name of the only execution.
pub(crate) async fn the_only_one(world: &World) -> String {
    let executions = world.executions().await;
    assert_eq!(executions.len(), 1);
    name(&executions[0].arn)
}

/// An execution's name.
pub(crate) fn name(arn: &str) -> String {
    arn.rsplit(':').next().unwrap().to_owned()
}
