//! What the program says of itself: completions and the manual.

use crate::program::{alone, run};
use clap::CommandFactory as _;
use jit_runners::commands::Arguments;

fn commands() -> Vec<String> {
    let command = Arguments::command();
    let names = command.get_subcommands().filter(|one| !one.is_hide_set());
    names.map(|one| one.get_name().to_owned()).collect()
}

#[tokio::test]
async fn each_shell_gets_completions_of_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let ended = run(&alone(), &["completions", shell]).await;
        assert_eq!(ended.status.code(), Some(0));
        assert_eq!(ended.complained, "");
        for command in commands() {
            assert!(ended.said.contains(&command), "{shell}: {command}");
        }
        assert!(ended.said.contains("no-trunc"), "{shell}");
    }
}

#[tokio::test]
async fn the_manual_has_a_page_for_every_command_with_the_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("man/man1");
    let ended = run(&alone(), &["man", "--dir", into.to_str().unwrap()]).await;
    assert_eq!(ended.complained, "");
    assert_eq!(ended.status.code(), Some(0));
    let mut pages: Vec<String> = std::fs::read_dir(&into)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    let mut wanted: Vec<String> = commands()
        .iter()
        .map(|command| format!("jit-runners-{command}.1"))
        .collect();
    wanted.push("jit-runners.1".to_owned());
    wanted.sort();
    assert_eq!(pages, wanted);
    for page in pages {
        let text = std::fs::read_to_string(into.join(&page)).unwrap();
        assert!(text.contains("wrong usage"), "{page}");
        assert!(text.contains(".TH"), "{page}");
    }
    let first = run(&alone(), &["man"]).await;
    assert!(
        first.said.contains("jit\\-runners\\-show(1)"),
        "{}",
        first.said
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let ended = run(&alone(), &["man", "--dir", file.to_str().unwrap()]).await;
    ended.assert_sentence(1, &["cannot be written", "--dir"]);
}
