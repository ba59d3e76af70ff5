//! One name for one thing: in the definition, the code and the docs.
//!
//! The lists of `domain::names` are the reference; the definition and
//! `statemachine/README.md` are held to them, in both directions.

use contract::definition::{self, list, names, quoted, states};
use contract::repo;
use std::collections::BTreeSet;

fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// The words in code font that begin a row of the README's tables under `heading`.
fn documented(heading: &str) -> BTreeSet<String> {
    let text = repo::read("statemachine/README.md");
    let (_, section) = text
        .split_once(heading)
        .unwrap_or_else(|| panic!("the README has a passage “{heading}”"));
    section
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.split('`').nth(1))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_code_names_the_states_of_the_definition() {
    let definition = definition::load();
    assert_eq!(
        set(states(&definition).keys().map(String::as_str)),
        set(domain::names::state::ALL.iter().copied())
    );
}

#[test]
fn route_knows_every_outcome_and_no_other() {
    let definition = definition::load();
    let routed: BTreeSet<String> = list(&definition["States"]["Route"], "Choices")
        .iter()
        .flat_map(|rule| quoted(rule["Condition"].as_str().unwrap()))
        .map(str::to_owned)
        .collect();
    let mut known = set(domain::steps::Outcome::ALL
        .iter()
        .map(|outcome| outcome.as_str()));
    assert_eq!(documented("Outcome of **VerifyRemoval**"), known);
    // Route's default answers for it.
    known.remove("unexpected");
    assert_eq!(routed, known);
}

#[test]
fn minted_knows_every_outcome_of_mint() {
    let definition = definition::load();
    let routed: BTreeSet<String> = list(&definition["States"]["Minted"], "Choices")
        .iter()
        .flat_map(|rule| quoted(rule["Condition"].as_str().unwrap()))
        .map(str::to_owned)
        .collect();
    let known = set(domain::steps::MintOutcome::ALL
        .iter()
        .map(|outcome| outcome.as_str()));
    assert_eq!(routed, known);
}

#[test]
fn the_error_names_of_the_functions_are_those_that_the_definition_handles() {
    let definition = definition::load();
    let ours = set(domain::names::function_error::ALL.iter().copied());
    let handled: BTreeSet<String> = states(&definition)
        .values()
        .flat_map(|state| list(state, "Retry").iter().chain(list(state, "Catch")))
        .flat_map(|handler| names(&handler["ErrorEquals"]))
        .filter(|name| !name.contains('.'))
        .map(str::to_owned)
        .collect();
    assert!(handled.is_subset(&ours), "{handled:?} in {ours:?}");
    for name in &ours {
        assert!(!name.starts_with("States."), "{name}");
    }
}

#[test]
fn an_execution_ends_under_a_name_that_is_documented() {
    let ours = set(domain::names::failure::ALL.iter().copied());
    assert_eq!(
        documented("Error names that an execution can end with"),
        ours
    );
    let text = repo::read("statemachine/runner.asl.json");
    let given = text
        .match_indices("\"name\": \"")
        .filter_map(|(at, found)| text[at + found.len()..].split('"').next())
        .filter(|name| !name.starts_with("{%"));
    assert_eq!(
        set(given),
        ours,
        "the definition gives each of them, and no other"
    );
}
