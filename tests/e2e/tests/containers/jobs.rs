//! Jobs of the whole fleet, each in a container of its own.

use jit_runners::evidence::{JobEvidence, View, checks};
use local::ecs::launcher::{Engine, OUT_OF_MEMORY};
use serde_json::json;
use support::containers::engine;
use support::{World, workflows};

/// One job with this label and script, once it is over.
async fn over(engine: &Engine, label: &str, script: &str) -> (World, JobEvidence) {
    let world = World::in_containers(engine, |_| {}).await;
    world.commit(&workflows::jobs(&[label], script));
    world.all_jobs_are_over().await;
    let job = world.evidence().await.remove(0);
    (world, job)
}

/// The machine's last word on a job.
fn output(world: &World, job: &JobEvidence) -> String {
    let execution = json!({"executionArn": job.execution_arn});
    let answer = world
        .stage
        .place
        .step_functions()
        .call("DescribeExecution", execution);
    answer.expect("it is known")["output"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_needs_more_memory_than_its_size_is_killed_and_told_so() {
    let Some(engine) = engine().await else { return };
    let (world, job) = over(&engine, "vcpu-256-mem-512", "tail /dev/zero").await;
    assert_eq!(job.conclusion.as_deref(), Some("failure"));
    assert_eq!(
        job.outcome.as_deref(),
        Some("interrupted"),
        "{:?}",
        job.task_log
    );
    assert_eq!(job.exit_code, Some(87));
    let output = output(&world, &job);
    let told = "The job ran out of memory and was killed; its size was 512 MiB: ask for more memory by its label, e.g. vcpu-256-mem-1024.";
    assert!(output.contains(told), "{output}");
    let task = world.tasks().remove(0);
    assert_eq!(task["containers"][0]["reason"], OUT_OF_MEMORY, "{task}");
    world.no_container_is_left(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_larger_size_serves_the_same_job() {
    let Some(engine) = engine().await else { return };
    let script = "head -c 600m /dev/zero | tail | wc -c";
    let (world, job) = over(&engine, "vcpu-256-mem-2048", script).await;
    assert_eq!(job.outcome.as_deref(), Some("served"), "{}", job.job_log);
    assert!(job.job_log.contains("629145600"), "{}", job.job_log);
    world.no_container_is_left(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_of_the_label_is_the_containers_limit() {
    let Some(engine) = engine().await else { return };
    let script = "\"cd /sys/fs/cgroup; echo quota $(cat cpu.max cpu/cpu.cfs_quota_us 2>/dev/null) limit $(cat memory.max memory/memory.limit_in_bytes 2>/dev/null)\"";
    let (world, job) = over(&engine, "vcpu-512-mem-1024", script).await;
    // Half of each period of 100 ms; the newer control groups name the period as well.
    for expected in ["quota 50000 ", "limit 1073741824"] {
        assert!(job.job_log.contains(expected), "{}", job.job_log);
    }
    world.no_container_is_left(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_entrypoint_is_the_first_process_and_collects_what_jobs_leave() {
    let Some(engine) = engine().await else { return };
    let script = "\"(sleep 0.1 &) ; (sleep 0.1 &) ; sleep 1 ; echo first is $(cat /proc/1/comm) zombies $(cat /proc/[0-9]*/stat | grep -c ') Z ')\"";
    let world = World::in_containers(&engine, |_| {}).await;
    world.commit(&workflows::jobs(&["1", "2"], script));
    world.all_jobs_are_over().await;
    let jobs = world.evidence().await;
    for check in checks(&jobs, View::Everything, &|_| {
        Some("first is entrypoint zombies 0".to_owned())
    }) {
        assert!(check.holds, "{}: {}", check.expected, check.observed);
    }
    world.no_container_is_left(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_task_lets_the_runner_cancel_its_job() {
    let Some(engine) = engine().await else { return };
    let world = World::in_containers(&engine, |_| {}).await;
    world.commit(&workflows::one("sleep 600"));
    world
        .until("the job runs", || async {
            world
                .stage
                .github
                .jobs()
                .iter()
                .any(|job| job.started_at.is_some())
        })
        .await;
    let arn = world.tasks().remove(0)["taskArn"].clone();
    let stop = json!({"cluster": "jit-runners", "task": arn, "reason": "by a test"});
    world
        .stage
        .place
        .ecs()
        .call("StopTask", stop)
        .expect("it can be stopped");
    world.all_jobs_are_over().await;
    let job = world.evidence().await.remove(0);
    assert_ne!(job.conclusion.as_deref(), Some("success"));
    // The runner had its time: it was not killed.
    assert_ne!(job.exit_code, Some(137), "{:?}", job.task_log);
    let told = "jit-runners: signal 15 received, passed on to the runner";
    assert!(
        job.task_log.iter().any(|line| line == told),
        "{:?}",
        job.task_log
    );
    world.no_container_is_left(&engine).await;
}
