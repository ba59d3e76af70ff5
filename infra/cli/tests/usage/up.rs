//! `jit-runners up`: serves until it is asked to end, and ends everything.

use crate::program::{Ended, Program, alone, processes_of};
use aws_sdk_ecs::types::{
    AwsVpcConfiguration, Compatibility, ContainerDefinition, LaunchType, NetworkConfiguration,
    NetworkMode,
};
use jit_runners::clients::Clients;
use nix::sys::signal::Signal;
use std::time::{Duration, Instant};

async fn up() -> (Program, String) {
    let mut program = Program::start(&alone(), &["up", "--port", "0"]);
    let endpoint = program.address_after("The local place is ready at ").await;
    program.line("Ctrl-C stops it").await;
    (program, endpoint)
}

/// Ends the place and checks that it is gone.
async fn end(program: Program, endpoint: &str, signal: Signal) -> Ended {
    program.signal(signal);
    let ended = program.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert_eq!(ended.complained, "");
    assert_eq!(processes_of(endpoint), Vec::<std::path::PathBuf>::new());
    let address = endpoint.trim_start_matches("http://");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    ended
}

#[tokio::test]
async fn sigterm_ends_the_tasks_that_run() {
    let (program, endpoint) = up().await;
    let tasks = Clients::local(&endpoint).await.tasks;
    tasks.create_cluster().send().await.unwrap();
    let container = ContainerDefinition::builder()
        .name("runner")
        .image("shell")
        .entry_point("/bin/sh")
        .entry_point("-c")
        // Neither it nor its child goes of its own will.
        .command("trap '' TERM; sleep 600 & wait; sleep 600")
        .build();
    let define = tasks.register_task_definition().family("shell");
    let define = define.requires_compatibilities(Compatibility::Fargate);
    let define = define
        .network_mode(NetworkMode::Awsvpc)
        .cpu("256")
        .memory("512");
    define
        .container_definitions(container)
        .send()
        .await
        .unwrap();
    let subnets = AwsVpcConfiguration::builder()
        .subnets("subnet-1")
        .build()
        .unwrap();
    let network = NetworkConfiguration::builder()
        .awsvpc_configuration(subnets)
        .build();
    let run = tasks
        .run_task()
        .task_definition("shell")
        .launch_type(LaunchType::Fargate);
    run.network_configuration(network).send().await.unwrap();
    let began = Instant::now();
    // The shell and its child.
    while processes_of(&endpoint).len() < 2 {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "the task never ran"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    end(program, &endpoint, Signal::SIGTERM).await;
}

#[tokio::test]
async fn ctrl_c_ends_it_after_it_has_served() {
    let (program, endpoint) = up().await;
    let clients = Clients::local(&endpoint).await;
    let machines = clients
        .executions
        .list_state_machines()
        .send()
        .await
        .unwrap();
    assert!(machines.state_machines().is_empty());
    let ended = end(program, &endpoint, Signal::SIGINT).await;
    assert!(ended.said.ends_with("Stopping.\n"), "{}", ended.said);
}

#[tokio::test]
async fn the_commands_that_it_prints_work_as_they_are_printed() {
    let (program, endpoint) = up().await;
    let said = program.said();
    let lines: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with("export ") || line.starts_with("aws "))
        .collect();
    assert!(lines.len() >= 5, "{said}");
    let found = tokio::process::Command::new("aws")
        .arg("--version")
        .output()
        .await;
    if found.is_ok_and(|output| output.status.success()) {
        let script = format!(
            "for name in $(env | sed -n 's/^\\(AWS_[A-Z_]*\\)=.*/\\1/p'); do unset \"$name\"; done\n\
             export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null\n{}",
            lines.join(" || exit 1\n")
        );
        let shell = tokio::process::Command::new("sh")
            .args(["-c", &script])
            .output();
        let output = shell.await.unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    } else {
        assert!(
            std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
            "the command aws is not found: install PyPI's awscli first"
        );
        eprintln!("skipped: there is no command aws");
    }
    end(program, &endpoint, Signal::SIGTERM).await;
}
