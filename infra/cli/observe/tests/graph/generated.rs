//! Definitions that nobody would write.

use crate::check;
use observe::graph::{Graph, Paint, StatePaint, Style, layout, svg, text};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const KINDS: &[&str] = &[
    "Pass",
    "Task",
    "Choice",
    "Wait",
    "Succeed",
    "Fail",
    "Unheard of",
];
const NAMES: &[&str] = &[
    "A",
    "B",
    "C",
    "D",
    "E",
    "F",
    "Start",
    "End",
    "Start (2)",
    "",
    " ",
    "<script>alert(1)</script>",
    "\u{1b}[31mred\u{7}",
    "日本語の状態の名前",
    "a\nb",
    "\u{202e}desrever",
    "\"quoted\" & 'so'",
    "A name that is as long as AWS allows a name to be, which is eighty characters, so.",
    "constructor",
    "👩‍💻",
];

/// A state: its name, its kind, where it leads, what stands inside.
fn machine(states: impl Into<prop::collection::SizeRange>, depth: u32) -> BoxedStrategy<Value> {
    let states = states.into();
    let leaf = || {
        (
            name(),
            prop::sample::select(KINDS),
            prop::collection::vec(name(), 0..5),
        )
            .prop_map(|(name, kind, to)| (name, state(kind, &to)))
    };
    let flat = prop::collection::vec(leaf(), states).prop_map(object);
    flat.boxed()
        .prop_recursive(depth, 24, 3, move |inner| {
            let outer = (
                name(),
                prop::collection::vec(inner, 1..4),
                any::<bool>(),
                prop::collection::vec(name(), 0..4),
            )
                .prop_map(|(name, machines, map, to)| {
                    let mut state = state("Task", &to);
                    if map {
                        state["Type"] = json!("Map");
                        state["ItemProcessor"] = machines[0].clone();
                    } else {
                        state["Type"] = json!("Parallel");
                        state["Branches"] = json!(machines);
                    }
                    (name, state)
                });
            prop::collection::vec(prop_oneof![leaf(), outer], 1..6).prop_map(object)
        })
        .boxed()
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(NAMES).prop_map(str::to_owned),
        (0..120_u32).prop_map(|number| format!("State {number}")),
    ]
}

fn state(kind: &str, to: &[String]) -> Value {
    let next = |at: usize| to.get(at).cloned();
    json!({
        "Type": kind,
        "Resource": "arn:aws:states:::dynamodb:updateItem",
        "Next": next(0),
        "Default": next(1),
        "End": to.is_empty(),
        "Choices": to.iter().map(|to| json!({"Condition": format!("{{% $word = '{to}' and $long > 1000 %}}"), "Next": to})).collect::<Vec<_>>(),
        "Catch": to.iter().skip(1).map(|to| json!({"ErrorEquals": ["States.Timeout", to], "Next": to})).collect::<Vec<_>>(),
    })
}

fn object(states: Vec<(String, Value)>) -> Value {
    let start = states.first().map(|(name, _)| name.clone());
    json!({"StartAt": start, "States": states.into_iter().collect::<Map<_, _>>()})
}

/// All that can be asked of a definition.
fn try_out(definition: &Value) -> Result<(), TestCaseError> {
    let (graph, layout) = check::definition(definition).map_err(TestCaseError::fail)?;
    let mut paint = Paint::default();
    let statuses = [
        "running",
        "succeeded",
        "failed",
        "caught",
        "aborted",
        "timed_out",
    ];
    for (at, node) in graph.nodes.iter().enumerate().filter(|(at, _)| at % 3 > 0) {
        let state = StatePaint {
            status: statuses[at % statuses.len()],
            visits: at as u32,
            retries: at as u32 % 4,
        };
        paint.states.insert(node.name.clone(), state);
    }
    for edge in graph.edges.iter().step_by(2) {
        let name = |id: &str| {
            graph
                .node(id)
                .map(|node| node.name.clone())
                .unwrap_or_default()
        };
        paint.taken.insert((name(&edge.from), name(&edge.to)));
    }
    for paint in [&Paint::default(), &paint] {
        let drawing = svg(&graph, &layout, paint, Style::Embedded);
        prop_assert!(
            !drawing.contains("<script") && !drawing.contains("style"),
            "{drawing}"
        );
        let escape = drawing.contains(['\u{1b}', '\u{7}']);
        prop_assert!(!escape, "a control character in the drawing");
        prop_assert!(!drawing.contains("NaN") && !drawing.contains("inf"));
        let plain = text(&graph, paint, 80, false);
        prop_assert!(
            !plain.chars().any(|one| one.is_control() && one != '\n'),
            "{plain:?}"
        );
        prop_assert!(
            plain.lines().all(|line| line.chars().count() <= 80 + 8),
            "{plain}"
        );
        text(&graph, paint, 0, true);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn nested_definitions_are_drawn_like_any(definition in machine(1..10, 3)) {
        try_out(&definition)?;
    }

    #[test]
    fn any_json_is_a_graph_or_an_error(seed in any_json()) {
        if let Ok(graph) = Graph::of(&seed) {
            try_out(&seed)?;
            layout(&graph);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 8, ..ProptestConfig::default() })]

    #[test]
    fn a_hundred_states_are_drawn_like_few(definition in machine(100..=100, 0)) {
        try_out(&definition)?;
    }
}

#[test]
fn a_thousand_states_are_drawn_as_one_column() {
    let states = (0..1000)
        .map(|at| {
            let to = [
                format!("State {}", at + 1),
                format!("State {}", at / 2),
                format!("State {at}"),
            ];
            (format!("State {at}"), state("Task", &to))
        })
        .collect();
    check::definition(&object(states)).unwrap();
}

/// JSON of the language's words in any order.
fn any_json() -> impl Strategy<Value = Value> {
    const WORDS: &[&str] = &[
        "A",
        "B",
        "Type",
        "Pass",
        "Choice",
        "Map",
        "Parallel",
        "Task",
        "Next",
        "End",
        "StartAt",
        "States",
        "Catch",
        "ErrorEquals",
        "Choices",
        "Condition",
        "Default",
        "Branches",
        "ItemProcessor",
        "Iterator",
        "Resource",
        "And",
        "Not",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop::sample::select(WORDS).prop_map(Value::from),
    ];
    let json = leaf.prop_recursive(5, 48, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(WORDS), inner), 0..6).prop_map(|fields| {
                Value::Object(
                    fields
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    });
    // Half of them as the states of a machine, so that more than the first look at them is tried.
    (json, any::<bool>()).prop_map(|(json, wrap)| {
        if wrap {
            json!({"StartAt": "A", "States": {"A": json.clone(), "B": json}})
        } else {
            json
        }
    })
}
