//! On a terminal: its width is kept to, colours are used unless NO_COLOR says
//! not to, and a watch gives the screen back as it was.

use super::environment;
use crate::program::{alone, run_with};
use std::path::Path;
use support::{World, workflows};

/// Runs a command line on a terminal that `script` makes.
async fn on_a_terminal(world: &World, columns: usize, line: &str, more: &[(&str, &str)]) -> String {
    let line = format!(
        "stty rows 40 cols {columns}; {}",
        line.replace("jit-runners", &alone().display().to_string())
    );
    let endpoint = world.stage.place.endpoint();
    let mut environment = environment(&endpoint);
    environment.extend([("NO_COLOR", ""), ("TERM", "xterm"), ("SHELL", "/bin/sh")]);
    environment.extend(more);
    let words = ["--quiet", "--return", "--command", &line, "/dev/null"];
    let ended = run_with(Path::new("script"), &words, &environment).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.said);
    ended.said.replace("\r\n", "\n")
}

/// A line without its colours.
fn bare(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (_, rest) = part.split_once('m').unwrap();
        text.push_str(rest);
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_keeps_to_the_terminals_width_and_colours() {
    let world = World::start().await;
    world.commit(&workflows::jobs(
        &["vcpu-65536-mem-131072", "1"],
        "echo served",
    ));
    world.executions_have_ended(2).await;
    for columns in [60, 90, 140, 240] {
        let table = on_a_terminal(&world, columns, "jit-runners jobs", &[]).await;
        assert!(table.contains("\u{1b}[31mFAILED"), "{table}");
        assert!(table.contains("\u{1b}[32mserved"), "{table}");
        // The reason stands below where it has no room beside.
        let below = columns < 200;
        assert_eq!(
            table.contains("\n    The policy refuses it"),
            below,
            "{table}"
        );
        for line in table.lines().filter(|_| below) {
            let line = bare(line);
            assert!(line.chars().count() <= columns, "{columns}: {line}");
        }
    }
    let plain = on_a_terminal(&world, 90, "jit-runners jobs", &[("NO_COLOR", "1")]).await;
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let whole = on_a_terminal(&world, 60, "jit-runners jobs --no-trunc", &[]).await;
    assert!(!whole.contains('…'), "{whole}");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_gives_the_screen_back() {
    let world = World::start().await;
    world.commit(&workflows::one("echo served"));
    world.all_jobs_are_over().await;
    let line = "timeout --preserve-status -s INT 3 jit-runners jobs --watch";
    let shown = on_a_terminal(&world, 90, line, &[]).await;
    let (enter, leave) = ("\u{1b}[?1049h\u{1b}[?25l", "\u{1b}[?25h\u{1b}[?1049l");
    assert!(shown.starts_with(enter), "{shown:?}");
    assert!(shown.trim_end().ends_with(leave), "{shown:?}");
    assert!(
        shown.matches("Ctrl-C ends").count() >= 2,
        "redrawn: {shown:?}"
    );
    world.nothing_is_left().await;
}
