//! What the stories share: an emulator, an App that signs in, a runner process.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "shared by test files, each uses its part"
)]

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use github_emulator::{Emulator, Settings};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

pub(crate) const LIMIT: Duration = Duration::from_secs(20);
pub(crate) const ORG: &str = "foo-organisation";
pub(crate) const REPO: &str = "jit-fargate-test";

/// The workflow of the article's test plan.
pub(crate) const ARTICLE: &str = r"name: AWS Fargate JIT test

on:
  push:

jobs:
  run-it:
    strategy:
      matrix:
        job_num: [1, 2]
    runs-on:
      - self-hosted
      - ${{ matrix.job_num }}
    steps:
      - name: Echo job_num
        run: |
          echo executing job_num: ${{ matrix.job_num }}
";

/// A clock that tests move.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(
            "2026-11-23T17:44:59Z".parse().unwrap(),
        )))
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    pub(crate) fn forward(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

/// GitHub with one private repository, and the App's token once it signed in.
pub(crate) struct Story {
    pub(crate) emulator: Emulator,
    pub(crate) clock: TestClock,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
}

pub(crate) async fn story() -> Story {
    story_with(Settings::default()).await
}

/// The clock of `settings` is replaced by the story's.
pub(crate) async fn story_with(mut settings: Settings) -> Story {
    let clock = TestClock::new();
    let ticking = clock.clone();
    settings.clock = Arc::new(move || ticking.now());
    let emulator = Emulator::start(settings).await.unwrap();
    emulator.create_repository(REPO, true);
    let http = reqwest::Client::builder()
        .user_agent("story")
        .no_proxy()
        .build()
        .unwrap();
    let mut story = Story {
        emulator,
        clock,
        http,
        token: String::new(),
    };
    story.token = story.new_token(&json!({})).await["token"]
        .as_str()
        .unwrap()
        .to_owned();
    story
}

impl Story {
    pub(crate) async fn new_token(&self, body: &Value) -> Value {
        let response = self.ask_token(&self.jwt(), body).await;
        assert_eq!(response.status(), 201);
        response.json().await.unwrap()
    }

    pub(crate) async fn ask_token(&self, jwt: &str, body: &Value) -> Response {
        let path = "/app/installations/98765432/access_tokens";
        self.send(Method::POST, path, jwt, Some(body)).await
    }

    /// A JWT as an App should make it.
    pub(crate) fn jwt(&self) -> String {
        let now = self.clock.now().timestamp();
        jwt(&json!({"iss": 123_456, "iat": now - 60, "exp": now + 540}))
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Response {
        let url = format!("{}{path}", self.emulator.base_url());
        let mut request = self.http.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.send(Method::GET, path, &self.token, None).await).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.send(Method::POST, path, &self.token, Some(body)).await).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        answer(self.send(Method::DELETE, path, &self.token, None).await).await
    }

    pub(crate) async fn mint(&self, name: &str, labels: &[&str]) -> (u16, Value) {
        let body =
            json!({"name": name, "runner_group_id": 1, "labels": labels, "work_folder": "_work"});
        self.post(
            &format!("/orgs/{ORG}/actions/runners/generate-jitconfig"),
            &body,
        )
        .await
    }

    /// Mints a runner and starts the stand-in for it.
    pub(crate) async fn runner(&self, name: &str, labels: &[&str]) -> RunnerProcess {
        let (status, minted) = self.mint(name, labels).await;
        assert_eq!(status, 201, "{minted}");
        start_runner(minted["encoded_jit_config"].as_str().unwrap(), &[])
    }

    pub(crate) fn commit(&self, text: &str) -> github_emulator::RunId {
        self.emulator
            .commit_workflow(REPO, ".github/workflows/test.yml", text)
            .unwrap()
    }

    pub(crate) async fn until(&self, holds: impl Fn(&Emulator) -> bool) {
        if !self.emulator.wait_until(LIMIT, holds).await {
            panic!("not within {LIMIT:?}; jobs: {:#?}", self.emulator.jobs());
        }
    }
}

async fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

/// Signs claims with the App's key.
pub(crate) fn jwt(claims: &Value) -> String {
    let pem = github_emulator::app_private_key_pem();
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    sign(
        claims,
        &KeyPair::from_der(&STANDARD.decode(body).unwrap()).unwrap(),
    )
}

pub(crate) fn sign(claims: &Value, key: &KeyPair) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!(
        "{}.{}",
        encode(&json!({"alg": "RS256", "typ": "JWT"})),
        encode(claims)
    );
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A stand-in runner, as a process in a folder of its own.
pub(crate) struct RunnerProcess {
    pub(crate) child: Child,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn start_runner(jit_config: &str, env: &[(&str, &str)]) -> RunnerProcess {
    let folder = tempfile::tempdir().unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_stand-in-runner"))
        .arg("run")
        .env("ACTIONS_RUNNER_INPUT_JITCONFIG", jit_config)
        .envs(env.iter().copied())
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    RunnerProcess { child, folder }
}

impl RunnerProcess {
    /// Its exit code and what it said.
    pub(crate) async fn end(self) -> (i32, String) {
        let output = tokio::time::timeout(LIMIT, self.child.wait_with_output()).await;
        let output = output.expect("the runner leaves in time").unwrap();
        (
            output.status.code().unwrap_or(-1),
            String::from_utf8(output.stdout).unwrap(),
        )
    }
}
