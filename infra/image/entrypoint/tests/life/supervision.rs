//! The runner program's life: limits, signals, exit codes, output, leftovers.

use std::time::{Duration, Instant};

use crate::support::{Run, Table, of_script, table};
use entrypoint::{End, Forwarded, Stream};

async fn run(script: &str, change: impl FnOnce(&mut Run)) -> (End, Vec<String>) {
    let (address, _) = table(Table::Holds).await;
    let mut run = Run::of(script, address);
    change(&mut run);
    run.start().await.end().await
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told() {
    let (end, lines) = run("", |run| {
        run.settings.program = vec!["/no/such/runner".to_owned()];
    })
    .await;
    assert_eq!(end.exit_code(), 85);
    assert!(
        lines[1].contains("/no/such/runner could not be started"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_runner_without_a_job_is_ended_at_the_idle_limit() {
    let (end, lines) = run("echo Listening for Jobs; sleep 60", |run| {
        run.settings.idle = Duration::from_millis(300);
    })
    .await;
    assert_eq!(end.exit_code(), 82, "{lines:?}");
}

#[tokio::test]
async fn a_runner_that_ignores_sigterm_is_killed() {
    let begun = Instant::now();
    let (end, _) = run("trap '' TERM; while :; do sleep 0.1; done", |run| {
        run.settings.idle = Duration::from_millis(200);
        run.settings.stop = Duration::from_millis(200);
    })
    .await;
    assert_eq!(end.exit_code(), 82);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_running_job_is_not_idle_but_ends_at_the_total_limit() {
    let (end, lines) = run(
        "echo '2026-11-23 10:00:00Z: Running job: build'; sleep 60",
        |run| {
            run.settings.idle = Duration::from_millis(300);
            run.settings.total = Duration::from_millis(1500);
        },
    )
    .await;
    assert_eq!(end.exit_code(), 83, "{lines:?}");
}

#[tokio::test]
async fn the_line_on_stderr_is_no_job() {
    let (end, _) = run("echo 'Running job: x' >&2; sleep 60", |run| {
        run.settings.idle = Duration::from_millis(300);
    })
    .await;
    assert_eq!(end.exit_code(), 82);
}

#[tokio::test]
async fn exit_codes_are_passed_on() {
    for (script, code) in [
        ("exit 0", 0),
        ("exit 1", 1),
        ("exit 2", 2),
        ("exit 5", 5),
        ("exit 7", 84),
        ("kill -9 $$", 137),
    ] {
        let (end, lines) = of_script(script).await;
        assert_eq!(end.exit_code(), code, "{script}: {lines:?}");
    }
}

#[tokio::test]
async fn signals_are_forwarded_and_the_exit_code_is_the_runner_s() {
    for (signal, code) in [(Forwarded::Terminate, 31), (Forwarded::Interrupt, 32)] {
        let script =
            "trap 'exit 31' TERM; trap 'exit 32' INT; echo ready; while :; do sleep 0.05; done";
        let (address, _) = table(Table::Holds).await;
        let running = Run::of(script, address).start().await;
        running.until("ready").await;
        running.signals.send(signal).unwrap();
        let (end, lines) = running.end().await;
        assert_eq!(end.exit_code(), code, "{lines:?}");
    }
}

#[tokio::test]
async fn lines_come_as_they_are_written() {
    let (address, _) = table(Table::Holds).await;
    let running = Run::of(
        "echo first; echo oops >&2; read never <&1; sleep 60",
        address,
    )
    .start()
    .await;
    running.until("first").await;
    running.until("oops").await;
    let lines = running.lines.lock().unwrap().clone();
    assert!(lines.contains(&(Stream::Out, "first".to_owned())));
    assert!(lines.contains(&(Stream::Err, "oops".to_owned())));
    running.signals.send(Forwarded::Terminate).unwrap();
    running.end().await;
}

#[tokio::test]
async fn odd_output_is_passed_on() {
    let script = r"printf '\377\n\r\nno end'; head -c 200000 /dev/zero | tr '\0' x";
    let (end, lines) = of_script(script).await;
    assert_eq!(end.exit_code(), 0);
    assert!(lines.contains(&"\u{fffd}".to_owned()));
    let longest = lines.iter().map(String::len).max().unwrap();
    assert!(longest < 140_000, "{longest}");
    let all: usize = lines.iter().map(|line| line.matches('x').count()).sum();
    assert!(all >= 200_000);
}

#[tokio::test]
async fn what_is_left_of_the_group_goes_with_the_runner() {
    let (end, lines) = of_script("sleep 300 & echo left $!").await;
    assert_eq!(end.exit_code(), 0);
    let pid = lines[1].strip_prefix("left ").unwrap();
    let begun = Instant::now();
    loop {
        // Gone, or a zombie that its new parent has not collected yet.
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        if stat.is_empty() || stat.contains(") Z ") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{stat}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_daemon_that_holds_the_pipes_does_not_hold_the_end_up() {
    let begun = Instant::now();
    let (end, lines) = of_script("setsid sleep 6 & echo pid $!").await;
    assert_eq!(end.exit_code(), 0, "{lines:?}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}
