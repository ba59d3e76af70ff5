//! `jit-runners doctor` against a deployed fleet: each single thing that is
//! broken gives exactly its own wrong line, with what mends it.

mod aws_alone;
mod aws_answers;
mod aws_stub;
mod fleet;
mod github;
mod refusals;
mod report;

use crate::program::{Ended, run_with, with_the_others};
use jit_runners::fleet::Binaries;
use jit_runners::stage::{Settings, Stage};
use secrecy::ExposeSecret as _;
use serde_json::Value;

/// The settings of a stage with the binaries that were built.
fn settings() -> Settings {
    Settings::new(Binaries::in_folder(support::binaries()).unwrap())
}

/// A deployed fleet that has had one good delivery.
async fn stage() -> Stage {
    stage_with(settings()).await
}

async fn stage_with(settings: Settings) -> Stage {
    let stage = Stage::start(settings).await.unwrap();
    deliver(&stage, 1).await;
    stage
}

/// Sends a ping and waits until `count` deliveries are noted.
async fn deliver(stage: &Stage, count: usize) {
    stage.github.ping();
    let patience = std::time::Duration::from_secs(60);
    let noted = stage
        .github
        .wait_until(patience, |github| github.deliveries().len() >= count);
    assert!(noted.await, "the ping was never delivered");
}

/// Runs doctor on the stage's place, by its words.
async fn doctor(stage: &Stage, words: &[&str]) -> Ended {
    at(&stage.place.endpoint(), words).await
}

async fn at(endpoint: &str, words: &[&str]) -> Ended {
    let mut all = vec!["doctor", "--endpoint-url", endpoint];
    all.extend(words);
    let variables = [
        ("AWS_REGION", local::REGION),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ];
    run_with(&with_the_others(), &all, &variables).await
}

/// Its report for programs.
struct Told {
    code: i32,
    report: Value,
    text: String,
}

async fn told(stage: &Stage) -> Told {
    told_at(&stage.place.endpoint()).await
}

async fn told_at(endpoint: &str) -> Told {
    let ended = at(endpoint, &["--output", "json"]).await;
    assert_eq!(ended.complained, "");
    Told {
        code: ended.status.code().unwrap(),
        report: serde_json::from_str(&ended.said).unwrap(),
        text: ended.said,
    }
}

impl Told {
    fn with(&self, status: &str) -> Vec<&Value> {
        let checks = self.report["checks"].as_array().unwrap();
        checks
            .iter()
            .filter(|check| check["status"] == status)
            .collect()
    }

    /// The ids with this status, each once.
    fn ids(&self, status: &str) -> Vec<&str> {
        let mut ids: Vec<&str> = self
            .with(status)
            .iter()
            .map(|check| check["id"].as_str().unwrap())
            .collect();
        ids.dedup();
        ids
    }

    /// Exactly this is wrong, seen as `observed`, and there is a way to mend it.
    fn assert_wrong(&self, id: &str, observed: &str) {
        assert_eq!(self.ids("wrong"), [id], "{}", self.text);
        let wrong = self.with("wrong")[0];
        let seen = wrong["observed"].as_str().unwrap();
        assert!(seen.contains(observed), "{seen}");
        assert!(!wrong["fix"].as_str().unwrap().is_empty());
        assert_eq!(self.code, 1);
    }

    /// Nothing is wrong, but this deserves a look.
    fn assert_warning(&self, id: &str, observed: &str) {
        assert_eq!(self.ids("wrong"), Vec::<&str>::new(), "{}", self.text);
        assert_eq!(self.ids("warning"), [id], "{}", self.text);
        let seen = self.with("warning")[0]["observed"].as_str().unwrap();
        assert!(seen.contains(observed), "{seen}");
        assert_eq!(self.code, 0);
    }
}

/// Ends the stage; no secret that was given out stands in `said`.
async fn end(stage: Stage, said: &[&str]) {
    let pem = stage.github.app_private_key_pem().to_owned();
    let mut secrets = vec![stage.webhook_secret.expose_secret().to_owned()];
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    secrets.extend(lines.map(str::to_owned));
    let issued = stage.github.issued_secrets();
    secrets.extend(
        issued
            .iter()
            .map(|one| one.value.expose_secret().to_owned()),
    );
    for said in said {
        for secret in &secrets {
            assert!(!said.contains(secret.as_str()), "a secret is shown");
        }
    }
    stage.shutdown().await;
}
