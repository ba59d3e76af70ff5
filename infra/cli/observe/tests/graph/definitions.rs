//! Definitions that people wrote: ours, those of the interpreter's cases, and
//! those that AWS ran.

use crate::check;
use observe::graph::{Graph, layout};
use serde_json::{Value, json};
use std::{fs, path::Path};

pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}

pub(crate) fn ours() -> Value {
    let text = fs::read_to_string(root().join("statemachine/runner.asl.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn ours_is_drawn_without_anything_on_anything() {
    let (graph, layout) = check::definition(&ours()).unwrap();
    println!("1 of 1 definitions");
    let states = ours()["States"].as_object().unwrap().len();
    assert_eq!(graph.nodes.len(), states + 2, "and both circles");
    assert!(
        layout.width < 3200.0 && layout.height < 2000.0,
        "{} by {}",
        layout.width,
        layout.height
    );
}

#[test]
fn those_that_aws_ran_are_drawn_so_too() {
    let folder = root().join("../shared/asl-cases");
    if !folder.is_dir() {
        println!("no recordings at hand: skipped");
        return;
    }
    all(&folder);
}

#[test]
fn those_of_the_interpreters_cases_are_drawn_so_too() {
    all(&root().join("statemachine/asl/tests/cases"));
}

fn all(folder: &Path) {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    let mut wrong = Vec::new();
    for path in &files {
        let case: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        if let Err(why) = check::definition(&case["definition"]) {
            wrong.push(format!("{}: {why}", path.display()));
        }
    }
    println!(
        "{} of {} definitions",
        files.len() - wrong.len(),
        files.len()
    );
    assert!(!files.is_empty(), "{} has cases", folder.display());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Branches of different depth, a Map in a branch, loops, catchers, names twice.
pub(crate) fn nested() -> Value {
    let retry = json!({"StartAt": "Try", "States": {
        "Try": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Good?",
            "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Pause"}, {"ErrorEquals": ["States.ALL"], "Next": "Give up"}]},
        "Good?": {"Type": "Choice", "Default": "Pause", "Choices": [
            {"Condition": "{% $states.input.good %}", "Next": "Good"},
            {"Condition": "{% $states.input.again %}", "Next": "Good?"}]},
        "Pause": {"Type": "Wait", "Seconds": 5, "Next": "Try"},
        "Good": {"Type": "Succeed"},
        "Give up": {"Type": "Fail", "Error": "Tired"}}});
    json!({"QueryLanguage": "JSONata", "StartAt": "Both", "States": {
        "Both": {"Type": "Parallel", "Next": "After", "Comment": "Both at once.",
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "After"}],
            "Branches": [
                retry,
                {"StartAt": "One by one", "States": {
                    "One by one": {"Type": "Map", "ItemProcessor": retry, "Next": "Tell",
                        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "One by one"}]},
                    "Tell": {"Type": "Pass", "End": true}}},
                {"StartAt": "Short", "States": {"Short": {"Type": "Pass", "End": true}}}]},
        "After": {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"},
            "StartAt": "Both", "States": {"Both": {"Type": "Pass", "End": true}}}, "End": true},
        "Nobody comes here": {"Type": "Pass", "Next": "After"}}})
}

#[test]
fn nested_ones_keep_their_children_inside() {
    let (graph, _) = check::definition(&nested()).unwrap();
    let branches: Vec<usize> = graph.children("Both").map(|node| node.branch).collect();
    assert_eq!(branches, [0, 0, 0, 0, 0, 1, 1, 2]);
    println!("1 of 1 definitions");
}

#[test]
fn the_same_definition_is_always_the_same_drawing() {
    for definition in [ours(), nested()] {
        let graph = Graph::of(&definition).unwrap();
        let first = layout(&graph);
        for _ in 0..3 {
            assert_eq!(layout(&graph), first);
        }
    }
}

#[test]
fn a_graph_made_by_hand_against_all_rules_is_no_reason_to_panic() {
    let mut graph = Graph::of(&nested()).unwrap();
    // Out of its States object, to nowhere, a parent that is its own child.
    let inner = graph
        .nodes
        .iter()
        .position(|node| node.name == "Tell")
        .unwrap();
    graph.edges[0].to.clone_from(&graph.nodes[inner].id);
    graph.edges[1].to = "nowhere".to_owned();
    let id = graph.nodes[inner].id.clone();
    graph.nodes[inner].parent = Some(id);
    layout(&graph);
    graph.nodes.clear();
    layout(&graph);
}
