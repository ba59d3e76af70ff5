//! A place whose clock is tokio's: under a paused clock, time passes when nothing else
//! is left to do.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use local::clock::Clock;
use local::{Place, Settings};
use tokio::time::Instant;

/// The time at which the place of a story starts.
pub(crate) const START: &str = "2026-11-28T10:00:00Z";

/// A place that starts at [`START`].
pub(crate) async fn place(timer_speed: f64) -> Place {
    let (begun, start) = (Instant::now(), START.parse::<DateTime<Utc>>().unwrap());
    let settings = Settings {
        timer_speed,
        clock: Clock::new(move || start + TimeDelta::from_std(begun.elapsed()).unwrap()),
        ..Settings::default()
    };
    Place::start(settings).await.unwrap()
}

/// Lets time pass.
pub(crate) async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

/// A machine `name` of one state that is done at once; its ARN.
pub(crate) fn machine(place: &Place, name: &str) -> String {
    let definition = r#"{"QueryLanguage": "JSONata", "StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}"#;
    place.create_state_machine(name, definition).unwrap()
}

/// The inputs of all executions, in the order of their start.
pub(crate) fn inputs(place: &Place) -> Vec<serde_json::Value> {
    let input = |arn: String| {
        let ask = serde_json::json!({"executionArn": arn});
        let described = place
            .step_functions()
            .call("DescribeExecution", ask)
            .unwrap();
        serde_json::from_str(described["input"].as_str().unwrap()).unwrap()
    };
    place
        .step_functions()
        .executions()
        .into_iter()
        .map(input)
        .collect()
}
