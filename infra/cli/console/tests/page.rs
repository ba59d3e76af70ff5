//! The page in a real browser, against a stand-in that is written from the
//! console's HTTP contract (tests/browser/console): live states, redrives,
//! hostile texts, keys alone, narrow screens, axe's findings, files.

use std::path::Path;
use std::process::Command;

#[test]
fn every_story_of_the_page_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let folder = root.join("tests/browser");
    let chromium = std::env::var_os("CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
    let installed = |package: &str| folder.join("node_modules").join(package).exists();
    let missing = if !Path::new(&chromium).exists() {
        "chromium (Debian's package of that name)"
    } else if !installed("playwright-core") || !installed("axe-core") {
        "playwright-core or axe-core (npm ci in tests/browser)"
    } else {
        let output = Command::new("node")
            .arg("console.mjs")
            .arg(root.join("target/screenshots"))
            .current_dir(folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{complained}");
        assert!(said.contains("held: "), "no story was told: {said}");
        return;
    };
    assert!(
        std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
        "{missing} is not here: install it first"
    );
    eprintln!("skipped: there is no {missing}");
}
