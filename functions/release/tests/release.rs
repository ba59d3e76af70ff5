//! Release against a scripted AWS and GitHub: what is written, taken, deleted
//! and stopped, in which order, and what never is.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "../../shared/aws/tests/fake/app_key.rs"]
mod app_key;
#[path = "../../shared/aws/tests/fake/config.rs"]
mod config;
#[path = "../../shared/aws/tests/fake/mod.rs"]
mod fake;
#[path = "../../shared/aws/tests/fake/fleet.rs"]
mod fleet;

use chrono::DateTime;
use domain::clock::Clock;
use domain::steps::{ReleaseInput, ReleaseOutcome, ReleaseOutput};
use fake::{Answer, Call, Fake};
use fleet::LIMIT;
use handler::{Named, Settings};
use release::{ReleaseError, State, handle};
use serde_json::{Value, json};

const DELETE: &str = "DELETE /orgs/acme/actions/runners/7";
const SHOW: &str = "GET /orgs/acme/actions/runners/7";
const LIST: &str = "GET /orgs/acme/actions/runners?name=jit-1-1-1&per_page=100&page=1";
const NOW: i64 = 1_000_000;

fn claim() -> Value {
    json!({"pk": {"S": "job#1#1"}, "owner": {"S": "arn:me"}, "state": {"S": "active"}, "seq": {"N": "1"},
        "runner_id": {"N": "7"}, "runner_name": {"S": "jit-1-1-1"}, "handover_key": {"S": "key"},
        "task_size": {"S": "256/512/20/X86_64"}})
}

/// Where the test says nothing: the container has taken its item and listens.
fn usual(call: &Call) -> Answer {
    if let Some(answer) = fleet::signing_in(call) {
        return answer;
    }
    match call.name.as_str() {
        "GetItem" => Answer::Json(200, json!({"Item": claim()})),
        "UpdateItem" => Answer::Json(200, json!({"Attributes": claim()})),
        "DeleteItem" | "StopTask" => Answer::Json(200, json!({})),
        "GetExecutionHistory" => Answer::Json(200, history()),
        "DescribeTasks" => described("RUNNING"),
        DELETE => Answer::no_content(),
        name => panic!("nobody expects {name}"),
    }
}

