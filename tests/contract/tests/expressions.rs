//! The definition's expressions in the JSONata that AWS runs.
//!
//! The embedded interpreter takes a little more than AWS does, so each
//! expression is compiled once more by npm `jsonata` 2.0.6, and the definition
//! is held to asl-validator's schema and to amazon-states-language-service, which
//! AWS's own editors use. `cargo xtask test` installs them; where they are absent
//! the test says so and checks nothing.

use contract::repo;
use std::process::Command;

#[test]
fn aws_s_own_jsonata_compiles_every_expression() {
    let folder = repo::root().join("tests/contract");
    if !folder.join("node_modules/jsonata").is_dir() {
        assert!(
            std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
            "cargo xtask test installs the npm packages first"
        );
        println!("skipped: run npm ci in tests/contract first");
        return;
    }
    let output = Command::new("node")
        .arg("expressions.mjs")
        .arg(repo::root().join("statemachine/runner.asl.json"))
        .current_dir(&folder)
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let expected = contract::definition::expressions(&contract::definition::load()).len();
    assert_eq!(said.trim(), format!("{expected} expressions compiled"));
}
