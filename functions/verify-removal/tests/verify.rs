//! VerifyRemoval against a scripted AWS and GitHub: what is taken, deleted and
//! stopped, in which order, and what never is.

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
use domain::steps::{Outcome, VerifyRemovalInput, VerifyRemovalOutput};
use fake::{Answer, Call, Fake};
use fleet::LIMIT;
use handler::{Named, Settings};
use serde_json::{Value, json};
use verify_removal::{State, VerifyError, handle};

const JOB: &str = "GET /repos/acme/r/actions/jobs/1";
const DELETE: &str = "DELETE /orgs/acme/actions/runners/7";
const SHOW: &str = "GET /orgs/acme/actions/runners/7";
const LIST: &str = "GET /orgs/acme/actions/runners?name=jit-1-1-1&per_page=100&page=1";
const NOW: i64 = 1_000_000;

fn claim() -> Value {
    json!({"owner": {"S": "arn:me"}, "state": {"S": "active"}, "seq": {"N": "1"}, "runner_id": {"N": "7"},
        "runner_name": {"S": "jit-1-1-1"}, "handover_key": {"S": "key"}, "github_calls": {"N": "2"}})
}

/// Where the test says nothing: the item was taken by the container, the
/// runner left, the job still waits.
fn usual(call: &Call) -> Answer {
    if let Some(answer) = fleet::signing_in(call) {
        return answer;
    }
    match call.name.as_str() {
        "GetItem" => Answer::Json(200, json!({"Item": claim()})),
        "UpdateItem" | "DeleteItem" | "StopTask" => Answer::Json(200, json!({})),
        "GetExecutionHistory" => Answer::Json(200, history(&["arn:t"])),
        "DescribeTasks" => described("RUNNING"),
        JOB => Answer::Json(
            200,
            json!({"id": 1, "status": "queued", "created_at": "1970-01-12T13:45:00Z"}),
        ),
        DELETE => Answer::Json(404, json!({"message": "Not Found"})),
        name => panic!("nobody expects {name}"),
    }
}

fn history(arns: &[&str]) -> Value {
    let mut events: Vec<Value> = arns
        .iter()
        .map(|arn| {
            let output = json!({"Tasks": [{"TaskArn": arn}]}).to_string();
            json!({"id": 2, "timestamp": 1.0, "type": "TaskSubmitted", "taskSubmittedEventDetails":
                {"resourceType": "ecs", "resource": "runTask.sync", "output": output}})
        })
        .collect();
    events.push(
        json!({"id": 1, "timestamp": 1.0, "type": "TaskStateEntered",
        "stateEnteredEventDetails": {"name": "RunRunner"}}),
    );
    json!({"events": events})
}

fn described(status: &str) -> Answer {
    let task = json!({"taskArn": "arn:t", "lastStatus": status, "stopCode": "UserInitiated", "containers": [{"name": "runner"}]});
    Answer::Json(200, json!({"tasks": [task], "failures": []}))
}

fn job(status: &str, conclusion: &Value, runner: &Value) -> Answer {
    Answer::Json(
        200,
        json!({"id": 1, "status": status, "conclusion": conclusion, "runner_name": runner}),
    )
}

fn exited(code: i32) -> (String, String) {
    let cause = json!({"TaskArn": "arn:t", "StopCode": "EssentialContainerExited", "StoppedAt": (NOW - 100) * 1000,
        "Containers": [{"Name": "runner", "ExitCode": code}]});
    let error = if code == 0 { "" } else { "States.TaskFailed" };
    (error.into(), cause.to_string())
}

async fn run(
    end: (impl Into<String>, impl Into<String>),
    script: impl Fn(&Call, usize) -> Option<Answer> + Send + Sync + 'static,
) -> (Result<VerifyRemovalOutput, VerifyError>, Fake) {
    let fake = Fake::start(move |call, n| script(call, n).unwrap_or_else(|| usual(call))).await;
    let config = config::at(&fake.url).await;
    let settings = Settings::new(fleet::settings(&fake));
    let clock = Clock::fixed(DateTime::from_timestamp(NOW, 0).unwrap());
    let state = State::new(settings, &config, clock, None).unwrap();
    let (error, cause): (String, String) = (end.0.into(), end.1.into());
    let input: VerifyRemovalInput = serde_json::from_value(json!({
        "version": 1,
        "job": {"id": 1, "run_id": 2, "run_attempt": 1, "repository": "acme/r", "owner": "acme", "labels": ["1"]},
        "claim": {"pk": "job#1#1", "owner": "arn:me"},
        "capacity": "on_demand",
        "limits": {"start_seconds": 600, "idle_seconds": 600, "total_seconds": 23400},
        "execution_arn": "arn:me",
        "run": {"error": error, "cause": cause},
    }))
    .unwrap();
    (handle(input, &state).await, fake)
}

