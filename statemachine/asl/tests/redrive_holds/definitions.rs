//! Definitions made up at random: what they are made of, and how they are written.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A piece of a definition. All of them add to a number, so that the output
/// tells whether each was done, with the right input and the right variables.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Pass,
    Choice,
    Wait(u8),
    Task {
        retry: bool,
        catch: bool,
    },
    Parallel(Vec<Vec<Piece>>, Around),
    Map {
        items: u8,
        at_a_time: u8,
        each: Vec<Piece>,
        around: Around,
    },
}

/// What is around a Parallel or a Map.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Around {
    Nothing,
    Retry,
    Catch,
}

pub(crate) fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let leaf = prop_oneof![
        1 => Just(Piece::Pass),
        1 => Just(Piece::Choice),
        1 => (1..4_u8).prop_map(Piece::Wait),
        4 => (any::<bool>(), prop::bool::weighted(0.3))
            .prop_map(|(retry, catch)| Piece::Task { retry, catch }),
    ];
    let piece = leaf.prop_recursive(2, 8, 2, |inner| {
        let some = prop::collection::vec(inner, 1..3);
        let around = prop_oneof![
            4 => Just(Around::Nothing), 1 => Just(Around::Retry), 1 => Just(Around::Catch)];
        prop_oneof![
            (prop::collection::vec(some.clone(), 1..3), around.clone())
                .prop_map(|(branches, around)| Piece::Parallel(branches, around)),
            (1..4_u8, 0..3_u8, some, around).prop_map(|(items, at_a_time, each, around)| {
                Piece::Map {
                    items,
                    at_a_time,
                    each,
                    around,
                }
            }),
        ]
    });
    prop::collection::vec(piece, 1..3)
}

/// Writes pieces down as the States Language has them.
#[derive(Default)]
pub(crate) struct Writer {
    /// States so far; their numbers are their names.
    states: usize,
    /// Tasks that a Retry around them may well repeat.
    pub(crate) repeatable: Vec<String>,
    /// Inside a Parallel or Map that has a Retry.
    in_retry: bool,
}

impl Writer {
    /// One thread: notes a variable, does its pieces, adds the variable.
    pub(crate) fn machine(&mut self, pieces: &[Piece]) -> Map<String, Value> {
        let mut states = Map::new();
        self.states += 1;
        let begin = self.states;
        let variable = format!("v{begin}");
        let mut names = vec![format!("S{begin}")];
        let mut made =
            vec![json!({"Type": "Pass", "Assign": {&variable: "{% $states.input.n %}"}})];
        for piece in pieces {
            self.states += 1;
            names.push(format!("S{}", self.states));
            made.push(self.state(piece, self.states, &variable));
        }
        self.states += 1;
        names.push(format!("S{}", self.states));
        made.push(json!({"Type": "Pass", "End": true, "Output": added(&format!("${variable}"))}));
        for (at, state) in made.iter_mut().enumerate() {
            let Some(next) = names.get(at + 1) else { break };
            point(state, next);
        }
        states.insert("StartAt".into(), json!(names[0]));
        let made: Map<String, Value> = names.into_iter().zip(made).collect();
        states.insert("States".into(), Value::Object(made));
        states
    }

    fn state(&mut self, piece: &Piece, number: usize, variable: &str) -> Value {
        match piece {
            Piece::Pass => json!({"Type": "Pass", "Output": added(&format!("{number}"))}),
            Piece::Choice => json!({"Type": "Choice", "Default": "", "Output": added("1"),
                "Choices": [{"Condition": "{% $states.input.n % 2 = 0 %}", "Output": added("2"), "Next": ""}]}),
            Piece::Wait(seconds) => json!({"Type": "Wait", "Seconds": seconds}),
            Piece::Task { retry, catch } => {
                let name = format!("S{number}");
                let mut task = json!({
                    "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 60,
                    "Arguments": {"task": name, "path": "{% $states.input.path %}", "add": number},
                    "Output": added(&format!("$states.result.add + ${variable}"))});
                if *retry {
                    task["Retry"] = json!([{"ErrorEquals": ["E1"], "MaxAttempts": 2}]);
                }
                if *catch {
                    task["Catch"] = json!([{"ErrorEquals": ["E2"], "Next": "",
                        "Output": added(&format!("{number} + ${variable}"))}]);
                }
                if self.in_retry {
                    self.repeatable.push(name);
                }
                task
            }
            Piece::Parallel(branches, around) => {
                let branches = self.inside(*around, |writer| {
                    let branches = branches.iter().map(|pieces| writer.machine(pieces));
                    branches.map(Value::Object).collect::<Vec<_>>()
                });
                let mut state = json!({"Type": "Parallel", "Branches": branches,
                    "Output": {"path": "{% $states.input.path %}", "n": "{% $sum($states.result.n) %}"}});
                surround(&mut state, *around);
                state
            }
            Piece::Map {
                items,
                at_a_time,
                each,
                around,
            } => {
                let processor = self.inside(*around, |writer| writer.machine(each));
                let items: Vec<u8> = (0..*items).collect();
                let mut state = json!({"Type": "Map", "Items": items, "ItemProcessor": processor,
                    "MaxConcurrency": at_a_time,
                    "ItemSelector": {
                        "path": "{% $states.input.path & '/' & $string($states.context.Map.Item.Index) %}",
                        "n": "{% $states.input.n + $states.context.Map.Item.Value %}"},
                    "Output": {"path": "{% $states.input.path %}", "n": "{% $sum($states.result.n) %}"}});
                surround(&mut state, *around);
                state
            }
        }
    }

    fn inside<T>(&mut self, around: Around, write: impl FnOnce(&mut Writer) -> T) -> T {
        let before = self.in_retry;
        self.in_retry |= matches!(around, Around::Retry);
        let written = write(self);
        self.in_retry = before;
        written
    }
}

fn added(what: &str) -> Value {
    json!({"path": "{% $states.input.path %}", "n": format!("{{% $states.input.n + {what} %}}")})
}

fn surround(state: &mut Value, around: Around) {
    match around {
        Around::Nothing => {}
        Around::Retry => state["Retry"] = json!([{"ErrorEquals": ["E1", "E3"], "MaxAttempts": 1}]),
        // It goes on as if nothing had been inside: see `Run::is_comparable`.
        Around::Catch => {
            state["Catch"] =
                json!([{"ErrorEquals": ["E3"], "Next": "", "Output": "{% $states.input %}"}]);
        }
    }
}

/// Leads a state to the next one, wherever it can lead.
fn point(state: &mut Value, next: &str) {
    if state["Type"] == "Choice" {
        state["Default"] = json!(next);
    } else {
        state["Next"] = json!(next);
    }
    for key in ["Catch", "Choices"] {
        if let Some(Value::Array(entries)) = state.get_mut(key) {
            entries
                .iter_mut()
                .for_each(|entry| entry["Next"] = json!(next));
        }
    }
}
