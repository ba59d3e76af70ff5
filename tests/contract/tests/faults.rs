//! docs/faults.md lists every fault that the emulators know, no other, and its
//! example is one that they take.

#![allow(clippy::unwrap_used, reason = "helpers may do what tests may")]

use contract::repo;
use faults::{FaultsFile, names};
use github_emulator::GitHubFault;
use local::AwsFault;

/// The names in the first column of the tables between two headings.
fn listed(from: &str, to: &str) -> Vec<String> {
    let text = repo::read("docs/faults.md");
    let begin = text.find(from).unwrap() + from.len();
    let end = text[begin..].find(to).map_or(text.len(), |at| begin + at);
    text[begin..end]
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn every_fault_of_github_is_listed_in_its_order() {
    assert_eq!(
        listed("\n## GitHub\n", "The kinds of requests"),
        names::<GitHubFault>()
    );
}

#[test]
fn every_fault_of_aws_is_listed_in_its_order() {
    assert_eq!(listed("\n## AWS\n", "\n## "), names::<AwsFault>());
}

#[test]
fn every_kind_of_request_is_listed() {
    assert_eq!(
        listed("The kinds of requests", "\n## AWS\n"),
        github_emulator::request_kinds()
    );
}

#[test]
fn the_example_is_a_file_that_the_command_takes() {
    let text = repo::read("docs/faults.md");
    let (_, rest) = text.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let file: FaultsFile<GitHubFault, AwsFault> = toml::from_str(example).unwrap();
    assert_eq!(file.seed, 7);
    assert_eq!((file.github.len(), file.aws.len()), (2, 1));
}

#[test]
fn every_listed_name_alone_is_a_fault() {
    for name in listed("\n## GitHub\n", "The kinds of requests") {
        let text = format!("[[github]]\nwhat = \"{name}\"");
        toml::from_str::<FaultsFile<GitHubFault, AwsFault>>(&text).unwrap();
    }
    for name in listed("\n## AWS\n", "\n## ") {
        // The one field without a default: which code to end with.
        let code = if name == "task-exits" {
            "\ncode = 3"
        } else {
            ""
        };
        let text = format!("[[aws]]\nwhat = \"{name}\"{code}");
        toml::from_str::<FaultsFile<GitHubFault, AwsFault>>(&text).unwrap();
    }
}
