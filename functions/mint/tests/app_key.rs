//! The App's key in KMS: who is asked, and what each refusal becomes.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "../../shared/aws/tests/fake/config.rs"]
mod config;
#[path = "../../shared/aws/tests/fake/mod.rs"]
mod fake;

use domain::clock::Clock;
use domain::steps::MintInput;
use fake::{Answer, Fake};
use handler::{Named, Settings, SettingsInvalid};
use mint::{State, handle};
use serde_json::json;

async fn state(url: &str, keys: &[(&str, &str)]) -> Result<State, SettingsInvalid> {
    let config = config::at(url).await;
    let settings = [
        ("CLAIMS_TABLE", "c"),
        ("HANDOVER_TABLE", "h"),
        ("GITHUB_APP_ID", "77"),
        ("GITHUB_INSTALLATION_ID", "5"),
        ("GITHUB_API_URL", url),
    ];
    let settings = Settings::new(settings.iter().chain(keys).copied());
    State::new(settings, &config, Clock::system(), None)
}

/// A mint whose key is in KMS, which answers `kms`; the error's name and message.
async fn refused(kms: Answer) -> (&'static str, String) {
    let fake = Fake::start(move |call, _| match call.name.as_str() {
        "Sign" => kms.clone(),
        "UpdateItem" => Answer::Json(200, json!({"Attributes": {"pk": {"S": "job#1#1"}}})),
        // GitHub named no time to wait for.
        "GetItem" => Answer::Json(200, json!({})),
        name => panic!("nobody expects {name}"),
    })
    .await;
    let state = state(&fake.url, &[("GITHUB_APP_KEY_KMS", "alias/app")]).await;
    let input: MintInput = serde_json::from_value(json!({
        "version": 1,
        "job": {"id": 1, "run_id": 2, "run_attempt": 1, "repository": "acme/r", "owner": "acme"},
        "claim": {"pk": "job#1#1", "owner": "arn:me"},
        "limits": {"start_seconds": 600, "idle_seconds": 600, "total_seconds": 23400},
    }))
    .unwrap();
    let error = handle(input, &state.unwrap()).await.unwrap_err();
    let sign = fake.of("Sign").remove(0);
    assert_eq!(sign.body["KeyId"], "alias/app");
    assert_eq!(sign.body["MessageType"], "RAW");
    assert_eq!(sign.body["SigningAlgorithm"], "RSASSA_PKCS1_V1_5_SHA_256");
    (error.name(), error.to_string())
}

#[tokio::test]
async fn exactly_one_place_of_the_key_must_be_set() {
    let both = [("GITHUB_APP_KEY_SECRET", "s"), ("GITHUB_APP_KEY_KMS", "k")];
    for (keys, word) in [
        (&both[..], "are both set"),
        (&[], "nor is GITHUB_APP_KEY_KMS"),
    ] {
        let error = state("http://127.0.0.1:1", keys).await.unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
    for key in both {
        assert!(state("http://127.0.0.1:1", &[key]).await.is_ok());
    }
}

#[tokio::test]
async fn a_refusal_of_kms_says_what_to_do() {
    for (code, advice) in [
        ("AccessDeniedException", "kms:Sign"),
        ("NotFoundException", "names no key"),
        ("DisabledException", "enable the key"),
        ("KMSInvalidStateException", "never imported"),
        ("InvalidKeyUsageException", "SIGN_VERIFY"),
        ("ValidationException", "check GITHUB_APP_KEY_KMS"),
    ] {
        let (name, message) = refused(Answer::aws(code)).await;
        assert_eq!(name, "SettingsInvalid", "{code}");
        assert!(
            message.contains(code) && message.contains(advice),
            "{message}"
        );
    }
}

#[tokio::test]
async fn what_may_go_away_by_itself_is_tried_again() {
    for answer in [
        Answer::aws("ThrottlingException"),
        Answer::Json(500, json!({"__type": "KeyUnavailableException"})),
        Answer::Json(500, json!({"__type": "KMSInternalException"})),
        Answer::Lost,
    ] {
        assert_eq!(refused(answer).await.0, "StoreUnavailable");
    }
}
