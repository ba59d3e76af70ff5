//! The injected stop: an execution is aborted at the very entry of a state.
//!
//! `asl` runs through Choice, Pass and Succeed in one go, so such a state is made
//! a long Wait for one step; its entry in the history gets its own type back.

use std::collections::{HashMap, HashSet};

use asl::{Definition, Event, Execution};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::fault::Faults;

/// One step of an execution in which some states halt.
pub(super) struct Halt {
    definition: Definition,
    /// The real types of the states that halt.
    types: HashMap<String, String>,
}

impl Halt {
    /// `None` when no stop waits for a state that could be entered now.
    pub(super) fn prepare(
        faults: &Faults,
        execution: &Execution,
        definition: &str,
    ) -> Option<Self> {
        let mut states = faults.stops();
        if states.is_empty() {
            return None;
        }
        // A state that is open already is not entered again by this step.
        let open = open_states(execution);
        states.retain(|state| !open.contains(state));
        let mut document: Value = serde_json::from_str(definition).ok()?;
        let mut types = HashMap::new();
        replace(&mut document, &states, &mut types);
        let definition = Definition::parse(&document.to_string()).ok()?;
        (!types.is_empty()).then_some(Self { definition, types })
    }

    pub(super) fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Aborts the execution if it has entered a state that halts since history event
    /// number `before`.
    pub(super) fn abort(
        &self,
        faults: &Faults,
        execution: &mut Execution,
        before: usize,
        now: DateTime<Utc>,
    ) -> Vec<asl::Command> {
        let entered = execution
            .history()
            .iter()
            .skip(before)
            .filter(|event| event.kind.ends_with("StateEntered"));
        let names: Vec<String> = entered
            .filter_map(name)
            .filter(|name| self.types.contains_key(name))
            .collect();
        if names.is_empty() {
            return Vec::new();
        }
        for name in &names {
            faults.take_stop(name);
        }
        let cause = Some("Stopped by an injected fault.".to_owned());
        let commands = execution.on(&self.definition, Event::Stop { error: None, cause }, now);
        self.restore_types(execution, before);
        commands
    }

    /// `WaitStateEntered` becomes `ChoiceStateEntered` again, and the like.
    fn restore_types(&self, execution: &mut Execution, before: usize) {
        let kinds: Vec<(usize, String)> = execution
            .history()
            .iter()
            .enumerate()
            .skip(before)
            .filter(|(_, event)| event.kind == "WaitStateEntered")
            .filter_map(|(at, event)| {
                Some((
                    at,
                    format!("{}StateEntered", self.types.get(&name(event)?)?),
                ))
            })
            .collect();
        let Ok(mut stored) = serde_json::to_value(&*execution) else {
            return;
        };
        for (at, kind) in kinds {
            if let Some(stored) = stored.pointer_mut(&format!("/core/history/{at}/kind")) {
                *stored = Value::from(kind);
            }
        }
        if let Ok(restored) = serde_json::from_value(stored) {
            *execution = restored;
        }
    }
}

fn name(event: &asl::HistoryEvent) -> Option<String> {
    event.details()?.1.get("name")?.as_str().map(str::to_owned)
}

fn open_states(execution: &Execution) -> HashSet<String> {
    let mut open = HashSet::new();
    for event in execution.history() {
        if event.kind.ends_with("StateEntered") {
            open.extend(name(event));
        } else if event.kind.ends_with("StateExited")
            && let Some(name) = name(event)
        {
            open.remove(&name);
        }
    }
    open
}

/// In every `States` of the document, at any depth.
fn replace(document: &mut Value, halting: &[String], types: &mut HashMap<String, String>) {
    match document {
        Value::Object(fields) => {
            for (field, value) in fields.iter_mut() {
                if field == "States"
                    && let Value::Object(states) = value
                {
                    for (name, state) in
                        states.iter_mut().filter(|(name, _)| halting.contains(name))
                    {
                        let real = state
                            .get("Type")
                            .and_then(Value::as_str)
                            .unwrap_or_default()
                            .to_owned();
                        types.insert(name.clone(), real);
                        *state = json!({"Type": "Wait", "Seconds": 31_536_000, "Next": name});
                    }
                }
                replace(value, halting, types);
            }
        }
        Value::Array(elements) => elements
            .iter_mut()
            .for_each(|element| replace(element, halting, types)),
        _ => {}
    }
}
