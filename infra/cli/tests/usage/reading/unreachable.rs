//! AWS that cannot be asked: nobody at the endpoint, no credentials.

use super::environment;
use super::refusals::COMMANDS;
use crate::program::{alone, run_with};
use std::net::TcpListener;

#[tokio::test]
async fn an_endpoint_that_nobody_serves_is_said() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    for words in COMMANDS {
        let ended = run_with(&alone(), words, &environment(&endpoint)).await;
        ended.assert_sentence(
            1,
            &[
                "Nothing answers ListStateMachines",
                "--endpoint-url",
                "jit-runners up",
            ],
        );
    }
}

#[tokio::test]
async fn missing_credentials_are_said() {
    let mut environment = environment("http://127.0.0.1:9");
    environment.retain(|(name, _)| !name.contains("KEY"));
    environment.extend([
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_SESSION_TOKEN", ""),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ""),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", ""),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", ""),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HOME", "/nonexistent"),
    ]);
    for words in COMMANDS {
        let ended = run_with(&alone(), words, &environment).await;
        ended.assert_sentence(
            1,
            &[
                "No AWS credentials were found",
                "--profile",
                "aws sso login",
            ],
        );
    }
}
