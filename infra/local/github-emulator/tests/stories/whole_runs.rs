//! Whole runs, with the stand-in runner as a real process.

use crate::support::{ARTICLE, ORG, REPO, start_runner, story, story_with};
use chrono::TimeDelta;
use github_emulator::{Conclusion, JobStatus, Settings};
use serde_json::json;

#[tokio::test]
async fn a_step_that_fails_fails_the_job_and_later_steps_are_skipped() {
    let story = story().await;
    let run = story.commit(
        r"
on: push
jobs:
  build:
    runs-on: self-hosted
    steps:
      - run: echo before && false
      - run: echo never
      - if: failure()
        run: echo because it failed
      - if: always()
        run: echo at any rate
",
    );
    let runner = story.runner("jit-1", &["self-hosted"]).await;
    let (code, said) = runner.end().await;
    assert_eq!(code, 0, "a failed job is a served job: {said}");
    assert!(
        said.contains("Job build completed with result: Failed"),
        "{said}"
    );
    let job = &story.emulator.jobs_of(run)[0];
    assert_eq!(job.conclusion, Some(Conclusion::Failure));
    let log = story.emulator.job_log(job.id).unwrap();
    assert!(
        log.contains("##[error]Process completed with exit code 1."),
        "{log}"
    );
    assert!(
        log.contains("because it failed") && log.contains("at any rate"),
        "{log}"
    );
    assert!(!log.contains(" never\n"), "{log}");
    let conclusions: Vec<_> = job
        .steps
        .iter()
        .map(|step| step.conclusion.unwrap())
        .collect();
    assert_eq!(conclusions[2], Conclusion::Skipped);
}

#[tokio::test]
async fn the_article_s_workflow_is_served_by_two_runners_and_nothing_is_left() {
    let story = story().await;
    let run = story.commit(ARTICLE);
    let one = story.runner("jit-1", &["self-hosted", "1"]).await;
    let two = story.runner("jit-2", &["self-hosted", "2"]).await;
    for (runner, number) in [(one, 1), (two, 2)] {
        let (code, said) = runner.end().await;
        assert_eq!(code, 0);
        for line in [
            "√ Connected to GitHub".to_owned(),
            "Current runner version: '2.336.0'".to_owned(),
            "Z: Listening for Jobs".to_owned(),
            format!("Z: Running job: run-it ({number})"),
            format!("Z: Job run-it ({number}) completed with result: Succeeded"),
            "√ Removed .credentials\n√ Removed .runner\n".to_owned(),
        ] {
            assert!(said.contains(&line), "`{line}` is not in:\n{said}");
        }
        assert!(
            !said.contains("executing"),
            "a step's output is GitHub's alone:\n{said}"
        );
    }
    let jobs = story.emulator.jobs_of(run);
    assert_eq!(jobs.len(), 2);
    for job in jobs {
        assert_eq!(job.conclusion, Some(Conclusion::Success));
        let seen: Vec<_> = job.transitions.iter().map(|one| one.status).collect();
        assert_eq!(
            seen,
            [
                JobStatus::Queued,
                JobStatus::InProgress,
                JobStatus::Completed
            ]
        );
        let path = format!("/repos/{ORG}/{REPO}/actions/jobs/{}/logs", job.id);
        let response = story
            .send(reqwest::Method::GET, &path, &story.token, None)
            .await;
        let log = response.text().await.unwrap();
        let said = format!("Z executing job_num: {}\n", &job.labels[1]);
        assert!(log.contains(&said), "{log}");
        assert!(log.contains("##[group]Run echo executing job_num"), "{log}");
    }
    assert!(story.emulator.leftovers().is_empty());
}

