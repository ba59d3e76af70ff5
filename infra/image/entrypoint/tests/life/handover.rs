//! Taking the JIT config: every way that it can fail, and that it is tried once.

use std::time::Duration;

use crate::support::{JIT_CONFIG, Run, Table, of_script, table};
use entrypoint::{End, Forwarded};

/// A program that would leave a mark in the log.
const MARK: &str = "echo the runner ran";

async fn end_with(behaviour: Table) -> (End, Vec<String>, usize) {
    let (address, requests) = table(behaviour).await;
    let (end, lines) = Run::of(MARK, address).start().await.end().await;
    let count = requests.lock().expect("not poisoned").len();
    (end, lines, count)
}

#[tokio::test]
async fn an_item_that_is_gone_or_expired_starts_nothing() {
    for behaviour in [Table::Gone, Table::Expired] {
        let (end, lines, requests) = end_with(behaviour).await;
        assert_eq!((end.exit_code(), requests), (81, 1), "{lines:?}");
        assert!(
            !lines.iter().any(|line| line.contains("the runner ran")),
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn a_refused_call_takes_nothing() {
    let (end, lines, requests) = end_with(Table::Refuses).await;
    assert_eq!((end.exit_code(), requests), (86, 1), "{lines:?}");
}

#[tokio::test]
async fn a_table_that_cannot_be_reached_takes_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (end, lines) = Run::of(MARK, address).start().await.end().await;
    assert_eq!(end, End::HandoverUnreachable, "{lines:?}");
    assert_eq!(end.exit_code(), 86);
}

#[tokio::test]
async fn a_lost_answer_counts_as_spent_and_is_not_asked_again() {
    let (end, lines, requests) = end_with(Table::Silent).await;
    assert_eq!((end.exit_code(), requests), (81, 1), "{lines:?}");
}

#[tokio::test]
async fn a_signal_before_the_answer_starts_nothing() {
    let (address, requests) = table(Table::Silent).await;
    let running = Run::of(MARK, address).start().await;
    for _ in 0..500 {
        if !requests.lock().unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.signals.send(Forwarded::Terminate).unwrap();
    let (end, _) = running.end().await;
    assert_eq!(end.exit_code(), 128 + 15);
}

#[tokio::test]
async fn the_item_is_taken_by_one_delete_that_returns_it() {
    let (address, requests) = table(Table::Holds).await;
    let (end, _) = Run::of("exit 0", address).start().await.end().await;
    assert_eq!(end.exit_code(), 0);
    let requests = requests.lock().unwrap();
    let (target, body) = &requests[0];
    assert_eq!(requests.len(), 1);
    assert_eq!(target, "DynamoDB_20120810.DeleteItem");
    assert_eq!(body["TableName"], "handover");
    assert_eq!(body["Key"]["pk"]["S"], "k");
    assert_eq!(body["ReturnValues"], "ALL_OLD");
    assert!(
        body["ConditionExpression"]
            .as_str()
            .unwrap()
            .contains("expires_at > :now")
    );
}

#[tokio::test]
async fn only_the_runner_program_gets_the_jit_config() {
    let check = format!(
        "test \"$ACTIONS_RUNNER_INPUT_JITCONFIG\" = {JIT_CONFIG} && test \"$ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE\" = 1"
    );
    let (end, lines) = of_script(&check).await;
    assert_eq!(end.exit_code(), 0);
    assert!(
        !lines.iter().any(|line| line.contains(JIT_CONFIG)),
        "{lines:?}"
    );
    assert_eq!(lines[0], "jit-runners: runner jit-7-1-1 for job 7");
    assert_eq!(
        lines[1],
        "Runner listener exit with 0 return code, stop the service, no retry needed."
    );
}
