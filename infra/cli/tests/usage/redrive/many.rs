//! Many executions, and several who redrive them: races, and a hundred failed
//! jobs that are served after all.

use super::{failed, statuses};
use crate::fleet::{fleet, name, run, shows_no_secret, start};
use observe::redrive::{Filter, Options, Plan};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_faster_is_told_and_the_others_go_on() {
    let world = failed(3).await;
    let fleet = fleet(&world).await;
    let plan = Plan::find(&fleet, &Filter::default(), |_, _| {})
        .await
        .unwrap();
    assert_eq!(plan.eligible.len(), 3);
    // Somebody redrives one by the console, after the plan was made.
    world.redrive(&plan.eligible[0].arn).await;
    let mut seen = Vec::new();
    let summary = observe::redrive::run(&fleet, &plan, Options::of(&fleet, true), |now| {
        seen.push(now.clone());
    })
    .await
    .unwrap();
    assert_eq!((summary.of, summary.redriven), (3, 2));
    assert_eq!(summary.served, 2);
    assert!(!summary.all_well());
    assert_eq!(summary.refused[0].name, name(&plan.eligible[0].arn));
    let because = &summary.refused[0].because;
    assert!(because.starts_with("It has changed since"), "{because}");
    let last = seen.last().unwrap();
    assert_eq!(
        (last.done, last.of, last.served, last.running),
        (3, 3, 2, 0)
    );
    // The same plan again: its tokens are spent, nothing runs twice.
    let summary = observe::redrive::run(&fleet, &plan, Options::of(&fleet, false), |_| {})
        .await
        .unwrap();
    assert!(summary.redriven <= 2);
    world.all_jobs_are_over().await;
    for execution in world.executions().await {
        assert_eq!(execution.status, "SUCCEEDED");
        let row = fleet.row(&execution.arn).await.unwrap();
        assert_eq!(row.redrive_count, 1);
    }
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_at_once_redrive_everything_once() {
    let world = failed(4).await;
    let given = ["redrive", "--failed", "--yes", "--wait"];
    let (one, other) = (start(&world, &given), start(&world, &given));
    let (one, other) = tokio::join!(one.ended(), other.ended());
    for ended in [&one, &other] {
        shows_no_secret(&world, ended).await;
        assert!(ended.status.code().is_some(), "{}", ended.complained);
    }
    world.all_jobs_are_over().await;
    assert_eq!(statuses(&world).await, ["SUCCEEDED"; 4]);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_failed_jobs_are_served_by_one_command() {
    let world = failed(100).await;
    assert_eq!(statuses(&world).await, vec!["FAILED"; 100]);
    let began = std::time::Instant::now();
    let ended = run(&world, &["redrive", "--failed", "--yes", "--wait"]).await;
    eprintln!("100 redrives: {:.1} s", began.elapsed().as_secs_f64());
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{}{}",
        ended.said,
        ended.complained
    );
    // One summary, and nothing else, on standard output.
    assert_eq!(ended.said.lines().count(), 1, "{}", ended.said);
    assert!(
        ended
            .said
            .starts_with("Redriven: 100 of 100; 100 served, in "),
        "{}",
        ended.said
    );
    // The table and the progress on the other stream.
    let table = ended
        .complained
        .lines()
        .filter(|line| line.contains("GitHubRefused"));
    assert_eq!(table.count(), 100);
    let progress: Vec<&str> = ended
        .complained
        .lines()
        .filter(|line| line.starts_with("Redriving: "))
        .collect();
    assert!(progress.len() >= 3, "{progress:?}");
    assert_eq!(progress.last(), Some(&"Redriving: 100 of 100: 100 served"));
    for job in world.stage.github.jobs() {
        let conclusion = job.conclusion.map(|conclusion| conclusion.name());
        assert_eq!(conclusion, Some("success"));
    }
    assert_eq!(statuses(&world).await, vec!["SUCCEEDED"; 100]);
    world.nothing_is_left().await;
}
