//! Consoles of a world, and worlds whose jobs have failed.

use console::{Bound, Console, PATH, Server, Settings};
use github_emulator::{Fault, FaultKind};
use jit_runners::clients::local_config;
use jit_runners::page;
use observe::fleet::Fleet;
use observe::names::{DEFAULT_FLEET, Names};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use support::{World, workflows};

/// A console on the place's own port, as `jit-runners up` and the demo have it.
pub(crate) async fn mounted(world: &World) -> (Console, String) {
    let console = page::mount(&world.stage.place).await;
    (console, page::address(&world.stage.place))
}

/// A console on a port of its own, as `jit-runners console` has it; its address.
pub(crate) async fn served(world: &World, change: impl FnOnce(&mut Settings)) -> (Server, String) {
    let config = local_config(&world.stage.place.endpoint()).await;
    let fleet = Fleet::new(&config, Names::new(DEFAULT_FLEET));
    let mut settings = Settings::of(&fleet);
    change(&mut settings);
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let bound = Bound::open(free).await.unwrap();
    let address = format!("http://{}{PATH}/", bound.address().unwrap());
    (bound.serve(Console::new(fleet, settings)), address)
}

/// GitHub answers the next mints with these statuses, one after the other.
pub(crate) fn answer_mints(world: &World, statuses: &[(u16, u32)]) {
    for (status, times) in statuses {
        world.stage.github.inject(Fault {
            method: "POST".to_owned(),
            path_contains: "/generate-jitconfig".to_owned(),
            times: *times,
            kind: FaultKind::Status(
                *status,
                Vec::new(),
                "{\"message\":\"ordered by a test\"}".to_owned(),
            ),
        });
    }
}

/// A world in which so many jobs' executions have failed.
pub(crate) async fn failed(jobs: u32) -> World {
    let world = World::start().await;
    answer_mints(&world, &[(403, jobs)]);
    // Each with a label of its own: runners of one label may get each other's jobs.
    let labels: Vec<String> = (1..=jobs).map(|number| number.to_string()).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    world.commit(&workflows::jobs(&labels, "echo served"));
    world.executions_have_ended(labels.len()).await;
    world
}

/// Serves what has failed, so that the end of a story is an empty place.
pub(crate) async fn tidy(world: World) {
    while let Some(arn) = world.failed().await {
        world.redrive(&arn).await;
    }
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

/// The name of the newest execution.
pub(crate) async fn newest(world: &World) -> String {
    let executions = world.executions().await;
    let arn = &executions.last().unwrap().arn;
    arn.rsplit(':').next().unwrap().to_owned()
}

/// Asks as a browser would that follows nothing by itself.
pub(crate) fn http() -> Client {
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// What an answer says: its status and its JSON, null where it is none.
pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// The token that the console's own page sends along with changes.
pub(crate) async fn csrf(base: &str) -> String {
    let (status, fleet) = answer(http().get(format!("{base}api/fleet"))).await;
    assert_eq!(status, 200, "{fleet}");
    fleet["csrf"].as_str().unwrap().to_owned()
}

/// A redrive of one execution as the console's own page asks for it.
pub(crate) fn redrive(base: &str, csrf: &str, name: &str) -> RequestBuilder {
    http()
        .post(format!("{base}api/redrive"))
        .header("x-csrf-token", csrf)
        .json(&json!({"names": [name], "dry_run": false}))
}
