//! What steps can do, and what becomes of them.

use github_emulator::Conclusion;

use crate::support::{LIMIT, start_runner, story};

/// Runs one job with these steps; its conclusion and its log.
async fn job(steps: &str, env: &[(&str, &str)]) -> (Conclusion, String) {
    let story = story().await;
    let run = story.commit(&format!(
        "on: push\njobs:\n  t:\n    runs-on: self-hosted\n    timeout-minutes: 5\n    steps:\n{steps}"
    ));
    let (_, minted) = story.mint("jit-1", &["self-hosted"]).await;
    let config = minted["encoded_jit_config"].as_str().unwrap();
    let (code, said) = start_runner(config, env).end().await;
    assert_eq!(code, 0, "{said}");
    let job = story.emulator.jobs_of(run).remove(0);
    (
        job.conclusion.unwrap(),
        story.emulator.job_log(job.id).unwrap(),
    )
}

#[tokio::test]
async fn a_started_hook_that_fails_fails_the_job_before_its_steps() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("started.sh");
    std::fs::write(&script, "echo from the hook; exit 4").unwrap();
    let env = [("ACTIONS_RUNNER_HOOK_JOB_STARTED", script.to_str().unwrap())];
    let (conclusion, log) = job("      - run: echo never reached\n", &env).await;
    assert_eq!(conclusion, Conclusion::Failure);
    assert!(
        log.contains("Z from the hook") && !log.contains("Z never reached"),
        "{log}"
    );
}

#[tokio::test]
async fn a_step_beyond_its_timeout_is_stopped_and_fails() {
    let steps = "      - run: sleep 30\n        timeout-minutes: 0.005\n";
    let (conclusion, log) = job(steps, &[]).await;
    assert_eq!(conclusion, Conclusion::Failure);
    assert!(log.contains("##[error]The action has timed out."), "{log}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_fails_the_step() {
    let steps = "      - run: pwd\n        working-directory: nowhere\n";
    let (conclusion, log) = job(steps, &[]).await;
    assert_eq!(conclusion, Conclusion::Failure);
    assert!(log.contains("##[error]the step cannot be started"), "{log}");
}

#[tokio::test]
async fn an_expression_that_cannot_be_evaluated_fails_the_step() {
    let steps = "      - run: echo ${{ fromJSON('nonsense') }}\n";
    let (conclusion, log) = job(steps, &[]).await;
    assert_eq!(conclusion, Conclusion::Failure);
    assert!(
        log.contains("##[error]fromJSON was given text that is not JSON"),
        "{log}"
    );
}

#[tokio::test]
async fn a_failure_that_is_let_pass_is_still_seen_as_the_step_s_outcome() {
    let steps = r"
      - id: risky
        continue-on-error: true
        run: 'false'
      - run: echo ${{ steps.risky.outcome }} but ${{ steps.risky.conclusion }}
";
    let (conclusion, log) = job(steps, &[]).await;
    assert_eq!(conclusion, Conclusion::Success);
    assert!(log.contains("Z failure but success"), "{log}");
}

#[tokio::test]
async fn a_pipe_s_first_failure_counts_only_under_shell_bash() {
    let (conclusion, _) = job("      - run: false | true\n", &[]).await;
    assert_eq!(conclusion, Conclusion::Success);
    let (conclusion, _) = job("      - run: false | true\n        shell: bash\n", &[]).await;
    assert_eq!(conclusion, Conclusion::Failure);
}

#[tokio::test]
async fn a_step_s_own_variables_end_with_it_and_exported_ones_and_paths_stay() {
    let steps = r#"
      - env: {OWN: '1'}
        run: |
          echo "first own=$OWN"
          echo "KEPT=yes" >> "$GITHUB_ENV"
          mkdir bin
          printf '#!/bin/sh\necho tool ran\n' > bin/tool
          chmod +x bin/tool
          echo "$PWD/bin" >> "$GITHUB_PATH"
      - run: |
          echo "second own=$OWN kept=$KEPT"
          tool
"#;
    let (conclusion, log) = job(steps, &[]).await;
    assert_eq!(conclusion, Conclusion::Success, "{log}");
    for line in ["Z first own=1", "Z second own= kept=yes", "Z tool ran"] {
        assert!(log.contains(line), "`{line}` is not in:\n{log}");
    }
}

#[tokio::test]
async fn what_a_script_leaves_running_ends_with_the_job() {
    let steps = "      - run: sleep 60 & echo left=$!=\n";
    let (conclusion, log) = job(steps, &[]).await;
    assert_eq!(conclusion, Conclusion::Success);
    let id = log
        .split("Z left=")
        .nth(1)
        .unwrap()
        .split('=')
        .next()
        .unwrap();
    let id = nix::unistd::Pid::from_raw(id.parse().unwrap());
    let gone = || {
        let state = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        state.is_empty() || state.contains(") Z ")
    };
    let deadline = std::time::Instant::now() + LIMIT;
    while !gone() {
        assert!(std::time::Instant::now() < deadline, "{id} still runs");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
