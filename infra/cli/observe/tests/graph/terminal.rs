//! The graph in a terminal.

use crate::{
    definitions::{nested, ours},
    drawn::second_try,
};
use observe::graph::{Graph, Paint, StatePaint, text};
use serde_json::json;

#[test]
fn an_execution_is_the_way_that_it_took() {
    let graph = Graph::of(&ours()).unwrap();
    let shown = text(&graph, &second_try(), 80, false);
    let wanted = "   ✔ Size           Lambda: Invoke
   ┃
   ✔ Sized          Choice state
   ┃  $decision in ['accepted', 'rejected']
   ✔ Claim          DynamoDB: UpdateItem
   ┃
   ✔ Claimed        Choice state
   ┃  $decision = 'accepted'
┏━▶● Mint           Lambda: Invoke        running · 2 visits
┃  ┃
┃  ✔ Minted         Choice state
┃  ┃  $minted = 'minted'
┃  ⚠ RunRunner      ECS: RunTask (sync)   caught
┃  ┃  ⚠ States.ALL +1
┃  ✔ VerifyRemoval  Lambda: Invoke        1 retry
┃  ┃
┃  ✔ Route          Choice state
┃  ┃  $outcome in ['stolen', 'idle', 'handover_gone'] and $tries < $number('${M…
┗━━✔ Backoff        Wait: $backoff_seconds
○ 10 of 20 states not reached: MarkFailed, NotForUs, Escalate, Nudge, Duplicate…
";
    assert_eq!(shown, wanted);
}

#[test]
fn a_definition_is_all_its_states_and_where_they_lead() {
    let graph = Graph::of(&ours()).unwrap();
    let shown = text(&graph, &Paint::default(), 100, false);
    assert_eq!(shown.lines().count(), 20);
    assert!(
        shown.contains("○ Claim          DynamoDB: UpdateItem  → Claimed, ⚠ Nudge, ⚠ MarkFailed\n")
    );
}

#[test]
fn what_runs_inside_a_state_is_indented_below_it() {
    let graph = Graph::of(&nested()).unwrap();
    let mut paint = Paint::default();
    let done = |status| StatePaint {
        status,
        visits: 1,
        retries: 0,
    };
    for name in ["Both", "Try", "Good?", "Good", "One by one", "Short"] {
        paint.states.insert(name.to_owned(), done("succeeded"));
    }
    paint.states.insert("After".to_owned(), done("failed"));
    for (from, to) in [("Try", "Good?"), ("Good?", "Good"), ("Both", "After")] {
        paint.taken.insert((from.to_owned(), to.to_owned()));
    }
    let shown = text(&graph, &paint, 80, false);
    let at = |words: &str| {
        shown
            .find(words)
            .unwrap_or_else(|| panic!("{words} in:\n{shown}"))
    };
    assert!(at("✔ Both") < at("┃ ✔ Try"), "{shown}");
    assert!(at("branch 2") < at("✔ One by one"), "{shown}");
    assert!(at("✔ Short") < at("✖ After"), "{shown}");
    assert!(at("  failed") > at("✖ After"), "{shown}");
}

#[test]
fn colour_is_only_there_if_asked_and_control_characters_never() {
    let definition = json!({"StartAt": "\u{1b}]0;owned\u{7}", "States": {"\u{1b}]0;owned\u{7}": {"Type": "Pass", "End": true}}});
    let graph = Graph::of(&definition).unwrap();
    let mut paint = Paint::default();
    let state = StatePaint {
        status: "failed",
        visits: 1,
        retries: 2,
    };
    paint.states.insert("\u{1b}]0;owned\u{7}".to_owned(), state);
    assert_eq!(
        text(&graph, &paint, 80, false),
        "✖ ␛]0;owned␇  Pass state            failed · 2 retries\n"
    );
    let coloured = text(&graph, &paint, 80, true);
    assert!(coloured.starts_with("\u{1b}[31m✖"), "{coloured:?}");
    assert!(!coloured.contains("\u{1b}]") && !coloured.contains('\u{7}'));
}
