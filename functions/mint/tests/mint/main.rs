//! Mint against a scripted AWS and GitHub: every step that can fail, then the
//! way that does not.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "../../../shared/aws/tests/fake/app_key.rs"]
mod app_key;
#[path = "../../../shared/aws/tests/fake/config.rs"]
mod config;
#[path = "../../../shared/aws/tests/fake/mod.rs"]
mod fake;
#[path = "../../../shared/aws/tests/fake/fleet.rs"]
mod fleet;
mod released;
mod script;

use domain::rate_limit;
use domain::steps::MintOutcome;
use fake::{Answer, Call, Fake};
use fleet::LIMIT;
use handler::Named;
use script::{
    DELETE, JOB, KEPT, LIST, POST, at, conflict, listed, of_the_limit, run, to_github, unconfirmed,
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_claim_lost_before_anything_ends_the_mint_without_asking_github() {
    let (answer, fake) = run(|call, _| {
        at(call, "UpdateItem").then(|| Answer::aws("ConditionalCheckFailedException"))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, MintOutcome::ClaimLost);
    assert_eq!(to_github(&fake), [""; 0]);
}

#[tokio::test]
async fn a_claim_lost_before_the_registration_registers_nothing() {
    let (answer, fake) = run(|call, n| {
        (at(call, "UpdateItem") && n == 1).then(|| Answer::aws("ConditionalCheckFailedException"))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, MintOutcome::ClaimLost);
    assert!(fake.of(POST).is_empty());
}

#[tokio::test]
async fn a_claim_lost_after_the_registration_takes_it_back() {
    let (answer, fake) = run(|call, n| match call.name.as_str() {
        "UpdateItem" if n == 2 => Some(Answer::aws("ConditionalCheckFailedException")),
        "DELETE /orgs/acme/actions/runners/9" => Some(Answer::no_content()),
        _ => None,
    })
    .await;
    assert_eq!(answer.unwrap().outcome, MintOutcome::ClaimLost);
    assert_eq!(fake.of("DeleteItem").len(), 1);
    assert_eq!(fake.of("DELETE /orgs/acme/actions/runners/9").len(), 1);
}

#[tokio::test]
async fn a_runner_that_nobody_verified_gone_is_a_leftover() {
    let (answer, fake) = run(|call, _| {
        let mut claim = unconfirmed();
        claim["runner_id"] = json!({"N": "7"});
        at(call, "UpdateItem").then(|| Answer::Json(200, json!({"Attributes": claim})))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, MintOutcome::Leftover);
    assert_eq!(to_github(&fake), [""; 0]);
}

#[tokio::test]
async fn a_job_that_does_not_wait_gets_no_runner() {
    for (status, body, word, conclusion) in [
        (404, json!({"message": "Not Found"}), "gone", ""),
        (
            200,
            json!({"id": 1, "status": "in_progress"}),
            "in_progress",
            "",
        ),
        (200, json!({"id": 1, "status": "waiting"}), "waiting", ""),
        (
            200,
            json!({"id": 1, "status": "completed", "conclusion": "cancelled"}),
            "completed",
            "cancelled",
        ),
    ] {
        let (answer, fake) =
            run(move |call, _| at(call, JOB).then(|| Answer::Json(status, body.clone()))).await;
        let answer = answer.unwrap();
        assert_eq!(answer.outcome, MintOutcome::JobNotQueued);
        assert_eq!(
            (answer.job_status.as_str(), answer.job_conclusion.as_str()),
            (word, conclusion)
        );
        assert!(fake.of(POST).is_empty());
    }
}

#[tokio::test]
async fn an_unconfirmed_mint_of_a_job_that_does_not_wait_is_looked_for_first() {
    let (answer, _) = run(|call, _| match call.name.as_str() {
        "UpdateItem" => Some(Answer::Json(200, json!({"Attributes": unconfirmed()}))),
        JOB => Some(Answer::Json(200, json!({"id": 1, "status": "completed"}))),
        _ => None,
    })
    .await;
    assert_eq!(answer.unwrap().outcome, MintOutcome::Leftover);
}

#[tokio::test]
async fn a_lost_answer_fails_and_the_next_mint_replaces_what_it_left() {
    let (answer, fake) = run(|call, _| at(call, POST).then_some(Answer::Lost)).await;
    assert_eq!(answer.unwrap_err().name(), "GitHubUnavailable");
    assert_eq!(fake.of(POST).len(), 1);

    let (answer, fake) = run(|call, n| match call.name.as_str() {
        "UpdateItem" => Some(Answer::Json(200, json!({"Attributes": unconfirmed()}))),
        POST if n == 0 => Some(conflict()),
        LIST => Some(listed(7, false)),
        _ => None,
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!(answer.outcome, MintOutcome::Minted);
    assert_eq!(
        (answer.runner.name.as_str(), answer.handover_key.as_str()),
        ("jit-1-1-1", KEPT)
    );
    assert_eq!(fake.of(DELETE).len(), 1);
    // Renewed and confirmed, the name was in the claim already; the repository noted.
    assert_eq!(fake.of("UpdateItem").len(), 3);
}

#[tokio::test]
async fn a_busy_name_is_left_alone_and_the_next_number_is_taken() {
    let (answer, fake) = run(|call, n| match call.name.as_str() {
        POST if n == 0 => Some(conflict()),
        LIST => Some(listed(7, true)),
        _ => None,
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!(answer.runner.name, "jit-1-1-2");
    assert!(fake.of(DELETE).is_empty());
    let keys: Vec<Value> = fake.of("UpdateItem")[1..3]
        .iter()
        .map(|call| call.body["ExpressionAttributeValues"][":key"]["S"].clone())
        .collect();
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[1], answer.handover_key);
}

#[tokio::test]
async fn names_that_are_all_taken_end_with_what_to_check() {
    let (answer, fake) = run(|call, _| match call.name.as_str() {
        POST => Some(conflict()),
        name if name.starts_with("GET /orgs/acme/actions/runners?") => {
            Some(Answer::Json(200, json!({"total_count": 0, "runners": []})))
        }
        _ => None,
    })
    .await;
    let error = answer.unwrap_err();
    assert_eq!(error.name(), "GitHubRefused");
    assert!(error.to_string().contains("RUNNER_NAME_PREFIX"), "{error}");
    assert_eq!(fake.of(POST).len(), 3);
}

#[tokio::test]
async fn a_limit_is_waited_for_with_and_without_a_hint() {
    for (headers, seconds) in [(vec![], 60), (vec![("retry-after", "17".to_owned())], 17)] {
        for step in [JOB, POST, "POST /app/installations/5/access_tokens"] {
            let headers = headers.clone();
            let (answer, fake) = run(move |call, _| {
                at(call, step).then(|| Answer::With(429, headers.clone(), Value::Null))
            })
            .await;
            let answer = answer.unwrap();
            assert_eq!(answer.outcome, MintOutcome::Wait, "{step}");
            // Jitter comes on top, never off.
            let most = seconds + rate_limit::spread(seconds);
            assert!((seconds..=most).contains(&answer.seconds), "{answer:?}");
            // The whole fleet is told GitHub's own time.
            let told = of_the_limit(&fake, "UpdateItem");
            let values = &told[0]["ExpressionAttributeValues"];
            assert_eq!(told.len(), 1);
            assert_eq!(values[":until"]["N"], (1_000_000 + seconds).to_string());
            assert_eq!(values[":seen"]["N"], "1000000");
        }
    }
}

#[tokio::test]
async fn what_another_function_was_told_is_obeyed_without_asking_github() {
    for (until, waits) in [(1_000_030, true), (1_000_000, false), (999_000, false)] {
        let (answer, fake) = run(move |call, _| {
            let limit = at(call, "GetItem") && call.body["Key"]["pk"]["S"] == LIMIT;
            let item = json!({"Item": {"until": {"N": until.to_string()}}});
            limit.then(|| Answer::Json(200, item))
        })
        .await;
        let answer = answer.unwrap();
        assert_eq!(answer.outcome == MintOutcome::Wait, waits, "{until}");
        if waits {
            assert!((30..=60).contains(&answer.seconds), "{answer:?}");
            assert_eq!(to_github(&fake), [""; 0]);
            // The claim is renewed all the same, and nothing is told on.
            assert_eq!(fake.of("UpdateItem").len(), 1);
        }
    }
}

#[tokio::test]
async fn calls_to_github_are_added_to_the_claim_by_the_writes_that_are_made_anyway() {
    let noted = |fake: &Fake| -> Vec<Value> {
        let values = |call: Call| call.body["ExpressionAttributeValues"][":calls"]["N"].clone();
        let mut writes = fake.of("UpdateItem");
        writes.retain(|call| call.body["Key"]["pk"]["S"] == "job#1#1");
        writes.into_iter().map(values).collect()
    };
    let (answer, fake) = run(|_, _| None).await;
    assert_eq!(answer.unwrap().outcome, MintOutcome::Minted);
    // The job's status before the name is written down, the mint after it.
    assert_eq!(noted(&fake), [json!(null), json!("1"), json!("1")]);
    assert_eq!(to_github(&fake), [JOB, POST]);

    // Nothing else would take it along: one write more, so that none is lost.
    let (answer, fake) = run(|call, _| at(call, POST).then_some(Answer::Lost)).await;
    answer.unwrap_err();
    assert_eq!(noted(&fake), [json!(null), json!("1"), json!("1")]);
    let last = &fake.of("UpdateItem")[2].body["UpdateExpression"];
    assert_eq!(last, "ADD github_calls :calls");

    // The claim is given back next.
    let (_, fake) = run(|call, _| {
        at(call, JOB).then(|| Answer::Json(200, json!({"id": 1, "status": "completed"})))
    })
    .await;
    assert_eq!(noted(&fake), [json!(null)]);
}

#[tokio::test]
async fn refusals_of_github_name_what_to_check() {
    for (status, part) in [
        (401, "GITHUB_APP_ID"),
        (403, "organization_self_hosted_runners"),
        (404, "RUNNER_GROUP_ID"),
        (422, "labels"),
    ] {
        let (answer, _) = run(move |call, _| {
            at(call, POST).then(|| Answer::Json(status, json!({"message": "no"})))
        })
        .await;
        let error = answer.unwrap_err();
        assert_eq!(error.name(), "GitHubRefused");
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn a_missing_or_useless_key_is_a_setting_to_mend() {
    for answer in [
        Answer::aws("ResourceNotFoundException"),
        Answer::Json(200, json!({"SecretString": "no PEM"})),
    ] {
        let (answer, _) =
            run(move |call, _| at(call, "GetSecretValue").then(|| answer.clone())).await;
        assert_eq!(answer.unwrap_err().name(), "SettingsInvalid");
    }
}

#[tokio::test]
async fn a_table_that_throttles_is_retried_by_the_machine() {
    for step in ["UpdateItem", "PutItem"] {
        let (answer, _) =
            run(move |call, _| at(call, step).then(|| Answer::aws("ThrottlingException"))).await;
        assert_eq!(answer.unwrap_err().name(), "StoreUnavailable", "{step}");
    }
}

#[tokio::test]
async fn a_queued_job_gets_one_runner_with_its_own_labels_and_no_secret_in_the_answer() {
    let (answer, fake) = run(|_, _| None).await;
    let answer = answer.unwrap();
    assert_eq!(answer.outcome, MintOutcome::Minted);
    assert_eq!(
        (answer.runner.id.0, answer.runner.name.as_str()),
        (9, "jit-1-1-1")
    );
    assert_eq!(answer.handover_key.len(), 64);
    assert!(
        !serde_json::to_string(&answer)
            .unwrap()
            .contains("the-secret")
    );

    assert_eq!(fake.of(POST)[0].body["labels"], json!(["self-hosted", "1"]));
    let item = fake.of("PutItem")[0].body["Item"].clone();
    assert_eq!(item["pk"]["S"], answer.handover_key);
    assert_eq!(item["jit_config"]["S"], "the-secret");
    assert_eq!(item["expires_at"]["N"], "1000900");
    let last = fake.of("UpdateItem")[2].body.clone();
    assert_eq!(last["ExpressionAttributeValues"][":runner"]["N"], "9");
    assert_eq!(
        fake.of("UpdateItem")[3].body["Key"]["pk"]["S"],
        "repo#acme/r"
    );
    // Name and key are in the claim before GitHub is asked, the runner after.
    let order: Vec<_> = fake
        .names()
        .into_iter()
        .filter(|n| !["GetSecretValue", "GetItem"].contains(&n.as_str()))
        .filter(|n| !n.ends_with("access_tokens"))
        .collect();
    assert_eq!(
        order,
        [
            "UpdateItem",
            JOB,
            "UpdateItem",
            POST,
            "PutItem",
            "UpdateItem",
            // The repository, noted when all is done.
            "UpdateItem",
        ]
    );
}
