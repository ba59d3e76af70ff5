//! `jit-runners demo`: stopped halfway, for programs, and kept running.

use crate::program::{Program, processes_of, run, with_the_others};
use jit_runners::clients::{Clients, ExecutionStatus};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::path::PathBuf;

#[tokio::test]
async fn stopped_halfway_it_says_so_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.yml");
    let workflow = "on: push\njobs:\n  long:\n    runs-on: [self-hosted, 1]\n    steps:\n      - run: sleep 600\n";
    std::fs::write(&path, workflow).unwrap();
    let path = path.display().to_string();
    let mut program = Program::start(&with_the_others(), &["demo", "--workflow", &path]);
    let endpoint = program.address_after("The place is ready at ").await;
    let github = program.address_after("GitHub's emulator at ").await;
    // The task runs, and so does the step.
    program.line("task RUNNING").await;
    program.line("in_progress").await;
    assert!(!processes_of(&endpoint).is_empty());
    program.signal(Signal::SIGINT);
    let ended = program.ended().await;
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(ended.said, "");
    let last = ended.complained.lines().last().unwrap();
    assert!(
        last.starts_with("jit-runners: stopped before the end"),
        "{last}"
    );
    assert_eq!(processes_of(&endpoint), Vec::<PathBuf>::new());
    assert_eq!(
        processes_of(github.trim_end_matches('.')),
        Vec::<PathBuf>::new()
    );
}

#[tokio::test]
async fn its_json_has_everything_that_was_observed_of_each_job() {
    let ended = run(&with_the_others(), &["demo", "--json"]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    let result: Value = serde_json::from_str(&ended.said).unwrap();
    assert_eq!(result["held"], true);
    let jobs = result["jobs"].as_array().unwrap();
    assert_eq!(jobs.len(), 2);
    for (job, number) in jobs.iter().zip(["1", "2"]) {
        assert!(job["job_id"].as_u64().is_some_and(|id| id > 0), "{job}");
        assert_eq!(job["labels"], serde_json::json!(["self-hosted", number]));
        let arn = job["execution_arn"].as_str().unwrap();
        assert!(arn.starts_with("arn:aws:states:"), "{arn}");
        assert_eq!(job["execution_status"], "SUCCEEDED");
        let states: Vec<&str> = texts(&job["states"]);
        assert_eq!((states[0], states[states.len() - 1]), ("Size", "Done"));
        assert!(
            states.contains(&"RunRunner") && states.contains(&"Release"),
            "{states:?}"
        );
        assert!(job["runner_id"].as_u64().is_some_and(|id| id > 0), "{job}");
        let name = job["runner_name"].as_str().unwrap();
        assert!(name.starts_with("jit-"), "{name}");
        let statuses = texts(&job["task_statuses"]);
        assert_eq!(statuses.first(), Some(&"PROVISIONING"));
        assert_eq!(statuses.last(), Some(&"STOPPED"));
        assert!(statuses.contains(&"RUNNING"), "{statuses:?}");
        assert_eq!(job["exit_code"], 0);
        assert_eq!(job["conclusion"], "success");
        for flag in ["runner_removed", "claim_released", "handover_consumed"] {
            assert_eq!(job[flag], true, "{flag}");
        }
    }
    for check in result["checks"].as_array().unwrap() {
        assert_eq!(check["holds"], true, "{check}");
    }
    // Progress went to the other stream.
    assert!(
        ended.complained.contains("The place is ready at"),
        "{}",
        ended.complained
    );
}

#[tokio::test]
async fn kept_running_it_answers_until_sigterm() {
    let mut program = Program::start(&with_the_others(), &["demo", "--keep"]);
    let endpoint = program.address_after("The local place is ready at ").await;
    program.line("Ctrl-C stops it").await;
    assert!(
        program.said().contains("everything held"),
        "{}",
        program.said()
    );
    let clients = Clients::local(&endpoint).await;
    let machines = clients
        .executions
        .list_state_machines()
        .send()
        .await
        .unwrap();
    let [machine] = machines.state_machines() else {
        panic!("{machines:?}");
    };
    let executions = clients.executions.list_executions();
    let executions = executions.state_machine_arn(&machine.state_machine_arn);
    let executions = executions.send().await.unwrap();
    assert_eq!(executions.executions().len(), 2);
    for execution in executions.executions() {
        assert_eq!(execution.status, ExecutionStatus::Succeeded);
    }
    let tasks = clients
        .tasks
        .list_tasks()
        .cluster("jit-runners")
        .send()
        .await
        .unwrap();
    assert!(tasks.task_arns().is_empty());
    // The functions are warm still.
    assert!(!processes_of(&endpoint).is_empty());
    program.signal(Signal::SIGTERM);
    let ended = program.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert_eq!(processes_of(&endpoint), Vec::<PathBuf>::new());
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect()
}
