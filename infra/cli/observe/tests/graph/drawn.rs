//! The drawing as SVG: what a page, a screen reader and an XML reader find.

use crate::definitions::{nested, ours};
use observe::graph::{CSS, Graph, Paint, StatePaint, Style, layout, svg};
use serde_json::{Value, json};
use std::process::Command;

/// One runner was started, its host failed, and the next one is on its way.
pub(crate) fn second_try() -> Paint {
    let way = [
        "Size",
        "Sized",
        "Claim",
        "Claimed",
        "Mint",
        "Minted",
        "RunRunner",
        "VerifyRemoval",
        "Route",
        "Backoff",
        "Mint",
    ];
    let mut paint = Paint::default();
    for pair in way.windows(2) {
        paint.taken.insert((pair[0].to_owned(), pair[1].to_owned()));
    }
    for name in way {
        let state = StatePaint {
            status: match name {
                "Mint" => "running",
                "RunRunner" => "caught",
                _ => "succeeded",
            },
            visits: 1 + u32::from(name == "Mint"),
            retries: u32::from(name == "VerifyRemoval"),
        };
        paint.states.insert(name.to_owned(), state);
    }
    paint
}

fn draw(definition: &Value, paint: &Paint, style: Style) -> String {
    let graph = Graph::of(definition).unwrap();
    svg(&graph, &layout(&graph), paint, style)
}

/// The opening tag of a state.
fn tag<'a>(drawing: &'a str, name: &str) -> &'a str {
    let at = drawing.find(&format!("data-state=\"{name}\"")).unwrap();
    let start = drawing[..at].rfind('<').unwrap();
    let end = at + drawing[at..].find('>').unwrap();
    &drawing[start..end]
}

#[test]
fn a_state_says_its_status_to_eyes_pointers_keys_and_ears() {
    let drawing = draw(&ours(), &second_try(), Style::Embedded);
    let mint = tag(&drawing, "Mint");
    assert!(mint.contains(r#"class="state running""#), "{mint}");
    assert!(
        mint.contains(r#"data-kind="Task" tabindex="0" role="button""#),
        "{mint}"
    );
    assert!(
        mint.contains(r#"aria-label="Mint, Task, running, 2 visits""#),
        "{mint}"
    );
    assert!(
        tag(&drawing, "VerifyRemoval")
            .contains(r#"aria-label="VerifyRemoval, Task, succeeded, 1 retry""#)
    );
    assert!(tag(&drawing, "RunRunner").contains(r#"class="state caught""#));
    let done = tag(&drawing, "Done");
    assert!(
        done.contains(r#"class="state""#) && done.contains("Done, Succeed, not reached"),
        "{done}"
    );
    assert!(drawing.contains("×2") && drawing.contains("↻1"));
    assert_eq!(
        drawing.matches(r#"class="status""#).count(),
        10,
        "a sign for each that was reached"
    );
}

#[test]
fn of_two_ways_between_two_states_the_one_that_was_taken_is_marked() {
    let drawing = draw(&ours(), &second_try(), Style::Embedded);
    let pair = r#"data-from="RunRunner" data-to="VerifyRemoval""#;
    assert!(drawing.contains(&format!(r#"class="edge catch taken" {pair}"#)));
    assert!(drawing.contains(&format!(r#"class="edge next" {pair}"#)));
    assert!(drawing.contains(r#"class="edge start taken""#));
    assert!(
        !drawing.contains(r#"class="edge end taken""#),
        "it still runs"
    );
}

#[test]
fn a_definitions_own_picture_speaks_of_no_execution() {
    let drawing = draw(&ours(), &Paint::default(), Style::Embedded);
    assert!(tag(&drawing, "Mint").contains(r#"aria-label="Mint, Task""#));
    assert!(!drawing.contains("not reached") && !drawing.contains("taken"));
}

#[test]
fn a_page_with_a_strict_policy_can_show_it() {
    let drawing = draw(&nested(), &second_try(), Style::Embedded);
    assert!(
        !drawing.contains("style") && !drawing.contains("<script") && !drawing.contains(" id=")
    );
    let file = draw(&nested(), &second_try(), Style::Standalone);
    assert!(file.contains(CSS) && file.contains("prefers-color-scheme:dark"));
    assert!(!file.contains("style="));
}

#[test]
fn hostile_names_are_text() {
    let hostile = "</title><script>alert(\"1\")</script>\u{1b}[2J";
    let drawing = draw(
        &json!({"StartAt": hostile, "States": {hostile: {
            "Type": "Choice", "Comment": hostile, "Default": hostile,
            "Choices": [{"Condition": format!("{{% '{hostile}' %}}"), "Next": hostile}]}}}),
        &Paint::default(),
        Style::Standalone,
    );
    assert!(!drawing.contains("<script") && !drawing.contains('\u{1b}'));
    assert!(drawing.contains("&lt;script&gt;"));
}

#[test]
fn a_file_is_well_formed_xml() {
    // Any XML reader will do; Python's is at hand where the tests run.
    for definition in [ours(), nested()] {
        let file = draw(&definition, &second_try(), Style::Standalone);
        let path =
            std::env::temp_dir().join(format!("graph-{}-{}.svg", std::process::id(), file.len()));
        std::fs::write(&path, &file).unwrap();
        let read = Command::new("python3")
            .args([
                "-c",
                "import sys, xml.dom.minidom as x; x.parse(sys.argv[1])",
            ])
            .arg(&path)
            .output();
        std::fs::remove_file(&path).unwrap();
        match read {
            Ok(read) => assert!(
                read.status.success(),
                "{}",
                String::from_utf8_lossy(&read.stderr)
            ),
            Err(_) => println!("no Python at hand: skipped"),
        }
    }
}