/// The execution is in RunRunner and has submitted its task.
fn history() -> Value {
    let output = json!({"Tasks": [{"TaskArn": "arn:t"}]}).to_string();
    json!({"events": [
        {"id": 2, "timestamp": 1.0, "type": "TaskSubmitted", "taskSubmittedEventDetails":
            {"resourceType": "ecs", "resource": "runTask.sync", "output": output}},
        {"id": 1, "timestamp": 1.0, "type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "RunRunner"}},
    ]})
}

/// The execution is still in Mint.
fn in_mint() -> Value {
    json!({"events": [
        {"id": 1, "timestamp": 1.0, "type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "Mint"}},
    ]})
}

fn described(status: &str) -> Answer {
    let task =
        json!({"taskArn": "arn:t", "lastStatus": status, "containers": [{"name": "runner"}]});
    Answer::Json(200, json!({"tasks": [task], "failures": []}))
}

fn ended(runner_id: &Value, runner_name: &Value) -> Value {
    json!({
        "version": "0", "source": "github.com", "detail-type": "workflow_job",
        "detail": {
            "action": "completed", "version": 1,
            "workflow_job": {"id": 1, "run_id": 2, "run_attempt": 1, "conclusion": "cancelled",
                "runner_id": runner_id, "runner_name": runner_name},
            "repository": {"full_name": "acme/r", "owner": {"login": "acme"}},
        },
    })
}

fn by_nobody() -> Value {
    ended(&json!(0), &json!(""))
}

async fn run(
    event: Value,
    script: impl Fn(&Call, usize) -> Option<Answer> + Send + Sync + 'static,
) -> (Result<ReleaseOutput, ReleaseError>, Fake) {
    let fake = Fake::start(move |call, n| script(call, n).unwrap_or_else(|| usual(call))).await;
    let config = config::at(&fake.url).await;
    let settings = Settings::new(fleet::settings(&fake));
    let clock = Clock::fixed(DateTime::from_timestamp(NOW, 0).unwrap());
    let state = State::new(settings, &config, clock, None).unwrap();
    let input: ReleaseInput = serde_json::from_value(event).unwrap();
    (handle(input, &state).await, fake)
}

/// The calls without those that sign in.
fn order(fake: &Fake) -> Vec<String> {
    let names = fake.names().into_iter();
    names
        .filter(|n| n != "GetSecretValue" && !n.ends_with("access_tokens"))
        .collect()
}

/// The reads of claims.
fn reads(fake: &Fake) -> Vec<Call> {
    let mut calls = fake.of("GetItem");
    calls.retain(|call| call.body["Key"]["pk"]["S"] != LIMIT);
    calls
}

fn wrote(fake: &Fake, pk: &str) -> Vec<Call> {
    let mut calls = fake.of("UpdateItem");
    calls.retain(|call| call.body["Key"]["pk"]["S"] == pk);
    calls
}

fn touched_nothing(fake: &Fake) {
    for name in ["DeleteItem", "StopTask", DELETE] {
        assert!(fake.of(name).is_empty(), "{name}");
    }
    assert!(wrote(fake, "job#1#1").is_empty());
}

#[tokio::test]
async fn a_runner_with_a_job_is_left_alone() {
    let (answer, fake) = run(by_nobody(), |call, _| {
        (call.name == DELETE).then(|| Answer::Json(422, json!({"message": "busy"})))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::Busy);
    assert!(fake.of("StopTask").is_empty());
}

#[tokio::test]
async fn a_single_404_for_a_runner_with_a_job_ends_no_job() {
    let (answer, fake) = run(by_nobody(), |call, before| match call.name.as_str() {
        DELETE if before == 0 => Some(Answer::Json(404, json!({"message": "Not Found"}))),
        DELETE => Some(Answer::Json(422, json!({"message": "busy"}))),
        SHOW => Some(Answer::Json(
            200,
            json!({"id": 7, "name": "jit-1-1-1", "status": "online", "busy": true}),
        )),
        _ => None,
    })
    .await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::Busy);
    assert!(fake.of("StopTask").is_empty());
}

#[tokio::test]
async fn a_runner_that_is_not_there_for_two_questions_has_its_task_stopped() {
    let (answer, fake) = run(by_nobody(), |call, _| {
        [DELETE, SHOW]
            .contains(&call.name.as_str())
            .then(|| Answer::Json(404, json!({"message": "Not Found"})))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::Removed);
    assert_eq!(fake.of(DELETE).len(), 1);
    assert_eq!(fake.of("StopTask").len(), 1);
}

#[tokio::test]
async fn github_that_does_not_answer_stops_nothing_and_is_tried_again() {
    let (answer, fake) = run(by_nobody(), |call, _| {
        (call.name == DELETE).then(|| Answer::Json(500, json!({})))
    })
    .await;
    assert_eq!(answer.unwrap_err().name(), "GitHubUnavailable");
    assert!(fake.of("StopTask").is_empty());
}

#[tokio::test]
async fn a_table_that_throttles_is_tried_again() {
    let (answer, fake) = run(by_nobody(), |call, _| {
        (call.name == "GetItem").then(|| Answer::aws("ThrottlingException"))
    })
    .await;
    assert_eq!(answer.unwrap_err().name(), "StoreUnavailable");
    touched_nothing(&fake);
}

#[tokio::test]
async fn a_claim_that_never_rests_is_tried_again() {
    let (answer, fake) = run(by_nobody(), |call, _| {
        let ours = call.name == "UpdateItem" && call.body["Key"]["pk"]["S"] == "job#1#1";
        ours.then(|| Answer::aws("ConditionalCheckFailedException"))
    })
    .await;
    assert_eq!(answer.unwrap_err().name(), "StoreUnavailable");
    assert!(fake.of("DeleteItem").is_empty());
}

#[tokio::test]
async fn a_repository_that_cannot_be_noted_costs_no_release() {
    let (answer, _) = run(by_nobody(), |call, _| {
        let note = call.name == "UpdateItem" && call.body["Key"]["pk"]["S"] == "repo#acme/r";
        note.then(|| Answer::aws("ThrottlingException"))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::Removed);
}

#[tokio::test]
async fn a_job_without_a_claim_is_nobody_s() {
    let (answer, fake) = run(by_nobody(), |call, _| {
        (call.name == "GetItem").then(|| Answer::Json(200, json!({})))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::NoClaim);
    touched_nothing(&fake);
}

#[tokio::test]
async fn a_job_that_its_own_runner_had_is_nothing_to_do() {
    let (answer, fake) = run(ended(&json!(7), &json!("jit-1-1-1")), |_, _| None).await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::OwnRunner);
    touched_nothing(&fake);
    assert_eq!(order(&fake), ["UpdateItem", "GetItem"]);
}

#[tokio::test]
async fn another_runner_of_ours_leaves_this_one_alone() {
    let (answer, fake) = run(ended(&json!(9), &json!("jit-2-1-1")), |_, _| None).await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::Swapped);
    touched_nothing(&fake);
    let read: Vec<Value> = reads(&fake).into_iter().map(|call| call.body).collect();
    assert_eq!(read[0]["Key"]["pk"]["S"], "job#1#1");
    assert_eq!(read[1]["Key"]["pk"]["S"], "job#2#1", "the other job's size");
}

#[tokio::test]
async fn an_event_that_tells_of_no_end_does_nothing_at_all() {
    let mut event = by_nobody();
    event["detail"]["action"] = json!("in_progress");
    let (answer, fake) = run(event, |_, _| None).await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::NotEnded);
    assert!(fake.names().is_empty());
}

#[tokio::test]
async fn between_claim_and_mint_the_claim_is_told_and_no_more() {
    let bare = json!({"owner": {"S": "arn:me"}, "state": {"S": "active"}});
    let (answer, fake) = run(by_nobody(), move |call, _| {
        (call.name == "GetItem").then(|| Answer::Json(200, json!({"Item": bare})))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::NoRunner);
    let [write] = &wrote(&fake, "job#1#1")[..] else {
        panic!("one write");
    };
    let condition = write.body["ConditionExpression"].as_str().unwrap();
    assert!(condition.contains("attribute_not_exists(handover_key)"));
    assert!(fake.of("DeleteItem").is_empty());
}

#[tokio::test]
async fn a_mint_that_begins_under_its_hands_is_looked_at_again() {
    let bare = json!({"owner": {"S": "arn:me"}, "state": {"S": "active"}});
    let (answer, fake) = run(by_nobody(), move |call, n| match call.name.as_str() {
        "GetItem" if n == 0 => Some(Answer::Json(200, json!({"Item": bare}))),
        // The first of them notes the repository.
        "UpdateItem" if n == 1 => Some(Answer::aws("ConditionalCheckFailedException")),
        _ => None,
    })
    .await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::Removed);
    assert_eq!(reads(&fake).len(), 2);
    assert_eq!(fake.of(DELETE).len(), 1);
}

#[tokio::test]
async fn a_runner_that_github_never_confirmed_is_found_by_its_name() {
    let mut unconfirmed = claim();
    unconfirmed.as_object_mut().unwrap().remove("runner_id");
    let item = unconfirmed.clone();
    let (answer, fake) = run(by_nobody(), move |call, _| match call.name.as_str() {
        "GetItem" => Some(Answer::Json(200, json!({"Item": item}))),
        "UpdateItem" => Some(Answer::Json(200, json!({"Attributes": unconfirmed}))),
        LIST => Some(Answer::Json(200, json!({"total_count": 0, "runners": []}))),
        "GetExecutionHistory" => Some(Answer::Json(200, in_mint())),
        _ => None,
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!(answer.outcome, ReleaseOutcome::Removed);
    assert!(answer.tasks.is_empty());
    assert!(fake.of("StopTask").is_empty());
}

#[tokio::test]
async fn what_the_mint_wrote_meanwhile_is_what_is_removed() {
    // Read before GitHub confirmed it, written after.
    let mut before = claim();
    before.as_object_mut().unwrap().remove("runner_id");
    let (answer, fake) = run(by_nobody(), move |call, _| {
        (call.name == "GetItem").then(|| Answer::Json(200, json!({"Item": before})))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::Removed);
    assert_eq!(fake.of(DELETE).len(), 1);
}

#[tokio::test]
async fn a_failed_execution_s_claim_forgets_the_runner() {
    let mut failed = claim();
    failed["state"] = json!({"S": "failed"});
    let (answer, fake) = run(by_nobody(), move |call, _| match call.name.as_str() {
        "UpdateItem" => Some(Answer::Json(200, json!({"Attributes": failed}))),
        "DescribeTasks" => Some(described("STOPPED")),
        _ => None,
    })
    .await;
    assert_eq!(answer.unwrap().outcome, ReleaseOutcome::Removed);
    let last = wrote(&fake, "job#1#1").pop().unwrap();
    assert_eq!(
        last.body["UpdateExpression"],
        "REMOVE runner_id, handover_key, github_calls"
    );
}

#[tokio::test]
async fn a_runner_that_was_given_no_job_is_removed_before_its_task_is_stopped() {
    for runner in [by_nobody(), ended(&json!(9), &json!("gpu-box"))] {
        let (answer, fake) = run(runner, |_, _| None).await;
        let answer = answer.unwrap();
        assert_eq!(answer.outcome, ReleaseOutcome::Removed);
        assert_eq!(answer.tasks, ["arn:t"]);
        assert_eq!(
            order(&fake),
            [
                // The repository, noted.
                "UpdateItem",
                "GetItem",
                // The claim, told: a mint under way sees it.
                "UpdateItem",
                // Whether anybody was told to wait.
                "GetItem",
                "DeleteItem",
                DELETE,
                "GetExecutionHistory",
                "DescribeTasks",
                "StopTask",
            ]
        );
        let told = &wrote(&fake, "job#1#1")[0].body;
        assert_eq!(told["ExpressionAttributeValues"][":now"]["N"], "1000000");
        assert_eq!(
            told["ConditionExpression"],
            "#owner = :me AND handover_key = :key"
        );
    }
}
