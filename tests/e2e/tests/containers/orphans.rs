//! A place that was killed leaves its containers; the next one removes them.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::containers::{ask, engine};
use support::{binaries, workflows};

#[tokio::test(flavor = "multi_thread")]
async fn the_containers_of_a_killed_place_are_removed_and_no_others() {
    let Some(engine) = engine().await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let workflow = folder.path().join("sleep.yml");
    std::fs::write(&workflow, workflows::one("sleep 600")).expect("written");
    let mut place = Command::new(binaries().join("jit-runners"))
        .args(["demo", "--launcher", "container", "--workflow"])
        .arg(&workflow)
        .env("TMPDIR", folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the demo starts");
    let its_own = || {
        let format = "{{.ID}} {{.Labels}}";
        let all = ask(&engine, &["ps", "--no-trunc", "--format", format]);
        let mark = folder.path().display().to_string();
        all.lines().filter(|line| line.contains(&mark)).count()
    };
    let began = Instant::now();
    while its_own() == 0 {
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "no container came"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    engine.remove_orphans().await.expect("the engine answers");
    assert_eq!(its_own(), 1, "a living place keeps its container");

    place.kill().expect("it can be killed");
    place.wait().expect("it ends");
    // Another test's place may have come first.
    engine.remove_orphans().await.expect("the engine answers");
    let began = Instant::now();
    while its_own() > 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "it is left");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
