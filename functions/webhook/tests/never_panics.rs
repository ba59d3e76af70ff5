//! Whatever is posted, in whatever shape: an answer with a status and a sentence,
//! and nothing on the bus that was not signed. `PROPERTY_CASES` says how many.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "../../shared/aws/tests/fake/config.rs"]
mod config;
#[path = "../../shared/aws/tests/fake/mod.rs"]
mod fake;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use domain::clock::Clock;
use fake::{Answer, Fake};
use github::signature::sign;
use handler::Settings;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use webhook::{Request, State, handle_any};

const SECRET: &str = "right";
const LIMIT: usize = 2000;

/// A bus that takes everything, and the function before it.
struct Place {
    runtime: Runtime,
    fake: Fake,
    state: State,
}

impl Place {
    fn start() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (fake, state) = runtime.block_on(async {
            let fake = Fake::start(|call, _| match call.name.as_str() {
                "GetSecretValue" => Answer::Json(200, json!({"SecretString": SECRET})),
                _ => Answer::Json(
                    200,
                    json!({"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}),
                ),
            })
            .await;
            let config = config::at(&fake.url).await;
            let settings = Settings::new([
                ("EVENT_BUS", "b".to_owned()),
                ("GITHUB_WEBHOOK_SECRET", "s".to_owned()),
                ("GITHUB_OWNERS", "acme".to_owned()),
                ("BODY_LIMIT_BYTES", LIMIT.to_string()),
            ]);
            let clock = Clock::fixed(DateTime::from_timestamp(1_000, 0).unwrap());
            (fake, State::new(settings, &config, clock).unwrap())
        });
        Self {
            runtime,
            fake,
            state,
        }
    }
}

/// What is posted: a function's event, and whether GitHub could have sent it.
#[derive(Debug, Clone)]
struct Post {
    event: Value,
    signed: bool,
    of_a_job: bool,
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let action = prop::sample::select(vec!["queued", "completed", "x", ""]);
    let owner = prop::sample::select(vec!["acme", "ACME", "other"]);
    let job = (action, owner, any::<u32>(), "\\PC{0,9}").prop_map(|(action, owner, id, label)| {
        json!({"action": action, "workflow_job": {"id": id, "run_id": 2, "labels": [label]},
            "repository": {"full_name": "acme/r", "owner": {"login": owner}}})
        .to_string()
        .into_bytes()
    });
    prop_oneof![
        2 => job,
        1 => "[{}\":,a-z0-9\\[\\]]{0,40}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => (LIMIT - 2..LIMIT + 9).prop_map(|length| vec![b' '; length]),
    ]
}

fn posts() -> impl Strategy<Value = Post> {
    let event = prop_oneof![3 => Just("workflow_job".to_owned()), 1 => Just("ping".to_owned()), 1 => "\\PC{0,120}"];
    let method = prop::sample::select(vec!["POST", "POST", "POST", "POST", "GET", ""]);
    let header = ("[a-z-]{0,20}", "\\PC{0,20}");
    // Signed rightly, by somebody else, or with any text.
    let signature = prop_oneof![3 => Just(None), 1 => Just(Some(String::new())), 1 => "(sha256=)?[0-9a-f]{0,66}".prop_map(Some)];
    (
        body(),
        event,
        method,
        signature,
        header,
        any::<(bool, bool)>(),
        prop::option::weighted(0.1, "\\PC{0,9}"),
    )
        .prop_map(|(body, event, method, signature, header, (rest, base64), garbage)| {
            let right = sign(&SecretString::from(SECRET), &body);
            // Text that is no UTF-8 can only come as base64.
            let text = String::from_utf8(body.clone()).ok().filter(|_| !base64);
            let encoded = text.is_none();
            let text = garbage.unwrap_or(text.unwrap_or_else(|| STANDARD.encode(&body)));
            // Garbage may be, one time in many thousands, what was signed: no body at all.
            let arrives = if encoded {
                STANDARD.decode(&text).ok()
            } else {
                Some(text.clone().into_bytes())
            };
            let signed = signature.is_none() && arrives.as_ref() == Some(&body);
            let headers = json!({
                "x-github-event": event, "x-github-delivery": "d-1",
                "x-hub-signature-256": signature.unwrap_or(right), header.0: header.1,
            });
            let event_of = if rest {
                json!({"httpMethod": method, "headers": headers, "body": text, "isBase64Encoded": encoded})
            } else {
                json!({"headers": headers, "body": text, "isBase64Encoded": encoded,
                    "requestContext": {"http": {"method": method}}})
            };
            Post {
                event: event_of,
                signed,
                of_a_job: event == "workflow_job",
            }
        })
}

/// Status and body of the answer; `None` for what is no request at all.
fn answered(place: &Place, event: &Value) -> Option<(i64, Value)> {
    let request: Request = serde_json::from_value(event.clone()).ok()?;
    let answer = place.runtime.block_on(handle_any(request, &place.state));
    let answer = serde_json::to_value(answer.unwrap()).unwrap();
    let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    Some((answer["statusCode"].as_i64().unwrap(), body))
}

/// The config's cases, without files beside the sources.
fn check<S: Strategy>(strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let asked = std::env::var("PROPERTY_CASES").ok();
    let config = ProptestConfig {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(256),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if let Err(failure) = TestRunner::new(config).run(strategy, test) {
        panic!("{failure}");
    }
}

#[test]
fn any_post_is_answered_and_only_signed_ones_reach_the_bus() {
    let place = Place::start();
    let on_the_bus = || place.fake.count("PutEvents");
    let before = std::cell::Cell::new(0);
    check(&posts(), |post| {
        let Some((status, body)) = answered(&place, &post.event) else {
            return Ok(());
        };
        prop_assert!(
            [200, 202, 400, 401, 403, 405, 413].contains(&status),
            "{status}: {body}"
        );
        prop_assert!(
            body["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{body}"
        );
        if [200, 202, 403].contains(&status) {
            prop_assert!(post.signed, "{status}: {body}");
        }
        if status == 202 {
            prop_assert!(post.of_a_job);
            prop_assert_eq!(on_the_bus(), before.get() + 1);
            before.set(on_the_bus());
        }
        // A million of them would be gigabytes.
        place.fake.forget();
        Ok(())
    });
    assert_eq!(
        on_the_bus(),
        before.get(),
        "every event was answered with 202"
    );
    assert!(before.get() > 0, "some were good");
}

#[test]
fn any_json_that_calls_the_function_is_answered_or_refused() {
    let place = Place::start();
    let word = || "(httpMethod|headers|body|isBase64Encoded|requestContext|http|method|\\PC{0,3})";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from)
    ];
    let any = leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    check(&any, |event| {
        let status = answered(&place, &event).map(|(status, _)| status);
        prop_assert!(
            status.is_none_or(|status| (400..500).contains(&status)),
            "{status:?}"
        );
        Ok(())
    });
    assert!(place.fake.of("PutEvents").is_empty());
}