/// How often the claim was told that the runner is gone.
fn forgotten(fake: &Fake) -> usize {
    let removes = |call: &Call| call.body["UpdateExpression"].to_string().contains("REMOVE");
    fake.of("UpdateItem").iter().filter(|c| removes(c)).count()
}

fn before(fake: &Fake, first: &str, second: &str) -> bool {
    let names = fake.names();
    let at = |name: &str| names.iter().position(|n| n == name).unwrap();
    at(first) < at(second)
}

#[tokio::test]
async fn a_running_job_is_never_stopped_even_after_the_timeout() {
    let (answer, fake) = run(("States.Timeout", ""), |call, _| match call.name.as_str() {
        DELETE => Some(Answer::Json(422, json!({"message": "busy"}))),
        JOB => Some(job("in_progress", &Value::Null, &json!("jit-1-1-1"))),
        _ => None,
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!((answer.outcome, answer.seconds), (Outcome::RunnerBusy, 30));
    assert!(!answer.runner_removed);
    assert_eq!(answer.task_arn, "arn:t");
    assert!(fake.of("StopTask").is_empty());
    assert_eq!(forgotten(&fake), 0, "the claim keeps the runner");
    // Two calls that the last answer will tell; this one only waits.
    assert_eq!(fake.of("UpdateItem").len(), 1);
    let added = &fake.of("UpdateItem")[0].body;
    assert_eq!(added["UpdateExpression"], "ADD github_calls :calls");
    assert_eq!(added["ExpressionAttributeValues"][":calls"]["N"], "2");
    assert_eq!(answer.usage.github_calls, 0);
}

#[tokio::test]
async fn a_task_that_never_started_is_stopped_after_its_item_was_taken() {
    let (answer, fake) = run(("States.Timeout", ""), |call, _| match call.name.as_str() {
        "DeleteItem" => Some(Answer::Json(
            200,
            json!({"Attributes": {"pk": {"S": "key"}}}),
        )),
        DELETE => Some(Answer::no_content()),
        _ => None,
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!((answer.outcome, answer.seconds), (Outcome::Wait, 5));
    assert!(before(&fake, "DeleteItem", "StopTask"));
    assert!(before(&fake, DELETE, "StopTask"));
    assert_eq!(forgotten(&fake), 0, "not before the task has stopped");

    let (answer, fake) = run(("States.Timeout", ""), |call, _| {
        (call.name == "DescribeTasks").then(|| described("STOPPED"))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, Outcome::StartFailure);
    assert_eq!(forgotten(&fake), 1, "clean: the claim forgets the runner");
}

#[tokio::test]
async fn a_claim_of_somebody_else_is_not_touched() {
    let (answer, fake) = run(exited(0), |call, _| match call.name.as_str() {
        "GetItem" => {
            let mut theirs = claim();
            theirs["owner"] = json!({"S": "arn:other"});
            Some(Answer::Json(200, json!({"Item": theirs})))
        }
        JOB => Some(job("completed", &json!("success"), &json!("jit-1-1-2"))),
        _ => None,
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!(answer.outcome, Outcome::Served);
    assert!(!answer.runner_removed);
    for name in ["DeleteItem", DELETE, "StopTask", "UpdateItem"] {
        assert!(fake.of(name).is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_mint_that_was_never_confirmed_is_found_by_its_name() {
    let cause = json!({"errorType": "GitHubUnavailable", "errorMessage": "lost"}).to_string();
    let (answer, fake) = run(("GitHubUnavailable", cause), |call, _| match call.name.as_str() {
        "GetItem" => {
            let mut claim = claim();
            claim.as_object_mut().unwrap().remove("runner_id");
            Some(Answer::Json(200, json!({"Item": claim})))
        }
        "GetExecutionHistory" => Some(Answer::Json(200, history(&[]))),
        LIST => Some(Answer::Json(
            200,
            json!({"total_count": 1, "runners": [{"id": 7, "name": "jit-1-1-1", "busy": false}]}),
        )),
        DELETE => Some(Answer::no_content()),
        _ => None,
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!(answer.outcome, Outcome::StartFailure);
    assert!(answer.runner_removed);
    assert_eq!((fake.of(DELETE).len(), fake.of("UpdateItem").len()), (1, 1));
    assert!(fake.of("DescribeTasks").is_empty());
}

#[tokio::test]
async fn a_spent_item_may_mean_that_an_earlier_task_is_at_work() {
    let (answer, fake) = run(exited(81), |call, _| match call.name.as_str() {
        "GetExecutionHistory" => Some(Answer::Json(200, history(&["arn:second", "arn:t"]))),
        DELETE => Some(Answer::Json(422, json!({"message": "busy"}))),
        _ => None,
    })
    .await;
    assert_eq!(answer.unwrap().outcome, Outcome::RunnerBusy);
    assert!(fake.of("StopTask").is_empty());
}

#[tokio::test]
async fn a_single_404_is_not_believed_while_a_task_is_alive() {
    let (answer, fake) = run(exited(81), |call, before| match call.name.as_str() {
        "GetExecutionHistory" => Some(Answer::Json(200, history(&["arn:second", "arn:t"]))),
        SHOW => Some(Answer::Json(200, json!({"id": 7, "name": "jit-1-1-1"}))),
        DELETE if before > 0 => Some(Answer::Json(422, json!({"message": "busy"}))),
        _ => None,
    })
    .await;
    assert_eq!(answer.unwrap().outcome, Outcome::RunnerBusy);
    assert_eq!((fake.of(SHOW).len(), fake.of(DELETE).len()), (1, 2));
    assert!(fake.of("StopTask").is_empty());
}

#[tokio::test]
async fn limits_are_waited_for_and_refusals_are_final() {
    let (answer, fake) = run(exited(0), |call, _| {
        let hint = vec![("retry-after", "21".to_owned())];
        (call.name == JOB).then_some(Answer::With(429, hint, Value::Null))
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!(answer.outcome, Outcome::Wait);
    assert!((21..=42).contains(&answer.seconds), "{answer:?}");
    // The fleet is told, and the claim keeps the two calls for the last answer.
    let written = fake.of("UpdateItem");
    assert_eq!(written[0].body["Key"]["pk"]["S"], LIMIT);
    assert_eq!(
        written[0].body["ExpressionAttributeValues"][":until"]["N"],
        (NOW + 21).to_string()
    );
    assert_eq!(
        written[1].body["ExpressionAttributeValues"][":calls"]["N"],
        "2"
    );

    let (answer, _) = run(exited(0), |call, _| {
        (call.name == JOB).then(|| Answer::Json(403, json!({"message": "no"})))
    })
    .await;
    assert_eq!(answer.unwrap_err().name(), "GitHubRefused");

    let (answer, _) = run(exited(0), |call, _| {
        (call.name == "GetItem").then(|| Answer::aws("ThrottlingException"))
    })
    .await;
    assert_eq!(answer.unwrap_err().name(), "StoreUnavailable");
}

#[tokio::test]
async fn what_another_function_was_told_is_obeyed_without_asking_github() {
    let (answer, fake) = run(exited(0), |call, _| {
        let limit = call.name == "GetItem" && call.body["Key"]["pk"]["S"] == LIMIT;
        let item = json!({"Item": {"until": {"N": (NOW + 30).to_string()}}});
        limit.then(|| Answer::Json(200, item))
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!(answer.outcome, Outcome::Wait);
    assert!((30..=60).contains(&answer.seconds), "{answer:?}");
    assert_eq!(fake.names(), ["GetItem", "GetItem"]);
}

#[tokio::test]
async fn a_task_that_was_never_made_is_not_looked_for() {
    let (answer, fake) = run(
        ("ECS.AmazonECSException", "Capacity is unavailable"),
        |_, _| None,
    )
    .await;
    assert_eq!(answer.unwrap().outcome, Outcome::Capacity);
    assert!(fake.of("GetExecutionHistory").is_empty());
    assert!(fake.of("DescribeTasks").is_empty());
}

#[tokio::test]
async fn a_served_job_costs_four_calls_and_leaves_a_clean_claim() {
    let (answer, fake) = run(exited(0), |call, _| {
        (call.name == JOB).then(|| job("completed", &json!("failure"), &json!("jit-1-1-1")))
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!(answer.outcome, Outcome::Served);
    assert!(answer.runner_removed);
    assert_eq!(
        (answer.task_arn.as_str(), answer.exit_code.as_str()),
        ("arn:t", "0")
    );
    assert_eq!(answer.job_conclusion, "failure");
    let order: Vec<_> = fake
        .names()
        .into_iter()
        .filter(|n| n != "GetSecretValue" && !n.ends_with("access_tokens"))
        .collect();
    // Two reads side by side: the claim, and whether the fleet is to wait.
    assert_eq!(
        order,
        [
            "GetItem",
            "GetItem",
            "DeleteItem",
            DELETE,
            JOB,
            "UpdateItem"
        ]
    );
    // Mint's two, which the claim tells, and these two.
    assert_eq!(answer.usage.github_calls, 4);
    assert_eq!(forgotten(&fake), 1);
}

#[tokio::test]
async fn a_runner_of_ours_is_known_by_its_name_after_the_claim_was_cleaned() {
    let (answer, fake) = run(exited(0), |call, _| match call.name.as_str() {
        "GetItem" => Some(Answer::Json(
            200,
            json!({"Item": {"owner": {"S": "arn:me"}, "seq": {"N": "2"}}}),
        )),
        JOB => Some(job("completed", &json!("success"), &json!("jit-1-1-1"))),
        _ => None,
    })
    .await;
    assert_eq!(answer.unwrap().outcome, Outcome::Served);
    assert_eq!(fake.of(DELETE).len(), 0);
}
