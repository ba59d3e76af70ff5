//! Checks that need the whole definition: transitions lead somewhere, state
//! names are unique, inner scopes do not assign an outer scope's variables.

use std::collections::HashSet;

use super::{Machine, Problems};
use crate::{
    states::{Kind, State, Target},
    text::Text,
};

pub(crate) fn check(machine: &Machine, problems: &mut Problems) {
    machine_in(machine, &mut HashSet::new(), &HashSet::new(), problems);
}

fn machine_in<'a>(
    machine: &'a Machine,
    names: &mut HashSet<&'a Text>,
    outer: &HashSet<&'a Text>,
    problems: &mut Problems,
) {
    if !machine.states.contains_key(&machine.start) {
        problems.add_as(
            "MISSING_TRANSITION_TARGET",
            &format!("{}/StartAt", machine.path),
            format!("There is no state \"{}\".", machine.start),
        );
    }
    let mut variables = outer.clone();
    for state in machine.states.values() {
        for name in state.assigned() {
            if outer.contains(name) {
                problems.add(
                    &path(machine, state, "Assign"),
                    format!("\"{name}\" is a variable of an outer scope; use another name."),
                );
            }
            variables.insert(name);
        }
    }
    for state in machine.states.values() {
        if !names.insert(&state.name) {
            problems.add_as(
                "DUPLICATE_STATE_NAME",
                &path(machine, state, ""),
                "Another state has this name; names are unique in a definition.",
            );
        }
        for (field, target) in state.targets() {
            if let Target::Next(next) = target
                && !machine.states.contains_key(next)
            {
                problems.add_as(
                    "MISSING_TRANSITION_TARGET",
                    &path(machine, state, &field),
                    format!("There is no state \"{next}\"."),
                );
            }
        }
        match &state.kind {
            Kind::Parallel(parallel) => {
                for branch in &parallel.branches {
                    machine_in(branch, names, &variables, problems);
                }
            }
            Kind::Map(map) => machine_in(&map.processor, names, &variables, problems),
            _ => {}
        }
    }
}

fn path(machine: &Machine, state: &State, field: &str) -> String {
    let slash = if field.is_empty() { "" } else { "/" };
    format!("{}/States/{}{slash}{field}", machine.path, state.name)
}
