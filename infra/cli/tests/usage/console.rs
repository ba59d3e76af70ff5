//! `jit-runners console` by the real binary: where it is, who may come in, how
//! it ends; and the same page where `up` and the demo serve it.

use crate::fleet::{ENVIRONMENT, refuse_mints, start, words};
use crate::program::{Program, alone, run, with_the_others};
use nix::sys::signal::Signal;
use serde_json::Value;
use support::{World, workflows};

const IS_AT: &str = "The console of the fleet jit-runners is at ";

/// Asks; the status and what was said.
async fn get(address: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy();
    let client = client.redirect(reqwest::redirect::Policy::none());
    let request = client.build().unwrap().get(address);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn json(address: &str) -> Value {
    let (status, text) = get(address).await;
    assert_eq!(status, 200, "{address}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// Ends it as Ctrl-C does; nobody answers any more.
async fn end(program: Program, page: &str) {
    program.signal(Signal::SIGINT);
    let ended = program.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    let address = page
        .trim_start_matches("http://")
        .split('/')
        .next()
        .unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

/// The rows of the list, once there are some.
async fn rows(page: &str) -> Vec<Value> {
    let list = json(&format!("{page}api/executions")).await;
    list["rows"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_the_fleet_until_it_is_asked_to_end() {
    let world = World::start().await;
    world.commit(&workflows::one("echo served"));
    world.all_jobs_are_over().await;
    let mut program = start(&world, &["console", "--port", "0"]);
    let page = program.address_after(IS_AT).await;
    assert!(
        page.starts_with("http://127.0.0.1:") && page.ends_with("/console/"),
        "{page}"
    );
    program.line("Ctrl-C stops it").await;
    let (status, text) = get(&page).await;
    assert_eq!(status, 200);
    assert!(
        text.contains("<title>jit-runners console</title>"),
        "{text}"
    );
    let root = page.trim_end_matches("console/");
    assert_eq!(get(root).await.0, 307, "its root leads to it");
    let rows = rows(&page).await;
    assert_eq!(
        (rows.len(), &rows[0]["status"]),
        (1, &Value::from("SUCCEEDED"))
    );
    end(program, &page).await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_flags_say_who_may_come_in_and_what_for() {
    let world = World::start().await;
    refuse_mints(&world, 1);
    world.commit(&workflows::one("echo served"));
    world.executions_have_ended(1).await;
    let token = "a-token-of-this-test";
    let given = ["console", "--port", "0", "--read-only"];
    let given = words(&world, &given);
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let environment = [&ENVIRONMENT[..], &[("JIT_RUNNERS_CONSOLE_TOKEN", token)]].concat();
    let mut program = Program::start_in(&alone(), &given, &environment);
    let whole = program.address_after(IS_AT).await;
    let (page, query) = whole.split_once('?').unwrap();
    assert_eq!(query, format!("token={token}"));
    assert_eq!(get(page).await.0, 401, "nobody comes in without it");
    assert_eq!(get(&whole).await.0, 303);
    end(program, page).await;

    let mut program = start(&world, &["console", "--port", "0", "--read-only"]);
    let page = program.address_after(IS_AT).await;
    let fleet = json(&format!("{page}api/fleet")).await;
    assert_eq!(
        (&fleet["read_only"], &fleet["fleet"]),
        (&Value::Bool(true), &Value::from("jit-runners"))
    );
    end(program, &page).await;
    let arn = world.failed().await.unwrap();
    world.redrive(&arn).await;
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

#[tokio::test]
async fn what_would_be_unsafe_or_cannot_be_meant_is_refused() {
    for (given, wanted) in [
        (&["--token", "short"][..], "too short"),
        (&["--bind", "0.0.0.0"], "--allow-host"),
        (&["--bind", "::"], "--allow-host"),
        (&["--allow-host", "http://a"], "is no host"),
        (&["--allow-host", "a:80"], "is no host"),
        (&["--allow-host", "::1"], "is no host"),
    ] {
        let words = [&["console", "--port", "0"][..], given].concat();
        let ended = run(&alone(), &words).await;
        ended.assert_sentence(2, &[wanted, "jit-runners console --help"]);
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let words = ["console", "--port", &port, "--region", "us-east-1"];
    let ended = run(&alone(), &words).await;
    ended.assert_sentence(1, &["cannot be opened", "--port"]);
}

#[tokio::test]
async fn a_fleet_that_is_not_there_is_said_on_the_page() {
    let place = local::Place::start(local::Settings::default())
        .await
        .unwrap();
    let endpoint = place.endpoint();
    let words = [
        "console",
        "--port",
        "0",
        "--endpoint-url",
        &endpoint,
        "--region",
        "us-east-1",
    ];
    let mut program = Program::start_in(&alone(), &words, &ENVIRONMENT);
    let page = program.address_after(IS_AT).await;
    assert_eq!(get(&page).await.0, 200, "the page opens");
    let (status, said) = get(&format!("{page}api/executions")).await;
    assert_eq!(status, 502, "{said}");
    assert!(
        said.contains("There is no state machine jit-runners"),
        "{said}"
    );
    end(program, &page).await;
    place.shutdown().await;
}

#[tokio::test]
async fn up_and_the_demo_serve_it_on_the_place_s_own_port() {
    let mut up = Program::start(&alone(), &["up", "--port", "0"]);
    let page = up
        .address_after("jobs, executions and their graphs: ")
        .await;
    assert_eq!(get(&page).await.0, 200);
    end(up, &page).await;

    let mut demo = Program::start(&with_the_others(), &["demo", "--keep"]);
    let page = demo.address_after("Watch it at ").await;
    demo.line("Ctrl-C stops it").await;
    let rows = rows(&page).await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    end(demo, &page).await;
}
