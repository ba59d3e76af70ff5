//! What a definition's graph has in it.

use crate::definitions::{nested, ours};
use observe::graph::{EdgeKind, Graph, GraphError, Kind};
use serde_json::json;

#[test]
fn what_is_no_definition_is_an_error_with_its_reason() {
    assert_eq!(Graph::of(&json!([])), Err(GraphError::NotAnObject));
    for empty in [json!({}), json!({"States": {}}), json!({"States": 3})] {
        assert_eq!(Graph::of(&empty), Err(GraphError::NoStates));
    }
}

#[test]
fn our_states_are_worded_as_the_console_words_them() {
    let graph = Graph::of(&ours()).unwrap();
    let detail = |id: &str| graph.node(id).unwrap().detail.as_deref();
    assert_eq!(detail("Mint"), Some("Lambda: Invoke"));
    assert_eq!(detail("RunRunner"), Some("ECS: RunTask (sync)"));
    assert_eq!(detail("Claim"), Some("DynamoDB: UpdateItem"));
    assert_eq!(detail("Backoff"), Some("$backoff_seconds"));
    assert_eq!(graph.node("Route").unwrap().kind, Kind::Choice);
    assert_eq!(graph.nodes.first().unwrap().kind, Kind::Start);
    assert_eq!(graph.nodes.last().unwrap().kind, Kind::End);
}

#[test]
fn catchers_to_one_state_are_one_edge_that_names_all_their_errors() {
    let graph = Graph::of(&ours()).unwrap();
    let caught: Vec<_> = graph
        .edges
        .iter()
        .filter(|edge| edge.from == "VerifyRemoval" && edge.kind == EdgeKind::Catch)
        .collect();
    assert_eq!(caught.len(), 1);
    assert_eq!(caught[0].to, "MarkFailed");
    assert_eq!(caught[0].label.as_deref(), Some("States.ALL +3"));
    assert_eq!(
        caught[0].title.as_deref(),
        Some("GitHubRefused\nSettingsInvalid\nStates.QueryEvaluationError\nStates.ALL")
    );
}

#[test]
fn names_that_stand_twice_have_ids_of_their_own() {
    let graph = Graph::of(&nested()).unwrap();
    let both: Vec<_> = graph
        .nodes
        .iter()
        .filter(|node| node.name == "Both")
        .collect();
    assert_eq!(both.len(), 2);
    assert_eq!(both[0].id, "Both", "the outer one keeps its name");
    assert_ne!(both[0].id, both[1].id);
    let start = json!({"StartAt": "Start", "States": {"Start": {"Type": "Pass", "End": true}}});
    let ids: Vec<_> = Graph::of(&start)
        .unwrap()
        .nodes
        .into_iter()
        .map(|node| node.id)
        .collect();
    assert_eq!(ids, ["Start (2)", "Start", "End"]);
}

#[test]
fn what_is_missing_has_no_edge_and_a_machine_without_an_end_no_circle() {
    let graph = Graph::of(&json!({"StartAt": "Nobody", "States": {
        "A": {"Type": "Pass", "Next": "Nobody"},
        "B": {"Type": "Pass", "Next": "B"},
    }}))
    .unwrap();
    let ids: Vec<_> = graph.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["A", "B"]);
    assert_eq!(graph.edges.len(), 1);
}
