//! GitHub's own example deliveries (npm `@octokit/webhooks-examples`), signed
//! and sent to the product's `webhook` function, with the local place as bus.
//!
//! `cargo xtask test` installs the examples; where they are absent the tests
//! say so and check nothing, except under `JIT_RUNNERS_TEST_ALL`.

#![allow(clippy::unwrap_used, reason = "helpers may do what tests may")]

use aws::config::Overrides;
use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlRequest as Request;
use contract::repo;
use domain::clock::Clock;
use domain::settings::Settings;
use hmac::{Hmac, Mac as _};
use local::Place;
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::{Duration, Instant};
use webhook::State;

const SECRET: &str = "it is a test";
/// Step Functions takes 256 KiB in all; a trimmed event is at most a quarter.
const LIMIT: usize = 64 * 1024;

/// Every example as (event, payload); none, and a word, where they are absent.
fn examples() -> Vec<(String, Value)> {
    let folder = "tests/contract/node_modules/@octokit/webhooks-examples/api.github.com";
    if !repo::root().join(folder).is_dir() {
        assert!(
            std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
            "cargo xtask test installs the npm packages first"
        );
        eprintln!("skipped: run npm ci in tests/contract first");
        return Vec::new();
    }
    let index: Value = serde_json::from_str(&repo::read(&format!("{folder}/index.json"))).unwrap();
    let mut all = Vec::new();
    for event in index.as_array().unwrap() {
        for example in event["examples"].as_array().unwrap() {
            all.push((event["name"].as_str().unwrap().to_owned(), example.clone()));
        }
    }
    assert!(all.len() > 300, "only {} examples were found", all.len());
    all
}

/// The function with a bus whose every event starts an execution, so that the
/// tests can read what was put.
struct Webhook {
    place: Place,
    state: State,
    machine: String,
}

