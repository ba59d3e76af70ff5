//! How a test's clients reach the scripted AWS.

#![allow(missing_docs, unreachable_pub)]

use aws::config::{Config, Overrides};

pub async fn at(url: &str) -> Config {
    Config::load(Overrides {
        endpoint: Some(url.to_owned()),
        region: Some("us-east-1".to_owned()),
        credentials: Some(("test".to_owned(), "test".to_owned())),
        ..Overrides::default()
    })
    .await
}
