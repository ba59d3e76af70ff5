//! Given: GitHub, the place, a folder for the settings. When: setup runs. Then:
//! what is stored, what is written, and that no secret is anywhere else.

use crate::program::{Ended, Program, alone};
use chrono::{DateTime, TimeDelta, Utc};
use github_emulator::{Emulator, SecretKind};
use local::Place;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub(crate) const ORG: &str = "foo-organisation";
pub(crate) const KEY: &str = "jit-runners/github-app-key";
pub(crate) const SECRET: &str = "jit-runners/github-webhook-secret";

pub(crate) struct Story {
    pub(crate) github: Emulator,
    pub(crate) place: Place,
    pub(crate) folder: TempDir,
    clock: Arc<Mutex<TimeDelta>>,
}

impl Story {
    pub(crate) async fn begin() -> Self {
        let clock = Arc::new(Mutex::new(TimeDelta::zero()));
        let ahead = Arc::clone(&clock);
        let settings = github_emulator::Settings {
            clock: Arc::new(move || -> DateTime<Utc> { Utc::now() + *ahead.lock().unwrap() }),
            ..github_emulator::Settings::default()
        };
        Self {
            github: Emulator::start(settings).await.unwrap(),
            place: Place::start(local::Settings::default()).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
            clock,
        }
    }

    pub(crate) fn forward(&self, by: TimeDelta) {
        *self.clock.lock().unwrap() += by;
    }

    pub(crate) fn settings(&self) -> PathBuf {
        self.folder.path().join("jit-runners.json")
    }

    /// `setup --organization ORG`, with more words.
    pub(crate) fn create(&self, more: &[&str]) -> Program {
        self.create_at(&self.place.endpoint(), more)
    }

    /// The same with AWS at another address.
    pub(crate) fn create_at(&self, aws: &str, more: &[&str]) -> Program {
        let github = self.github.base_url();
        let mut words = vec!["--organization", ORG, "--no-browser"];
        words.extend(["--github-url", &github]);
        words.extend(more);
        self.start(aws, &words)
    }

    pub(crate) fn start(&self, aws: &str, words: &[&str]) -> Program {
        let binary = alone().display().to_string();
        let settings = self.settings().display().to_string();
        let mut all = vec![
            "AWS_ACCESS_KEY_ID=local",
            "AWS_SECRET_ACCESS_KEY=local",
            "AWS_REGION=eu-central-1",
            "AWS_CONFIG_FILE=/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
            binary.as_str(),
            "setup",
            "--endpoint-url",
            aws,
            "--settings",
            settings.as_str(),
        ];
        all.extend(words);
        Program::start(Path::new("/usr/bin/env"), &all)
    }

    /// A secret's value, as AWS's API gives it.
    pub(crate) async fn secret(&self, name: &str) -> Option<String> {
        let answer = ask(&self.place.endpoint(), name).await;
        answer["SecretString"].as_str().map(str::to_owned)
    }

    pub(crate) fn written(&self) -> Option<Value> {
        let text = std::fs::read_to_string(self.settings()).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }

    /// Neither what was said nor any file holds a secret; the rest is gone.
    pub(crate) async fn end(self, ended: &[&Ended], shown: &str) {
        let mut texts = vec![shown.to_owned()];
        for one in ended {
            texts.extend([one.said.clone(), one.complained.clone()]);
        }
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            texts.push(std::fs::read_to_string(entry.unwrap().path()).unwrap());
        }
        for issued in self.github.issued_secrets() {
            let value = issued.value.expose_secret();
            // A line of the key is enough to find it.
            let needle = match issued.kind {
                SecretKind::AppKey => value.lines().nth(3).unwrap(),
                _ => value,
            };
            for text in &texts {
                assert!(!text.contains(needle), "{:?} is in: {text}", issued.kind);
            }
        }
        self.place.shutdown().await;
        self.github.shutdown().await;
    }
}

async fn ask(endpoint: &str, name: &str) -> Value {
    let body = json!({"SecretId": name}).to_string();
    let answer = crate::page::http(
        endpoint,
        "POST",
        "/",
        &[
            ("x-amz-target", "secretsmanager.GetSecretValue"),
            ("content-type", "application/x-amz-json-1.1"),
        ],
        &body,
    )
    .await;
    serde_json::from_str(&answer.body).unwrap_or_default()
}
