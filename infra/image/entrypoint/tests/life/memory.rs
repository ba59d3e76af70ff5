//! What the kernel kills for want of memory is told by the exit code.

use crate::support::{Run, Table, table};
use entrypoint::End;

/// A run of a script that finds the kernel's count in `$COUNT`.
async fn counted(script: &str) -> (End, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("memory.events");
    // Kills from before are nobody's here.
    std::fs::write(&file, "oom 3\noom_kill 3\n").expect("written");
    let (address, _) = table(Table::Holds).await;
    let mut run = Run::of(script, address);
    let count = ("COUNT".into(), file.clone().into_os_string());
    run.settings.environment.push(count);
    run.memory = Some(file);
    run.start().await.end().await
}

#[tokio::test]
async fn a_runner_that_ends_well_after_a_kill_was_out_of_memory() {
    let (end, lines) = counted("echo 'oom_kill 5' > $COUNT; exit 0").await;
    assert_eq!(end, End::OutOfMemory(2));
    assert_eq!(end.exit_code(), 87);
    let last = lines.last().expect("a closing line");
    assert!(last.contains("out of memory"), "{last}");
}

#[tokio::test]
async fn a_runner_that_was_killed_itself_was_out_of_memory() {
    let (end, _) = counted("echo 'oom_kill 4' > $COUNT; kill -9 $$").await;
    assert_eq!(end, End::OutOfMemory(1));
}

#[tokio::test]
async fn without_a_new_kill_the_runners_own_code_counts() {
    let (end, _) = counted("exit 0").await;
    assert_eq!(end, End::Exited(0));
}

#[tokio::test]
async fn a_reason_of_its_own_stays_the_reason() {
    let (end, _) = counted("echo 'oom_kill 4' > $COUNT; exit 7").await;
    assert_eq!(end, End::RunnerVersionRefused);
}
