//! Whatever is sent to the port: an answer that is no failure of the place, with an
//! error that the operation's model has. `PROPERTY_CASES` says how many.
//!
//! Requests are made from AWS's own models (`inputs`), then spoiled. Time is virtual,
//! so that what waits costs nothing, and everything runs in one thread.

mod inputs;
mod requests;
mod stage;

use std::cell::{Cell, RefCell};
use std::panic;

use axum::body::to_bytes;
use axum::response::Response;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use rand::SeedableRng;
use rand::rngs::StdRng;
use requests::{Made, make};
use serde_json::Value;
use stage::Stage;

/// Requests to one place before the next one is made, so that it stays small.
const EACH: u32 = 400;

/// What AWS's common layer answers, in any service. The last two are SQS's, by its query
/// protocol's names.
const COMMON: [&str; 6] = [
    "SerializationException",
    "UnknownOperationException",
    "RequestEntityTooLarge",
    "ValidationException",
    "MissingParameter",
    "InvalidParameterValue",
];

thread_local! {
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

/// Counts this thread's panics: those in spawned tasks are caught by the runtime.
fn count_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        PANICS.with(|panics| panics.set(panics.get() + 1));
        before(info);
    }));
}

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPERTY_CASES");
    ProptestConfig {
        cases: cases.map_or(10_000, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        max_shrink_iters: 0,
        ..ProptestConfig::default()
    }
}

#[test]
fn any_request_is_answered_in_awss_words() {
    count_panics();
    let stage = RefCell::new(Stage::new());
    // How many were sent, and answered by the first figure of the status.
    let tally = RefCell::new((0_u32, [0_u32; 6]));
    TestRunner::new(config())
        .run(&any::<u64>(), |seed| {
            let mut stage = stage.borrow_mut();
            let (sent, answered) = &mut *tally.borrow_mut();
            *sent += 1;
            if *sent % EACH == 0 {
                *stage = Stage::new();
            }
            let made = make(&mut StdRng::seed_from_u64(seed));
            let (request, about) = (made.request(), made);
            let response = stage.send(request);
            let (status, document) = stage.block(read(response));
            answered[usize::from(status / 100)] += 1;
            judge(&about, status, document.as_deref())
        })
        .unwrap();
    let (sent, answered) = tally.into_inner();
    // The requests are neither all refused nor all fine.
    if sent > 1000 {
        let (fine, refused) = (answered[2], answered[4]);
        assert!(fine * 20 > sent && refused * 20 > sent, "{answered:?}");
    }
}

async fn read(response: Response) -> (u16, Option<String>) {
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).ok())
}

fn judge(made: &Made, status: u16, body: Option<&str>) -> Result<(), TestCaseError> {
    prop_assert_eq!(PANICS.with(Cell::get), 0, "a panic: {}", made);
    prop_assert!(status < 500, "{status} {body:?}: {made}");
    let body = body.ok_or_else(|| TestCaseError::fail(format!("no text: {made}")))?;
    let Some(operation) = &made.operation else {
        // Nobody's request: any refusal will do.
        prop_assert!(status >= 400, "{status} {body}: {made}");
        return Ok(());
    };
    if status < 300 {
        return Ok(());
    }
    if made.target.is_none() {
        return Ok(());
    }
    let document: Value = serde_json::from_str(body)
        .map_err(|error| TestCaseError::fail(format!("{error}: {body}: {made}")))?;
    let code = document["__type"].as_str().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default();
    let known = COMMON.contains(&code) || operation.errors.iter().any(|error| error == code);
    prop_assert!(known, "{code} is none of its errors: {body}: {made}");
    Ok(())
}
