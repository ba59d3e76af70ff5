//! The demo's two jobs after their end.

use super::{json, run, said, text};
use support::{World, workflows};

async fn served() -> World {
    let world = World::start().await;
    world.commit(&workflows::jobs(&["1", "2"], "echo served"));
    world.all_jobs_are_over().await;
    world.executions_have_ended(2).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_both_jobs_with_what_became_of_them() {
    let world = served().await;
    let table = said(&world, &["jobs"]).await;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[0].starts_with("REPOSITORY"), "{table}");
    assert!(!table.contains('\u{1b}'), "no colour but on a terminal");
    for (line, job) in lines[1..].iter().zip(["job-", "job-"]) {
        for words in [
            "foo-organisation/jit-fargate-test",
            job,
            "self-hosted, ",
            "0.25 vCPU, 512 MiB",
            "served",
            "jit-578",
        ] {
            assert!(line.contains(words), "{words:?} in {line}");
        }
    }
    let jobs = json(&world, &["jobs"]).await;
    for row in jobs["jobs"].as_array().unwrap() {
        assert_eq!(row["status"], "SUCCEEDED");
        assert_eq!(row["details"]["outcome"], "served");
        assert_eq!(row["details"]["waiting"], serde_json::Value::Null);
    }
    for (words, count) in [
        (&["jobs", "--job", "JOB-1"][..], 1),
        (&["jobs", "--repo", "foo-organisation/jit-fargate-test"], 2),
        (&["jobs", "--repo", "other/one"], 0),
        (&["jobs", "--label", "2"], 1),
        (&["jobs", "--status", "succeeded"], 2),
        (&["jobs", "--status", "running,failed"], 0),
        (&["jobs", "--error"], 0),
        (&["jobs", "--waiting-for", "capacity"], 0),
        (&["jobs", "--since", "1h"], 2),
        (&["jobs", "--since", "0s"], 0),
        (&["jobs", "--limit", "1"], 1),
    ] {
        let jobs = json(&world, words).await;
        assert_eq!(jobs["jobs"].as_array().unwrap().len(), count, "{words:?}");
    }
    assert_eq!(said(&world, &["jobs", "--error"]).await, "No jobs.\n");
    let whole = said(&world, &["jobs", "--no-trunc"]).await;
    let name = text(&jobs["jobs"][0]["name"]);
    assert!(whole.contains(&name), "{whole}");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_shown_however_it_is_named() {
    let world = served().await;
    let jobs = json(&world, &["jobs", "--job", "job-1"]).await;
    let row = &jobs["jobs"][0];
    let (arn, name) = (text(&row["arn"]), text(&row["name"]));
    let job = &row["details"]["job"];
    let (id, url) = (job["id"].to_string(), text(&job["url"]));
    for what in [
        &arn,
        &name,
        &name[..8],
        &id,
        &url,
        "foo-organisation/jit-fargate-test/job-1",
        "Foo-Organisation/jit-fargate-test/job-1",
    ] {
        let shown = json(&world, &["show", what]).await;
        assert_eq!(shown["row"]["arn"], *arn, "{what}");
        assert_eq!(shown["attempts"].as_array().unwrap().len(), 1);
        assert_eq!(shown["states"]["RunRunner"]["end"], "succeeded");
        assert_eq!(shown["next"], serde_json::Value::Null);
        assert_eq!(shown["links"]["github"], *url);
        assert_eq!(shown["links"]["aws"], serde_json::Value::Null);
        assert!(!shown.to_string().contains(&"0123456789abcdef".repeat(4)));
    }
    let shown = said(
        &world,
        &["show", &id, "--console-url", "http://127.0.0.1:1/console/"],
    )
    .await;
    for words in [
        "job-1 (id",
        "first run",
        "RunRunner",
        "VerifyRemoval",
        "served",
        "Cost",
        &format!("http://127.0.0.1:1/console/#/executions/{name}"),
    ] {
        assert!(shown.contains(words), "{words:?} in {shown}");
    }
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_hand_over_key_is_ever_shown() {
    let world = served().await;
    let executions = world.executions().await;
    let keys: Vec<&String> = executions.iter().flat_map(|of| &of.handover_keys).collect();
    assert_eq!(keys.len(), 2);
    for execution in &executions {
        for words in [
            &["show", &execution.arn][..],
            &["show", &execution.arn, "--output", "json"],
            &["history", &execution.arn, "--full"],
            &["history", &execution.arn, "--output", "json"],
            &["logs", &execution.arn],
            &["logs", &execution.arn, "--source", "function"],
            &["jobs", "--output", "json"],
        ] {
            let shown = said(&world, words).await;
            for key in &keys {
                assert!(!shown.contains(key.as_str()), "{words:?}");
            }
        }
    }
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_history_is_told_event_by_event() {
    let world = served().await;
    let arn = world.executions().await.remove(0).arn;
    let events = json(&world, &["history", &arn]).await;
    let events = events["events"].as_array().unwrap();
    let table = said(&world, &["history", &arn]).await;
    assert_eq!(table.lines().count(), events.len() + 1);
    assert!(table.contains("ecs:runTask.sync"), "{table}");
    assert!(table.lines().nth(1).unwrap().contains("ExecutionStarted"));
    let reversed = said(&world, &["history", &arn, "--reverse"]).await;
    assert!(
        reversed
            .lines()
            .nth(1)
            .unwrap()
            .contains("ExecutionSucceeded")
    );
    let mint = json(&world, &["history", &arn, "--state", "Mint"]).await;
    let kinds: Vec<String> = mint["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| text(&event["type"]))
        .collect();
    assert_eq!(
        kinds,
        [
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSucceeded",
            "TaskStateExited"
        ]
    );
    let none = json(&world, &["history", &arn, "--errors"]).await;
    assert_eq!(none["events"], serde_json::json!([]));
    let full = said(&world, &["history", &arn, "--full"]).await;
    assert!(full.contains("\"workflow_job\": {"), "{full}");
    run(&world, &["history", &arn, "--state", "Nowhere"])
        .await
        .assert_sentence(1, &["no event of a state \"Nowhere\"", "jit-runners show"]);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_those_of_its_task_or_the_functions_lines_about_it() {
    let world = served().await;
    let jobs = json(&world, &["jobs", "--job", "job-0"]).await;
    let id = jobs["jobs"][0]["details"]["job"]["id"].to_string();
    for words in [&["logs", &id][..], &["logs", &id, "--follow"]] {
        let log = said(&world, words).await;
        assert!(log.contains("Running job: job-0"), "{log}");
        assert!(!log.contains("job-1"), "{log}");
    }
    let filtered = said(&world, &["logs", &id, "--filter", "Running"]).await;
    assert_eq!(filtered.lines().count(), 1, "{filtered}");
    let lines = said(&world, &["logs", &id, "--output", "json"]).await;
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((&line["source"], &line["try"]), (&"task".into(), &1.into()));
    }
    let mint = said(&world, &["logs", &id, "--function", "mint"]).await;
    assert!(mint.lines().all(|line| line.contains(&id)), "{mint}");
    assert!(mint.contains("minted"), "{mint}");
    let functions = said(&world, &["logs", &id, "--source", "function"]).await;
    for words in [
        "── function size",
        "── function mint",
        "── function verify-removal",
    ] {
        assert!(functions.contains(words), "{words} in {functions}");
    }
    let all = said(&world, &["logs", "--function", "mint"]).await;
    assert_eq!(all.matches("\"outcome\":\"minted\"").count(), 2, "{all}");
    run(&world, &["logs", &id, "--filter", "nowhere"])
        .await
        .assert_sentence(1, &["No line matches", "--since"]);
    run(&world, &["logs", &id, "--function", "escalate"])
        .await
        .assert_sentence(1, &["no log /aws/lambda/jit-runners-escalate"]);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_graph_is_drawn_in_the_terminal_and_into_a_file() {
    let world = served().await;
    let arn = world.executions().await.remove(0).arn;
    let with = said(&world, &["show", &arn]).await;
    let without = said(&world, &["show", &arn, "--no-graph"]).await;
    let graph: Vec<&str> = with
        .lines()
        .filter(|line| !without.lines().any(|other| other == *line))
        .collect();
    for state in ["Size", "Mint", "RunRunner", "VerifyRemoval", "Done"] {
        assert!(
            graph.iter().any(|line| line.contains(state)),
            "{state} in {graph:#?}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("graph.svg");
    let path = file.to_str().unwrap();
    said(&world, &["show", &arn, "--svg", path]).await;
    let svg = std::fs::read_to_string(&file).unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    assert!(
        svg.contains("RunRunner") && svg.contains("succeeded"),
        "{svg}"
    );
    let nowhere = folder.path().display().to_string();
    run(&world, &["show", &arn, "--svg", &nowhere])
        .await
        .assert_sentence(1, &["cannot be written", "--svg"]);
    world.nothing_is_left().await;
}
