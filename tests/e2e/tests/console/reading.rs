//! What the console answers to reads: a list that is paged, searched and
//! filtered, an execution with its graph, its events and its log, figures, and
//! the stream that tells what changes.

use crate::given::{answer, csrf, failed, http, mounted, newest, redrive, served};
use local::{Place, Settings};
use serde_json::{Value, json};
use support::World;
use support::crowd::Crowd;

async fn get(base: &str, address: &str) -> Value {
    let (status, said) = answer(http().get(format!("{base}{address}"))).await;
    assert_eq!(status, 200, "{address}: {said}");
    said
}

/// Asks again until the answer is as it should be: the console reads in the
/// background.
async fn when(base: &str, address: &str, is: impl Fn(&Value) -> bool) -> Value {
    let began = std::time::Instant::now();
    loop {
        let said = get(base, address).await;
        if is(&said) {
            return said;
        }
        assert!(began.elapsed().as_secs() < 120, "never: {address}: {said}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

fn names(list: &Value) -> Vec<String> {
    let rows = list["rows"].as_array().unwrap();
    let name = |row: &Value| row["name"].as_str().unwrap().to_owned();
    rows.iter().map(name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_paged_and_filtered_over_everything_that_there_is() {
    let place = Place::start(Settings::default()).await.unwrap();
    let crowd = Crowd {
        failed: 0.1,
        running: 0.05,
        ..Crowd::of(450)
    };
    let members = crowd.fill(&place).await;
    let console = jit_runners::page::mount(&place).await;
    let base = jit_runners::page::address(&place);
    // The first page is there at once, the whole list and all details follow.
    assert_eq!(
        get(&base, "api/executions").await["rows"]
            .as_array()
            .unwrap()
            .len(),
        100
    );
    let all = |said: &Value| said["reading"] == json!({"known": 450, "read": 450});
    when(&base, "api/overview", all).await;
    let first = get(&base, "api/executions").await;
    assert_eq!(
        (&first["total"], &first["matched"]),
        (&json!(450), &json!(450))
    );

    let mut seen = Vec::new();
    for page in 0..5 {
        let address = format!("api/executions?offset={}", page * 100);
        seen.extend(names(&get(&base, &address).await));
    }
    let name = |arn: &str| arn.rsplit(':').next().unwrap().to_owned();
    let mut sorted = (
        seen.clone(),
        members.iter().map(|one| name(&one.arn)).collect::<Vec<_>>(),
    );
    sorted.0.sort();
    sorted.1.sort();
    assert_eq!(sorted.0, sorted.1, "every execution once");
    let last = get(&base, "api/executions?offset=400&limit=500").await;
    assert_eq!(last["rows"].as_array().unwrap().len(), 50);

    let count =
        |is: &dyn Fn(&support::crowd::Member) -> bool| members.iter().filter(|one| is(one)).count();
    let refused = domain::names::failure::GITHUB_REFUSED;
    for (query, wanted) in [
        (
            "status=FAILED".to_owned(),
            count(&|one| one.status == "FAILED"),
        ),
        (
            "status=RUNNING,FAILED".to_owned(),
            count(&|one| one.status != "SUCCEEDED"),
        ),
        (
            format!("error={refused}"),
            count(&|one| one.error == Some(refused)),
        ),
        (
            "repository=foo-organisation/payments".to_owned(),
            count(&|one| one.repository.ends_with("/payments")),
        ),
        (format!("q={}", members[7].job_id), 1),
        ("q=no+such+thing".to_owned(), 0),
    ] {
        let list = get(&base, &format!("api/executions?{query}")).await;
        assert_eq!(list["matched"], json!(wanted), "{query}");
    }
    let figures = get(&base, "api/overview").await;
    assert_eq!(
        figures["running"],
        json!(count(&|one| one.status == "RUNNING")),
        "{figures}"
    );
    for wrong in [
        "api/executions?status=failed",
        "api/executions?repo=a",
        "api/overview?hours=0",
    ] {
        let (status, said) = answer(http().get(format!("{base}{wrong}"))).await;
        assert_eq!(
            (status, &said["error"]),
            (400, &json!("InvalidRequest")),
            "{wrong}"
        );
    }
    console.shutdown().await;
    place.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_set_right_without_a_person_is_told_for_a_span() {
    let late = std::time::Duration::from_secs(170);
    let world = World::with(|settings| settings.place.ecs.pending = late).await;
    let (console, base) = served(&world, |_| {}).await;
    let nothing = get(&base, "api/reconciled").await;
    assert_eq!(nothing["periods"], 0);
    assert_eq!(nothing["releases"], json!([]));

    world.commit(&support::workflows::one("echo never"));
    world
        .until("the task was submitted", || async {
            !world.tasks().is_empty()
        })
        .await;
    assert!(
        world
            .stage
            .github
            .cancel_job(world.stage.github.jobs()[0].id)
    );
    world.executions_have_ended(1).await;
    world.reconcile().await;
    // Another span than before, whose answer is kept for a while.
    let told = get(&base, "api/reconciled?hours=1").await;
    assert_eq!(told["periods"], 1, "{told}");
    assert_eq!(told["releases"][0]["outcome"], "removed", "{told}");
    let (status, said) = answer(http().get(format!("{base}api/reconciled?hours=0"))).await;
    assert_eq!((status, &said["error"]), (400, &json!("InvalidRequest")));
    console.shutdown().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_execution_is_told_whole_with_both_its_attempts() {
    let world = failed(1).await;
    let (console, base) = served(&world, |_| {}).await;
    let name = newest(&world).await;
    let before = when(&base, &format!("api/executions/{name}"), |said| {
        said["row"]["status"] == "FAILED"
    })
    .await;
    assert_eq!(before["states"]["Mint"]["end"], "caught", "{before}");
    assert_eq!(before["states"]["Escalate"]["end"], "failed");
    let (status, said) = answer(redrive(&base, &csrf(&base).await, &name)).await;
    assert_eq!(status, 200, "{said}");
    let operation = said["operation"].as_str().unwrap().to_owned();
    let done = when(&base, &format!("api/operations/{operation}"), |said| {
        said["finished"] == true
    })
    .await;
    assert_eq!(
        (&done["of"], &done["served"], &done["failed"]),
        (&json!(1), &json!(1), &json!(0)),
        "{done}"
    );
    world.all_jobs_are_over().await;

    let after = when(&base, &format!("api/executions/{name}"), |said| {
        said["row"]["status"] == "SUCCEEDED"
    })
    .await;
    let attempts = after["timeline"]["attempts"].as_array().unwrap();
    let ends: Vec<_> = attempts
        .iter()
        .map(|one| one["end"].as_str().unwrap())
        .collect();
    assert_eq!(ends, ["failed", "succeeded"], "both are told, and apart");
    assert_eq!(after["states"]["Escalate"]["redrives"], 1, "{after}");
    for (address, parts) in [
        (
            "graph.svg",
            &["data-state=\"RunRunner\"", "data-state=\"Escalate\""][..],
        ),
        (
            "graph.svg?standalone=1",
            &["<svg", "xmlns", "RunRunner", "<style"],
        ),
        (
            "events?limit=1000",
            &["ExecutionRedriven", "ExecutionFailed", "ExecutionSucceeded"],
        ),
        ("log", &["Running job: job-0"]),
        ("log?source=mint", &["GitHub"]),
    ] {
        let answer = http()
            .get(format!("{base}api/executions/{name}/{address}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{address}");
        let text = answer.text().await.unwrap();
        for part in parts {
            assert!(text.contains(part), "{address} without {part}: {text}");
        }
    }
    for address in [
        "api/executions/no-such",
        "api/executions/no-such/graph.svg",
        "api/operations/no-such",
    ] {
        let (status, said) = answer(http().get(format!("{base}{address}"))).await;
        assert_eq!(status, 404, "{address}: {said}");
    }
    console.shutdown().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_tells_of_new_executions_and_ends_with_the_console() {
    let world = World::start().await;
    let (console, base) = mounted(&world).await;
    let mut stream = http()
        .get(format!("{base}api/events"))
        .send()
        .await
        .unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    world.commit(&support::workflows::one("echo served"));
    let mut told = String::new();
    while !told.contains("\"status\":\"SUCCEEDED\"") {
        let more = stream.chunk().await.unwrap();
        told.push_str(&String::from_utf8_lossy(&more.expect("the stream goes on")));
    }
    for event in ["event: trouble", "event: rows", "event: overview"] {
        assert!(told.contains(event), "{event}: {told}");
    }
    world.all_jobs_are_over().await;
    console.shutdown().await;
    while stream.chunk().await.unwrap().is_some() {}
    world.nothing_is_left().await;
}
