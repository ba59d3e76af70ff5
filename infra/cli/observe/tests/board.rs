//! The board over a real fleet of the local place: it sees what is new, what has
//! changed and what goes on, and says why jobs wait.

use aws_config::BehaviorVersion;
use local::step_functions::Fault;
use observe::board::{Board, Filter};
use observe::fleet::{Fleet, ReadError};
use observe::history::{End, HIDDEN};
use observe::names::{DEFAULT_FLEET, Names};
use observe::row::Row;
use observe::waiting::Kind;
use support::World;

/// Alone, no other runner can take it.
const ONE_JOB: &str = "
on: push
jobs:
  run-it:
    runs-on: [self-hosted, '1']
    steps:
      - run: echo job
";

const TWO_JOBS: &str = "
on: push
jobs:
  run-it:
    runs-on: [self-hosted, '1']
    strategy:
      matrix:
        number: [1, 2]
    steps:
      - run: echo job ${{ matrix.number }}
";

async fn fleet(world: &World, name: &str) -> Fleet {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(world.stage.place.endpoint())
        .region("us-east-1")
        .test_credentials()
        .load()
        .await;
    Fleet::new(&config, Names::new(name))
}

fn waits(row: &Row) -> Option<(Kind, String)> {
    let waiting = row.details.as_ref()?.waiting.as_ref()?;
    Some((waiting.kind, waiting.sentence.clone()))
}

#[tokio::test]
async fn a_fleet_that_is_not_there_is_named() {
    let world = World::start().await;
    let board = Board::new(fleet(&world, "nowhere").await);
    let error = board.refresh().await.expect_err("there is no such fleet");
    assert!(matches!(error, ReadError::NoFleet(_)), "{error:?}");
    assert!(error.to_string().contains("nowhere"), "{error}");
    world.nothing_is_left().await;
}

#[tokio::test]
async fn a_step_that_is_tried_again_says_so_and_then_the_job_is_served() {
    let world = World::with(|settings| settings.place.timer_speed = 1.0).await;
    let board = Board::new(fleet(&world, DEFAULT_FLEET).await);
    let fault = Fault::FailBefore {
        error: "GitHubUnavailable".to_owned(),
        cause: "GitHub answered 503 to the mint.".to_owned(),
    };
    world.stage.place.step_functions().inject("Mint", fault, 1);
    world.commit(ONE_JOB);
    world
        .until("a job waits for GitHub", || async {
            board.refresh().await.expect("the fleet can be read");
            let listing = board.rows(&Filter {
                kind: "github_unavailable".to_owned(),
                ..Filter::default()
            });
            listing.rows.iter().filter_map(waits).any(|(_, why)| {
                why.contains("Mint failed once with GitHubUnavailable") && why.contains("503")
            })
        })
        .await;
    let overview = board.overview(24);
    assert!(overview.running >= 1, "{overview:?}");
    assert!(
        overview
            .waiting
            .iter()
            .any(|waiting| waiting.kind == Kind::GitHubUnavailable)
    );
    world.all_jobs_are_over().await;
    world
        .until("the board has seen its end", || async {
            board.refresh().await.expect("the fleet can be read");
            board.overview(24).served == 1
        })
        .await;
    for row in board.rows(&Filter::default()).rows {
        assert_eq!(waits(&row), None);
        let details = row.details.expect("it was read");
        assert!(details.served(), "{details:?}");
        let size = details.size.expect("its size is known");
        assert_eq!(
            (size.cpu, size.memory_mib, size.architecture.as_str()),
            (256, 512, "X86_64")
        );
        assert!(details.runner.is_some_and(|name| name.starts_with("jit-")));
        assert!(details.queue_to_start_seconds.is_some());
    }
    let overview = board.overview(24);
    assert_eq!(
        (overview.running, overview.queued, overview.failed),
        (0, 0, 0)
    );
    assert_eq!((overview.time_to_start.count, overview.cost.jobs), (1, 1));
    assert!(overview.cost.total_usd > 0.0);
    world.nothing_is_left().await;
}

