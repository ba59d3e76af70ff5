//! Pages on the place's own port, beside the AWS APIs.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{any, get};
use futures::{StreamExt, stream};
use reqwest::StatusCode;
use serde_json::json;

use crate::world::World;

/// Answers with the method and the address that it was asked for.
fn echo() -> Router {
    let answer = async |request: Request| format!("{} {}", request.method(), request.uri());
    Router::new().fallback(any(answer))
}

/// An answer of this kind that never ends; it begins with one piece of data.
fn endless(kind: &'static str) -> Router {
    let answer = move || async move {
        let data = stream::iter([Ok::<_, Infallible>("data: 1\n\n")]).chain(stream::pending());
        ([(header::CONTENT_TYPE, kind)], Body::from_stream(data)).into_response()
    };
    Router::new().route("/events", get(answer))
}

fn asking() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.build().unwrap()
}

async fn get_text(world: &World, path: &str) -> String {
    let address = format!("{}{path}", world.place.endpoint());
    let answer = world.http.get(address).send().await.unwrap();
    answer.text().await.unwrap()
}

async fn leads_to(world: &World, path: &str, amz: bool) -> (u16, Option<String>) {
    let mut request = asking().get(format!("{}{path}", world.place.endpoint()));
    if amz {
        request = request.header("X-Amz-Date", "20260101T000000Z");
    }
    let answer = request.send().await.unwrap();
    let to = answer.headers().get(header::LOCATION);
    let to = to.map(|to| to.to_str().unwrap().to_owned());
    (answer.status().as_u16(), to)
}

#[tokio::test]
async fn without_a_mounted_router_there_is_no_page() {
    let world = World::start().await;
    assert_eq!(leads_to(&world, "/", false).await, (405, None));
    assert_eq!(leads_to(&world, "/console", false).await, (404, None));
    world.end().await;
}

#[tokio::test]
async fn the_apis_keep_what_is_theirs() {
    let world = World::start().await;
    world.place.mount("/console", echo());
    assert_eq!(leads_to(&world, "/", true).await, (405, None));
    assert_eq!(leads_to(&world, "/consoles", false).await, (404, None));
    let machines = world.states("ListStateMachines", json!({})).await;
    assert_eq!(machines, json!({"stateMachines": []}));
    world.place.mount("/task-credentials", echo());
    assert_eq!(
        leads_to(&world, "/task-credentials/none", false).await.0,
        404
    );
    world.end().await;
}

#[tokio::test]
async fn a_mounted_router_is_asked_for_what_is_below_its_path() {
    let world = World::start().await;
    world.place.mount("/console", echo());
    let redirect = |to: &str| (307, Some(to.to_owned()));
    assert_eq!(
        leads_to(&world, "/?t=1", false).await,
        redirect("/console/?t=1")
    );
    assert_eq!(
        leads_to(&world, "/console?t=1", false).await,
        redirect("/console/?t=1")
    );
    for (asked, seen) in [
        ("/", "GET /"),
        ("/console/", "GET /"),
        ("/console/a%20b/c?d=e", "GET /a%20b/c?d=e"),
    ] {
        assert_eq!(get_text(&world, asked).await, seen);
    }
    let posted = world
        .http
        .post(format!("{}/console", world.place.endpoint()));
    let posted = posted.body("x").send().await.unwrap();
    assert_eq!(posted.headers()["server"], "jit-runners-local");
    assert_eq!(posted.text().await.unwrap(), "POST /");
    world.end().await;
}

#[tokio::test]
async fn the_same_path_again_replaces_and_another_one_is_added() {
    let world = World::start().await;
    let says = |text: &'static str| Router::new().route("/", get(move || async move { text }));
    world.place.mount("/console", says("first"));
    world.place.mount("/console/deep", says("deep"));
    world.place.mount("/other", says("other"));
    assert_eq!(get_text(&world, "/").await, "first");
    world.place.mount("/console", says("second"));
    for (path, text) in [
        ("/", "second"),
        ("/console/", "second"),
        ("/console/deep/", "deep"),
        ("/other/", "other"),
    ] {
        assert_eq!(get_text(&world, path).await, text, "{path}");
    }
    world.end().await;
}

#[tokio::test]
#[should_panic(expected = "a router is mounted at a path like /console")]
async fn the_root_belongs_to_the_apis() {
    World::start().await.place.mount("/", echo());
}

#[tokio::test]
async fn a_stream_of_events_ends_with_the_place() {
    let world = World::start().await;
    world.place.mount("/console", endless("text/event-stream"));
    let address = format!("{}/console/events", world.place.endpoint());
    let answer = world.http.get(address).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let mut answer = answer;
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "data: 1\n\n");
    let began = Instant::now();
    world.end().await;
    assert!(
        began.elapsed() < Duration::from_millis(1500),
        "it waited for the events"
    );
    assert_eq!(answer.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn any_other_answer_without_end_is_cut_off() {
    let world = World::start().await;
    world.place.mount("/console", endless("text/csv"));
    let never = Router::new().route("/", get(std::future::pending::<()>));
    world.place.mount("/never", never);
    let address = world.place.endpoint();
    let (http, silent) = (world.http.clone(), format!("{address}/never/"));
    let unanswered = tokio::spawn(async move { http.get(silent).send().await });
    let answer = world.http.get(format!("{address}/console/events"));
    let mut answer = answer.send().await.unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "data: 1\n\n");
    let began = Instant::now();
    world.end().await;
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "it waited for ever"
    );
    assert!(
        answer.chunk().await.is_err(),
        "the client takes it for whole"
    );
    let status = unanswered.await.unwrap().map(|answer| answer.status());
    assert!(!status.is_ok_and(|status| status.is_success()));
}