#[tokio::test]
async fn a_cancelled_job_is_stopped_and_reported() {
    let story = story().await;
    let run = story.commit(
        "on: push\njobs: {build: {runs-on: self-hosted, steps: [{run: 'echo begun; sleep 60'}]}}",
    );
    let runner = story.runner("jit-1", &["self-hosted"]).await;
    let job = story.emulator.jobs_of(run)[0].id;
    story
        .until(|github| {
            github
                .job_log(job)
                .is_some_and(|log| log.contains("Z begun"))
        })
        .await;
    assert!(story.emulator.cancel_job(job));
    let (code, said) = runner.end().await;
    assert_eq!(code, 0);
    assert!(said.contains("completed with result: Canceled"), "{said}");
    assert_eq!(
        story.emulator.job(job).unwrap().conclusion,
        Some(Conclusion::Cancelled)
    );
}

#[tokio::test]
async fn sigterm_cancels_the_job_and_ends_the_runner_within_seconds() {
    let story = story().await;
    let run = story.commit(
        "on: push\njobs: {build: {runs-on: self-hosted, steps: [{run: 'echo begun; sleep 60'}]}}",
    );
    let runner = story.runner("jit-1", &["self-hosted"]).await;
    let job = story.emulator.jobs_of(run)[0].id;
    story
        .until(|github| {
            github
                .job_log(job)
                .is_some_and(|log| log.contains("Z begun"))
        })
        .await;
    let id = nix::unistd::Pid::from_raw(runner.child.id().unwrap() as i32);
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    assert_eq!(runner.end().await.0, 0);
    assert_eq!(
        story.emulator.job(job).unwrap().conclusion,
        Some(Conclusion::Cancelled)
    );
    assert!(story.emulator.leftovers().is_empty());
}

#[tokio::test]
async fn a_runner_that_vanishes_in_the_middle_of_a_job_fails_it_in_time() {
    let story = story().await;
    let run =
        story.commit("on: push\njobs: {build: {runs-on: self-hosted, steps: [{run: sleep 30}]}}");
    let mut runner = story.runner("jit-1", &["self-hosted"]).await;
    let job = story.emulator.jobs_of(run)[0].id;
    story
        .until(|github| github.job(job).unwrap().status == JobStatus::InProgress)
        .await;
    runner.child.kill().await.unwrap();
    // Its connections break, which is seen a moment later.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    story.clock.forward(TimeDelta::minutes(11));
    story
        .until(|github| github.job(job).unwrap().status == JobStatus::Completed)
        .await;
    assert!(
        story
            .emulator
            .job_log(job)
            .unwrap()
            .contains("lost communication with the server")
    );
    assert!(story.emulator.leftovers().is_empty());
}

#[tokio::test]
async fn an_idle_runner_is_removed_and_told_so() {
    let story = story().await;
    let runner = story.runner("jit-1", &["self-hosted"]).await;
    story
        .until(|github| github.runners().iter().any(|runner| runner.online))
        .await;
    story.clock.forward(TimeDelta::minutes(6));
    let (code, said) = runner.end().await;
    assert_eq!(code, 1);
    assert!(said.contains("registration has been deleted"), "{said}");
    assert!(story.emulator.leftovers().is_empty());
}

