//! What any operation can answer: to headers that GitHub does not take, over
//! its limits, and by ordered faults.

use faults::Fault;
use github_emulator::{GitHubFault, LimitStatus, SecondaryLimits, Settings, operations};
use serde_json::Value;

use crate::stage::{Stage, Why};

/// A version that does not exist, no User-Agent, a format that is not spoken.
pub(crate) async fn headers(stage: &Stage) {
    for operation in operations() {
        let path = stage.path(&operation, &[]);
        let unknown = stage
            .request(&operation, &path)
            .header("x-github-api-version", "1999-01-01");
        let unknown = stage.send(operation, Why::Gate, unknown).await;
        assert_eq!(unknown.status, 400, "{operation:?}");
        let errors = unknown.body()["errors"].clone();
        assert!(
            errors
                .as_str()
                .unwrap()
                .contains("\"1999-01-01\", is not a supported version")
        );

        let mut xml = stage.request(&operation, &path).build().unwrap();
        let accept = "application/xml".parse().unwrap();
        xml.headers_mut().insert("accept", accept);
        let refused = stage.execute(operation, Why::Gate, xml).await;
        assert_eq!(refused.status, 415, "{operation:?}");

        let mut nameless = stage.request(&operation, &path).build().unwrap();
        nameless.headers_mut().remove("user-agent");
        let refused = stage.execute(operation, Why::Gate, nameless).await;
        assert_eq!(refused.status, 403, "{operation:?}");
        assert!(
            refused.text.contains("User-Agent header"),
            "{}",
            refused.text
        );
    }
}

/// The hour's requests are used up, whatever the status that says so.
pub(crate) async fn primary_limit(status: LimitStatus) -> Stage {
    let stage = Stage::set(Settings {
        rate_limit: Some(5000),
        limit_status: status,
        ..Settings::default()
    })
    .await;
    stage.story.emulator.use_up_limits();
    for operation in operations() {
        if operation.path == "/rate_limit" {
            continue;
        }
        let path = stage.path(&operation, &[]);
        let request = stage.request(&operation, &path);
        let answer = stage.send(operation, Why::Gate, request).await;
        assert_eq!(answer.status, code(status), "{operation:?} {}", answer.text);
        assert_eq!(answer.header("x-ratelimit-remaining"), "0");
        assert_eq!(
            answer.header("retry-after"),
            "",
            "that is the secondary limits'"
        );
        let message = answer.body()["message"].as_str().unwrap().to_owned();
        assert!(
            message.starts_with("API rate limit exceeded for "),
            "{message}"
        );
        assert!(
            message.contains(answer.header("x-github-request-id")),
            "{message}"
        );
    }
    // Asking how much is left is free, and says so.
    let left = stage.call("GET /rate_limit", &[], Value::Null).await;
    assert_eq!(left.status, 200);
    let body = left.body();
    assert_eq!(body["resources"]["core"]["remaining"], 0);
    assert_eq!(body["rate"], body["resources"]["core"]);
    assert_eq!(left.header("x-ratelimit-remaining"), "0");
    stage
}

/// No request may be open: everything is refused, asking for the limits too.
pub(crate) async fn secondary_limit(status: LimitStatus) -> Stage {
    let stage = Stage::set(Settings::default()).await;
    let limits = SecondaryLimits {
        concurrent: 0,
        ..SecondaryLimits::default()
    };
    stage.story.emulator.set_limits(None, Some(limits), status);
    for operation in operations() {
        let path = stage.path(&operation, &[]);
        let request = stage.request(&operation, &path);
        let answer = stage.send(operation, Why::Gate, request).await;
        assert_eq!(answer.status, code(status), "{operation:?}");
        assert_eq!(answer.header("retry-after"), "60");
        let body = answer.body();
        let message = body["message"].as_str().unwrap();
        assert!(
            message.starts_with("You have exceeded a secondary rate limit."),
            "{message}"
        );
        let leads = body["documentation_url"].as_str().unwrap();
        assert!(leads.ends_with("#about-secondary-rate-limits"), "{leads}");
    }
    stage
}

fn code(status: LimitStatus) -> u16 {
    match status {
        LimitStatus::Forbidden => 403,
        LimitStatus::TooManyRequests => 429,
    }
}

/// Every fault that answers with a status of its own, at every operation.
pub(crate) async fn ordered(stage: &Stage) {
    let wait = 60;
    let faults = [
        (GitHubFault::Unauthorized {}, 401),
        (GitHubFault::Forbidden {}, 403),
        (GitHubFault::RateLimited { seconds: wait }, 403),
        (GitHubFault::SecondaryRateLimited { seconds: wait }, 403),
        (GitHubFault::NotFound {}, 404),
        (GitHubFault::Conflict {}, 409),
        (GitHubFault::Unprocessable {}, 422),
        (GitHubFault::TooManyRequests { seconds: wait }, 429),
        (GitHubFault::ServerError {}, 500),
        (GitHubFault::BadGateway {}, 502),
        (GitHubFault::ServiceUnavailable {}, 503),
        (GitHubFault::NoAnswer { seconds: 0 }, 504),
    ];
    for operation in operations() {
        let path = stage.path(&operation, &[]);
        for (fault, status) in &faults {
            stage
                .story
                .emulator
                .faults()
                .add(Fault::once(fault.clone()));
            let request = stage.request(&operation, &path);
            let answer = stage.send(operation, Why::Fault, request).await;
            assert_eq!(answer.status, *status, "{operation:?} {fault:?}");
        }
    }
    assert!(stage.story.emulator.faults().pending().is_empty());
}