impl Webhook {
    async fn start() -> Self {
        let place = Place::start(local::Settings::default()).await.unwrap();
        place.put_secret("webhook", SECRET);
        place.create_event_bus("jobs").unwrap();
        let definition = json!({"QueryLanguage": "JSONata", "StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}});
        let machine = place
            .create_state_machine("seen", &definition.to_string())
            .unwrap();
        let pattern = json!({"source": ["github.com"]});
        place
            .create_event_rule("jobs", "all", &pattern, &machine)
            .unwrap();
        let config = aws::Config::load(Overrides {
            endpoint: Some(place.endpoint()),
            region: Some(local::REGION.to_owned()),
            credentials: Some(("local".to_owned(), "local".to_owned())),
            ..Overrides::default()
        })
        .await;
        let settings = Settings::new([("EVENT_BUS", "jobs"), ("GITHUB_WEBHOOK_SECRET", "webhook")]);
        let state = State::new(settings, &config, Clock::system()).unwrap();
        Self {
            place,
            state,
            machine,
        }
    }

    /// Delivers a body under a signature; status and answer.
    async fn deliver(&self, event: &str, id: &str, body: &[u8], signature: &str) -> (i64, Value) {
        let mut request = Request::default();
        request.request_context.http.method = Some("POST".to_owned());
        for (name, value) in [
            ("content-type", "application/json"),
            ("x-github-event", event),
            ("x-github-delivery", id),
            ("x-hub-signature-256", signature),
        ] {
            request.headers.insert(name, value.parse().unwrap());
        }
        request.body = Some(String::from_utf8(body.to_vec()).unwrap());
        let response = webhook::handle(request, &self.state).await.unwrap();
        let answer = serde_json::from_str(&response.body.unwrap()).unwrap();
        (response.status_code, answer)
    }

    /// The bus's events in the order they came, each as its whole envelope.
    async fn put(&self) -> Vec<Value> {
        let states = self.place.step_functions();
        let began = Instant::now();
        let expected = self.place.events().puts().len();
        while states.executions().len() < expected {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "an event got lost"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let list = json!({"stateMachineArn": self.machine});
        let listed = states.call("ListExecutions", list).unwrap();
        let mut inputs = Vec::new();
        for item in listed["executions"].as_array().unwrap().iter().rev() {
            let describe = json!({"executionArn": item["executionArn"]});
            let described = states.call("DescribeExecution", describe).unwrap();
            inputs.push(serde_json::from_str(described["input"].as_str().unwrap()).unwrap());
        }
        inputs
    }

    async fn end(self) {
        let endpoint = self.place.endpoint();
        self.place.shutdown().await;
        let address = endpoint.trim_start_matches("http://");
        assert!(tokio::net::TcpStream::connect(address).await.is_err());
    }
}

fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// Everything in `trimmed` stands at the same place in GitHub's payload; what
/// GitHub left out is null here.
fn assert_githubs_own(path: &str, trimmed: &Value, github: &Value) {
    match trimmed {
        Value::Object(fields) => {
            for (name, field) in fields {
                assert_githubs_own(&format!("{path}/{name}"), field, &github[name]);
            }
        }
        // The oldest example is of a time before attempts were counted.
        _ if path.ends_with("/run_attempt") && github.is_null() => assert_eq!(trimmed, 1),
        _ => assert_eq!(trimmed, github, "{path}"),
    }
}

#[tokio::test]
async fn one_byte_flipped_is_not_githubs_delivery() {
    let webhook = Webhook::start().await;
    for (number, (event, payload)) in examples().into_iter().enumerate() {
        if event != "workflow_job" && event != "ping" {
            continue;
        }
        let mut body = payload.to_string().into_bytes();
        let signature = sign(&body);
        // Some byte of the middle, changed in its lowest bit.
        let at = body.len() / 2 + number;
        body[at] ^= 1;
        if std::str::from_utf8(&body).is_err() {
            continue;
        }
        let (status, answer) = webhook.deliver(&event, "flipped", &body, &signature).await;
        assert_eq!(status, 401, "{event} {number}: {answer}");
        assert_eq!(answer["accepted"], false);
        // Nothing of a delivery that is not believed is told back.
        assert!(answer["action"].is_null(), "{answer}");
    }
    assert!(webhook.place.events().puts().is_empty());
    webhook.end().await;
}

#[tokio::test]
async fn every_other_event_of_github_is_answered_and_forgotten() {
    let webhook = Webhook::start().await;
    for (number, (event, payload)) in examples().into_iter().enumerate() {
        if event == "workflow_job" {
            continue;
        }
        let body = payload.to_string().into_bytes();
        let signature = sign(&body);
        let (status, answer) = webhook.deliver(&event, "other", &body, &signature).await;
        assert_eq!(status, 200, "{event} {number}: {answer}");
        assert_eq!(answer["accepted"], false);
        assert_eq!(answer["event"], event.as_str());
        let message = answer["message"].as_str().unwrap();
        assert!(
            message.starts_with("Ignored: ") || (event == "ping" && message == "pong"),
            "{message}"
        );
    }
    assert!(webhook.place.events().puts().is_empty());
    webhook.end().await;
}

#[tokio::test]
async fn every_workflow_job_is_put_on_the_bus_under_githubs_names() {
    let webhook = Webhook::start().await;
    let mut delivered = Vec::new();
    for (number, (event, payload)) in examples().into_iter().enumerate() {
        if event != "workflow_job" {
            continue;
        }
        let body = payload.to_string().into_bytes();
        let id = format!("delivery-{number}");
        let (status, answer) = webhook.deliver(&event, &id, &body, &sign(&body)).await;
        assert_eq!(status, 202, "{number}: {answer}");
        assert_eq!(answer["accepted"], true);
        assert_eq!(answer["delivery_id"], id.as_str());
        assert_eq!(answer["action"], payload["action"]);
        // One by one, so that the bus's order is the examples'.
        delivered.push((id, payload));
        assert_eq!(webhook.put().await.len(), delivered.len());
    }
    for (envelope, (id, payload)) in webhook.put().await.iter().zip(&delivered) {
        assert_eq!(envelope["source"], "github.com");
        assert_eq!(envelope["detail-type"], "workflow_job");
        let mut detail = envelope["detail"].clone();
        assert!(detail.to_string().len() < LIMIT);
        let ours = detail.as_object_mut().unwrap();
        assert_eq!(ours.remove("delivery_id"), Some(json!(id)));
        assert_eq!(ours.remove("version"), Some(json!(1)));
        assert_githubs_own("", &detail, payload);
        for name in [
            "id", "run_id", "name", "labels", "html_url", "head_sha", "status",
        ] {
            assert!(!detail["workflow_job"][name].is_null(), "{name} is lost");
        }
    }
    webhook.end().await;
}

#[tokio::test]
async fn a_job_of_monstrous_size_stays_small_on_the_bus() {
    let webhook = Webhook::start().await;
    for (event, mut payload) in examples() {
        if event != "workflow_job" {
            continue;
        }
        let job = &mut payload["workflow_job"];
        job["name"] = json!("\u{1f980}\"".repeat(100_000));
        job["labels"] = json!(vec!["\"".repeat(1000); 1000]);
        job["head_branch"] = json!("\u{0}".repeat(100_000));
        let body = payload.to_string().into_bytes();
        let (status, answer) = webhook.deliver(&event, "huge", &body, &sign(&body)).await;
        assert_eq!(status, 202, "{answer}");
    }
    for envelope in webhook.put().await {
        let length = envelope["detail"].to_string().len();
        assert!(length < LIMIT, "{length} bytes");
        // Too many labels stay too many: Size says so.
        let labels = envelope["detail"]["workflow_job"]["labels"].as_array();
        assert_eq!(labels.map(Vec::len), Some(101));
    }
    webhook.end().await;
}
