//! The client against a scripted GitHub: refusals, limits, lost answers and
//! tokens that no longer work.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "../../aws/tests/fake/mod.rs"]
mod fake;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use domain::clock::Clock;
use domain::ids::{JobId, RunnerId};
use fake::{Answer, Call, Fake};
use github::{
    App, Client, Deleted, GitHubError, Http, Installation, KeyError, NewRunner, Scope, Server,
    Signer,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

const TOKENS: &str = "POST /app/installations/5/access_tokens";
const MINT: &str = "POST /orgs/acme/actions/runners/generate-jitconfig";
/// 2026-01-01T00:00:00Z.
const NOW: i64 = 1_767_225_600;

fn token(n: usize) -> Answer {
    Answer::Json(
        201,
        json!({"token": format!("ghs_{n}"), "expires_at": "2026-01-01T01:00:00Z"}),
    )
}

/// A client whose JWTs carry the signature "signed"; `rest` answers all but tokens.
async fn client(
    clock: Clock,
    rest: impl Fn(&Call, usize) -> Answer + Send + Sync + 'static,
) -> (Client, Fake) {
    let fake = Fake::start(move |call, n| match call.name.as_str() {
        TOKENS => token(n),
        _ => rest(call, n),
    })
    .await;
    (connect(&fake.url, clock), fake)
}

fn connect(url: &str, clock: Clock) -> Client {
    let http = Http::new(&Server::new(url).unwrap(), clock).unwrap();
    let signer = Signer::Remote(Arc::new(|_| Box::pin(async { Ok(b"signed".to_vec()) })));
    Client::new(http, App::new(installation(), signer))
}

fn installation() -> Installation {
    Installation {
        app_id: "77".into(),
        installation_id: 5,
    }
}

fn clock() -> Clock {
    Clock::fixed(DateTime::from_timestamp(NOW, 0).unwrap())
}

fn acme() -> Scope {
    Scope::Organization("acme".into())
}

async fn mint(client: &Client) -> Result<RunnerId, GitHubError> {
    let labels = ["self-hosted".to_owned(), "1".to_owned()];
    let runner = NewRunner {
        name: "jit-1-1-1",
        runner_group_id: 1,
        labels: &labels,
        work_folder: "_work",
    };
    let jit = client.generate_jit_config(&acme(), &runner).await?;
    assert_eq!(jit.encoded.expose_secret(), "the-jit-config");
    assert!(!format!("{jit:?}").contains("the-jit-config"));
    Ok(jit.runner.id)
}

#[tokio::test]
async fn a_post_whose_answer_is_lost_is_sent_once_and_said_to_be_unknown() {
    for answer in [
        Answer::Lost,
        Answer::Json(502, Value::Null),
        Answer::Json(201, json!({"runner": {"id": 1, "name": "n"}})),
    ] {
        let script = answer.clone();
        let (client, fake) = client(clock(), move |_, _| script.clone()).await;
        let error = mint(&client).await.unwrap_err();
        assert!(
            matches!(error, GitHubError::LostAnswer { .. }),
            "{answer:?}: {error}"
        );
        assert_eq!(error.name(), "GitHubUnavailable");
        assert_eq!(fake.of(MINT).len(), 1, "{answer:?}");
    }
}

#[tokio::test]
async fn a_get_that_fails_is_unavailable_and_not_repeated() {
    for answer in [
        Answer::Lost,
        Answer::Json(500, Value::Null),
        Answer::Json(200, json!([])),
    ] {
        let script = answer.clone();
        let (client, fake) = client(clock(), move |_, _| script.clone()).await;
        let error = client.job("acme/r", JobId(1)).await.unwrap_err();
        assert!(
            matches!(error, GitHubError::Unavailable { .. }),
            "{answer:?}: {error}"
        );
        assert_eq!(fake.calls().len(), 2, "{answer:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_even_for_a_post() {
    let client = connect(&Fake::nobody().await, clock());
    let error = mint(&client).await.unwrap_err();
    assert!(matches!(error, GitHubError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn limits_tell_how_long_to_wait() {
    let reset = (NOW + 90).to_string();
    for (status, headers, seconds) in [
        (429, vec![], 60),
        (429, vec![("retry-after", "12".to_owned())], 12),
        (403, vec![("retry-after", "3".to_owned())], 3),
        (
            403,
            vec![
                ("x-ratelimit-remaining", "0".to_owned()),
                ("x-ratelimit-reset", reset),
            ],
            90,
        ),
    ] {
        let answer = Answer::With(status, headers, json!({"message": "slow down"}));
        let (client, _) = client(clock(), move |_, _| answer.clone()).await;
        match mint(&client).await {
            Err(GitHubError::RateLimited { seconds: told }) => assert_eq!(told, seconds),
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn refusals_say_what_to_check() {
    for (status, part) in [
        (403, "organization_self_hosted_runners"),
        (404, "GITHUB_INSTALLATION_ID"),
        (422, "RUNNER_GROUP_ID"),
    ] {
        let answer = Answer::Json(status, json!({"message": "no"}));
        let (client, fake) = client(clock(), move |_, _| answer.clone()).await;
        let error = mint(&client).await.unwrap_err();
        assert_eq!(error.name(), "GitHubRefused");
        assert!(
            error.advice().contains(part),
            "{status}: {}",
            error.advice()
        );
        assert_eq!(fake.of(MINT).len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_revoked_token_is_replaced_once() {
    let (client, fake) = client(clock(), |call, n| {
        match call.headers["authorization"].as_str() {
            "Bearer ghs_0" if n == 0 => Answer::Json(200, json!({"id": 1, "status": "queued"})),
            "Bearer ghs_0" => Answer::Json(401, json!({"message": "Bad credentials"})),
            _ => Answer::Json(
                200,
                json!({"id": 1, "status": "completed", "conclusion": "stale"}),
            ),
        }
    })
    .await;
    assert_eq!(
        client.job("acme/r", JobId(1)).await.unwrap().status,
        "queued"
    );
    let job = client.job("acme/r", JobId(1)).await.unwrap();
    assert_eq!(job.conclusion.as_deref(), Some("stale"));
    assert_eq!(fake.of(TOKENS).len(), 2);
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_is_a_refusal() {
    let (client, fake) = client(clock(), |_, _| Answer::Json(401, Value::Null)).await;
    let error = client.job("acme/r", JobId(1)).await.unwrap_err();
    assert!(
        matches!(error, GitHubError::Refused { status: 401, .. }),
        "{error}"
    );
    assert_eq!(fake.calls().len(), 3, "the token, and the call twice");
}

#[tokio::test]
async fn a_new_token_and_a_new_job_may_not_be_known_everywhere_at_once() {
    for (status, tries) in [(401, 2), (404, 2)] {
        let (client, fake) = client(clock(), move |_, n| match n {
            0 => Answer::Json(status, Value::Null),
            _ => Answer::Json(200, json!({"id": 1, "status": "queued"})),
        })
        .await;
        let job = client.job("acme/r", JobId(1)).await.unwrap();
        assert_eq!(job.status, "queued", "{status}");
        assert_eq!(fake.calls().len(), 1 + tries, "{status}");
        assert_eq!(fake.of(TOKENS).len(), 1, "{status}");
    }
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_token() {
    let (client, fake) = client(clock(), |_, _| {
        Answer::Json(200, json!({"id": 1, "status": "queued"}))
    })
    .await;
    let calls = (0..8).map(|_| client.job("acme/r", JobId(1)));
    for answer in futures::future::join_all(calls).await {
        answer.unwrap();
    }
    assert_eq!(fake.of(TOKENS).len(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let seconds = Arc::new(AtomicI64::new(NOW));
    let hand = seconds.clone();
    let moving =
        Clock::new(move || DateTime::from_timestamp(hand.load(Ordering::SeqCst), 0).unwrap());
    let (client, fake) = client(moving, |_, _| {
        Answer::Json(200, json!({"id": 1, "status": "queued"}))
    })
    .await;
    for (at, tokens) in [(0, 1), (54 * 60, 1), (55 * 60, 2)] {
        seconds.store(NOW + at, Ordering::SeqCst);
        client.job("acme/r", JobId(1)).await.unwrap();
        assert_eq!(fake.of(TOKENS).len(), tokens, "after {at} s");
    }
}

#[tokio::test]
async fn the_jwt_is_young_and_short_lived_and_signed() {
    let (client, fake) = client(clock(), |_, _| Answer::no_content()).await;
    client.delete_runner(&acme(), RunnerId(1)).await.unwrap();
    let bearer = fake.of(TOKENS)[0].headers["authorization"].clone();
    let parts: Vec<&str> = bearer.strip_prefix("Bearer ").unwrap().split('.').collect();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let claims: Value = serde_json::from_slice(&decode(parts[1])).unwrap();
    assert_eq!(
        claims,
        json!({"iat": NOW - 60, "exp": NOW + 540, "iss": 77})
    );
    assert_eq!(decode(parts[2]), b"signed");
}

#[tokio::test]
async fn a_key_that_is_none_is_a_setting_to_mend_and_github_is_not_asked() {
    let fake = Fake::start(|_, n| token(n)).await;
    let http = Http::new(&Server::new(&fake.url).unwrap(), clock()).unwrap();
    let signer = Signer::pem(SecretString::from("not a PEM"));
    let client = Client::new(http, App::new(installation(), signer));
    let error = client.job("acme/r", JobId(1)).await.unwrap_err();
    assert_eq!(error.name(), "SettingsInvalid");
    assert!(!error.to_string().contains("not a PEM"), "{error}");
    assert!(fake.calls().is_empty());
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_asked_for_again_later() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let signer = Signer::pem_from(Arc::new(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Err(KeyError::Unavailable("throttled".into())) })
    }));
    let fake = Fake::start(|_, n| token(n)).await;
    let http = Http::new(&Server::new(&fake.url).unwrap(), clock()).unwrap();
    let client = Client::new(http, App::new(installation(), signer));
    for _ in 0..2 {
        let error = client.job("acme/r", JobId(1)).await.unwrap_err();
        assert_eq!(error.name(), "StoreUnavailable");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_runner_is_found_by_its_exact_name_over_pages() {
    let (client, fake) = client(clock(), |call, _| {
        let runners = if call.path.contains("page=2") {
            json!([{"id": 8, "name": "jit-1-1-1", "busy": true}])
        } else {
            json!([{"id": 7, "name": "jit-1-1-10", "busy": false}])
        };
        Answer::Json(200, json!({"total_count": 101, "runners": runners}))
    })
    .await;
    let runner = client
        .runner_named(&acme(), "jit-1-1-1")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((runner.id, runner.busy), (RunnerId(8), true));
    assert_eq!(client.runner_named(&acme(), "jit-9").await.unwrap(), None);
    assert!(fake.calls()[1].path.contains("name=jit-1-1-1&"));
}

#[tokio::test]
async fn deleting_tells_gone_and_busy_from_done() {
    let (client, _) = client(clock(), |_, n| match n {
        0 => Answer::Json(422, json!({"message": "Runner is currently running a job"})),
        1 => Answer::no_content(),
        _ => Answer::Json(404, Value::Null),
    })
    .await;
    for expected in [Deleted::Busy, Deleted::Now, Deleted::Before] {
        assert_eq!(
            client.delete_runner(&acme(), RunnerId(3)).await.unwrap(),
            expected
        );
    }
}

#[tokio::test]
async fn an_enterprise_server_has_its_path_in_front() {
    let fake = Fake::start(|call, n| {
        if call.path.ends_with("access_tokens") {
            token(n)
        } else {
            Answer::Json(200, json!({"id": 3, "name": "n"}))
        }
    })
    .await;
    let client = connect(&format!("{}/api/v3/", fake.url), clock());
    let scope = Scope::Repository("acme/r".into());
    let runner = client.runner(&scope, RunnerId(3)).await.unwrap().unwrap();
    assert_eq!(runner.name, "n");
    assert_eq!(
        fake.names(),
        [
            "POST /api/v3/app/installations/5/access_tokens",
            "GET /api/v3/repos/acme/r/actions/runners/3"
        ]
    );
}

#[tokio::test]
async fn a_mint_sends_what_github_documents() {
    let (client, fake) = client(clock(), |_, _| {
        Answer::Json(201, json!({"runner": {"id": 7, "name": "jit-1-1-1"}, "encoded_jit_config": "the-jit-config"}))
    })
    .await;
    assert_eq!(mint(&client).await.unwrap(), RunnerId(7));
    let call = fake.of(MINT).remove(0);
    assert_eq!(
        call.body,
        json!({"name": "jit-1-1-1", "runner_group_id": 1, "labels": ["self-hosted", "1"], "work_folder": "_work"})
    );
    assert_eq!(call.headers["authorization"], "Bearer ghs_0");
    assert_eq!(call.headers["accept"], "application/vnd.github+json");
    assert_eq!(call.headers["x-github-api-version"], "2022-11-28");
    assert!(call.headers["user-agent"].starts_with("jit-runners/"));
}