#[tokio::test]
async fn a_failed_execution_waits_for_its_redrive_and_shows_two_attempts_after_it() {
    let world = World::start().await;
    let fleet = fleet(&world, DEFAULT_FLEET).await;
    let board = Board::new(fleet.clone());
    let fault = Fault::FailBefore {
        error: "GitHubRefused".to_owned(),
        cause: r#"{"errorType":"GitHubRefused","errorMessage":"The App may not write self-hosted runners."}"#.to_owned(),
    };
    world.stage.place.step_functions().inject("Mint", fault, 2);
    world.commit(TWO_JOBS);
    world.executions_have_ended(2).await;
    board.refresh().await.expect("the fleet can be read");
    let failed = board.rows(&Filter {
        error: "GitHubRefused".to_owned(),
        ..Filter::default()
    });
    assert_eq!((failed.total, failed.matched), (2, 2));
    assert_eq!(
        board
            .rows(&Filter {
                text: "GITHUBREFUSED may not jit-fargate".to_owned(),
                ..Filter::default()
            })
            .matched,
        2
    );
    assert_eq!(
        board
            .rows(&Filter {
                text: "nobody".to_owned(),
                ..Filter::default()
            })
            .matched,
        0
    );
    for row in &failed.rows {
        let (kind, why) = waits(row).expect("it waits for a redrive");
        assert_eq!(kind, Kind::Failed);
        assert!(
            why.contains("The App may not write self-hosted runners."),
            "{why}"
        );
        assert!(
            row.details
                .as_ref()
                .is_some_and(|details| details.redrivable)
        );
        world.redrive(&row.arn).await;
    }
    world.all_jobs_are_over().await;
    world
        .until("the board has seen the redrives", || async {
            board.refresh().await.expect("the fleet can be read");
            board.overview(24).served == 2
        })
        .await;
    for row in &failed.rows {
        let execution = fleet.execution(&row.arn).await.expect("it can be read");
        let timeline = &execution.timeline;
        let ends: Vec<(u32, End)> = timeline
            .attempts
            .iter()
            .map(|one| (one.number, one.end))
            .collect();
        assert_eq!(ends, [(1, End::Failed), (2, End::Succeeded)]);
        assert_eq!(timeline.attempts[0].error.as_deref(), Some("GitHubRefused"));
        let escalate = timeline.last("Escalate").expect("it was visited");
        assert_eq!(
            (escalate.end, escalate.redrives(), escalate.tries.len()),
            (End::Succeeded, 1, 2)
        );
        let mints: Vec<End> = timeline
            .visits
            .iter()
            .filter(|visit| visit.state == "Mint")
            .map(|visit| visit.end)
            .collect();
        assert_eq!(mints, [End::Caught, End::Succeeded]);
        assert!(timeline.visits.iter().all(|visit| visit.ended.is_some()));
        let taken = timeline.taken();
        for (from, to) in [
            ("Mint", "MarkFailed"),
            ("MarkFailed", "Escalate"),
            ("Escalate", "Size"),
            ("Release", "Done"),
        ] {
            assert!(
                taken.contains(&(from.to_owned(), to.to_owned())),
                "{from} → {to} in {taken:?}"
            );
        }
        assert_eq!(timeline.states()["Mint"].visits, 2);
        let shown = serde_json::to_string(&execution.events).expect("events are JSON");
        assert!(shown.contains(HIDDEN), "keys are hidden");
        for raw in fleet.history(&row.arn).await.expect("it can be read") {
            let Some(output) = raw
                .task_succeeded_event_details()
                .and_then(|details| details.output())
            else {
                continue;
            };
            let output: serde_json::Value = serde_json::from_str(output).expect("it is JSON");
            if let Some(key) = output["Payload"]["handover_key"]
                .as_str()
                .filter(|key| !key.is_empty())
            {
                assert!(!shown.contains(key), "a hand-over key is shown");
            }
        }
    }
    world.nothing_is_left().await;
}

#[tokio::test]
async fn an_execution_that_was_stopped_is_named_and_the_board_costs_two_calls_a_look() {
    let world = World::with(|settings| settings.place.timer_speed = 1.0).await;
    let board = Board::new(fleet(&world, DEFAULT_FLEET).await);
    let fault = Fault::FailBefore {
        error: "GitHubUnavailable".to_owned(),
        cause: String::new(),
    };
    world.stage.place.step_functions().inject("Mint", fault, 2);
    world.commit(TWO_JOBS);
    world
        .until("both wait for GitHub", || async {
            board.refresh().await.expect("the fleet can be read");
            board
                .overview(1)
                .waiting
                .iter()
                .any(|waiting| waiting.kind == Kind::GitHubUnavailable && waiting.count == 2)
        })
        .await;
    let rows = board.rows(&Filter::default()).rows;
    let stopped = &rows[0];
    world
        .stage
        .clients
        .executions
        .stop_execution()
        .execution_arn(&stopped.arn)
        .send()
        .await
        .expect("it can be stopped");
    board.refresh().await.expect("the fleet can be read");
    let row = board.row(&stopped.name).expect("it is known");
    assert_eq!(row.status, "ABORTED");
    assert_eq!(waits(&row).map(|(kind, _)| kind), Some(Kind::Stopped));
    world.redrive(&stopped.arn).await;
    world.all_jobs_are_over().await;
    board.refresh().await.expect("the fleet can be read");
    let changed = board.refresh().await.expect("the fleet can be read");
    assert_eq!(changed, [], "nothing has changed, so nothing is told");
    world.nothing_is_left().await;
}
