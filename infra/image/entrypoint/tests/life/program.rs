//! The program itself: settings from the environment, exit code, orphans.

use std::process::{Command, Output};

use crate::support::{Table, table};

fn entrypoint(variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entrypoint"));
    command.env_clear().envs(variables.iter().copied());
    command.output().expect("it starts")
}

#[test]
fn missing_settings_are_named_in_one_sentence() {
    let output = entrypoint(&[("HANDOVER_TABLE", "t"), ("TOTAL_LIMIT_SECONDS", "-1")]);
    assert_eq!(output.status.code(), Some(80));
    let log = String::from_utf8(output.stdout).unwrap();
    for name in [
        "HANDOVER_KEY",
        "RUNNER_NAME",
        "JOB_ID",
        "TOTAL_LIMIT_SECONDS",
    ] {
        assert!(log.contains(name), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orphans_are_collected_and_the_environment_is_scrubbed() {
    let (address, _) = table(Table::Holds).await;
    let endpoint = format!("http://{address}");
    let script = r#"
        env | grep -E '^(AWS_(ACCESS|SECRET|CONTAINER|ENDPOINT)|HANDOVER|TOTAL)' && exit 21
        test "$AWS_REGION" = us-east-1 || exit 22
        orphan=$( (sleep 0.2 >/dev/null & echo $!) )
        for i in $(seq 100); do
            [ -e /proc/$orphan ] || { echo "2026-11-23: Running job: x"; exit 0; }
            sleep 0.05
        done
        exit 23"#;
    let program = serde_json::to_string(&["/bin/sh", "-c", script]).unwrap();
    let output = tokio::task::spawn_blocking(move || {
        entrypoint(&[
            ("PATH", "/usr/bin:/bin"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", &endpoint),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "key"),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/x"),
            ("HANDOVER_TABLE", "handover"),
            ("HANDOVER_KEY", "k"),
            ("TOTAL_LIMIT_SECONDS", "30"),
            ("RUNNER_NAME", "jit-7-1-1"),
            ("JOB_ID", "7"),
            ("RUNNER_PROGRAM", &program),
        ])
    })
    .await
    .unwrap();
    let log = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{log}");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(
        lines,
        [
            "jit-runners: runner jit-7-1-1 for job 7",
            "2026-11-23: Running job: x",
            "Runner listener exit with 0 return code, stop the service, no retry needed.",
        ]
    );
}