#[tokio::test]
async fn jobs_pass_outputs_on_to_those_that_need_them() {
    let story = story().await;
    let run = story.commit(
        r#"
on: push
env: {GREETING: hello}
jobs:
  list:
    runs-on: self-hosted
    outputs:
      sizes: ${{ steps.make.outputs.sizes }}
    steps:
      - id: make
        run: echo 'sizes=["small","large"]' >> "$GITHUB_OUTPUT"
  each:
    needs: list
    strategy:
      matrix:
        size: ${{ fromJSON(needs.list.outputs.sizes) }}
    runs-on: [self-hosted, "${{ matrix.size }}"]
    steps:
      - uses: actions/checkout@v4
      - run: echo "LATER=${{ env.GREETING }}" >> "$GITHUB_ENV"
      - run: echo "$LATER ${{ matrix.size }} in $GITHUB_REPOSITORY"
"#,
    );
    assert_eq!(
        story.emulator.jobs_of(run).len(),
        1,
        "`each` does not exist yet"
    );
    assert_eq!(
        story.runner("jit-1", &["self-hosted"]).await.end().await.0,
        0
    );
    let names: Vec<String> = story
        .emulator
        .jobs_of(run)
        .into_iter()
        .map(|job| job.name)
        .collect();
    assert_eq!(names, ["list", "each (small)", "each (large)"]);
    assert_eq!(
        story
            .runner("jit-2", &["self-hosted", "large"])
            .await
            .end()
            .await
            .0,
        0
    );
    let job = story.emulator.jobs_of(run).remove(2);
    let log = story.emulator.job_log(job.id).unwrap();
    assert!(
        log.contains(&format!("Z hello large in {ORG}/{REPO}")),
        "{log}"
    );
    assert!(
        log.contains("Skipped: the stand-in runner runs `run:` steps only"),
        "{log}"
    );
}

#[tokio::test]
async fn one_runner_works_below_the_enterprise_prefix_for_its_repository() {
    let story = story_with(Settings {
        seed: Some(7),
        ..Settings::default()
    })
    .await;
    let run =
        story.commit("on: push\njobs: {build: {runs-on: self-hosted, steps: [{run: echo hi}]}}");
    let body = json!({"name": "r", "runner_group_id": 1, "labels": ["self-hosted"]});
    let path = format!("/api/v3/repos/{ORG}/{REPO}/actions/runners/generate-jitconfig");
    let (status, minted) = story.post(&path, &body).await;
    assert_eq!(status, 201);
    let config = minted["encoded_jit_config"].as_str().unwrap();
    assert_eq!(start_runner(config, &[]).end().await.0, 0);
    assert_eq!(
        story.emulator.jobs_of(run)[0].conclusion,
        Some(Conclusion::Success)
    );
}

#[tokio::test]
async fn twenty_jobs_and_twenty_runners_at_once_serve_each_job_once() {
    let story = story().await;
    let run = story.commit(
        "on: push\njobs: {t: {strategy: {matrix: {size: [s, m, l, xl], n: [1, 2, 3, 4, 5]}}, \
         runs-on: [self-hosted, '${{ matrix.size }}'], steps: [{run: 'echo ${{ matrix.n }}'}]}}",
    );
    let mut runners = Vec::new();
    for number in 0..20 {
        let size = ["s", "m", "l", "xl"][number % 4];
        runners.push(
            story
                .runner(&format!("jit-{number}"), &["self-hosted", size])
                .await,
        );
    }
    for runner in runners {
        let (code, said) = runner.end().await;
        assert_eq!(code, 0, "{said}");
        assert_eq!(
            said.matches("Running job: ").count(),
            1,
            "single use: {said}"
        );
    }
    let jobs = story.emulator.jobs_of(run);
    assert!(
        jobs.iter()
            .all(|job| job.conclusion == Some(Conclusion::Success))
    );
    let mut takers: Vec<_> = jobs
        .iter()
        .map(|job| job.runner.as_ref().unwrap().id)
        .collect();
    takers.sort();
    takers.dedup();
    assert_eq!(takers.len(), 20);
    assert!(story.emulator.leftovers().is_empty());
}

#[tokio::test]
async fn a_job_finds_no_registration_in_its_environment() {
    let story = story().await;
    let run = story.commit("on: push\njobs: {t: {runs-on: self-hosted, steps: [{run: env}]}}");
    assert_eq!(
        story.runner("jit-1", &["self-hosted"]).await.end().await.0,
        0
    );
    let log = story
        .emulator
        .job_log(story.emulator.jobs_of(run)[0].id)
        .unwrap();
    assert!(
        log.contains("GITHUB_ACTIONS=true") && log.contains("RUNNER_NAME=jit-1"),
        "{log}"
    );
    assert!(!log.contains("JITCONFIG"), "{log}");
}
