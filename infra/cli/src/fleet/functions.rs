//! The functions: one binary, one handler setting each.

use super::release::{self, Calls, Release};
use super::{
    BUS, CLAIMS, CLUSTER, DEAD_LETTERS, HANDOVER, LIVE, RECONCILE, RELEASE, Settings, WEBHOOK,
    WEBHOOK_SECRET, refused,
};
use anyhow::Result;
use local::Place;
use local::lambda::FunctionSettings;
use std::collections::BTreeMap;
use std::time::Duration;

/// ARNs of the functions that the state machine calls.
pub(super) struct Functions {
    pub(super) size: String,
    pub(super) mint: String,
    pub(super) verify_removal: String,
    pub(super) escalate: String,
}

/// Gives every function the release's code and settings, publishes it as a version, and
/// points its alias there; answers what the state machine calls.
pub(super) fn publish(
    place: &Place,
    settings: &Settings,
    release: &Release,
    app_key: (&str, String),
) -> Result<Functions> {
    let mut environment = environment(place, settings, app_key)?;
    // The programs here are the same: a release has its own version by its name.
    environment.insert("RELEASE".to_owned(), release.name.clone());
    let publish = |handler: &str| -> Result<String> {
        let name = name(handler);
        let program = match &settings.in_process {
            Some(functions) => functions.program(handler, &environment),
            None => settings.binaries.bootstrap.clone().into(),
        };
        let mut function = FunctionSettings::new(&name, handler, program);
        function.environment.clone_from(&environment);
        function.timeout = Duration::from_secs(60);
        // More would only make two cores switch between processes.
        function.concurrency = 8;
        function.queue = Duration::from_secs(60);
        let arn = place.create_function(function).map_err(refused)?;
        let lambda = place.lambda();
        let version = lambda.publish_version(&name).map_err(refused)?;
        lambda.put_alias(&name, LIVE, &version).map_err(refused)?;
        Ok(match release.calls {
            Calls::Versions => format!("{arn}:{version}"),
            Calls::Latest => arn,
        })
    };
    publish(WEBHOOK)?;
    publish(RELEASE)?;
    publish(RECONCILE)?;
    Ok(Functions {
        size: publish("size")?,
        mint: publish("mint")?,
        verify_removal: publish("verify-removal")?,
        escalate: publish("escalate")?,
    })
}

/// The name of the function with this handler setting.
pub(super) fn name(handler: &str) -> String {
    format!("jit-runners-{handler}")
}

/// The ARN of its alias in service.
pub(super) fn live_arn(handler: &str) -> String {
    format!("{}:{LIVE}", local::lambda::arn(&name(handler)))
}

fn environment(
    place: &Place,
    settings: &Settings,
    app_key: (&str, String),
) -> Result<BTreeMap<String, String>> {
    let app = &settings.app;
    let queue = place.create_queue(DEAD_LETTERS).map_err(refused)?;
    let variables = [
        ("DEAD_LETTER_QUEUE_URL", queue),
        ("EVENT_BUS", BUS.to_owned()),
        ("STATE_MACHINE_ARN", release::arn(&[])),
        ("CLAIMS_TABLE", CLAIMS.to_owned()),
        ("HANDOVER_TABLE", HANDOVER.to_owned()),
        ("CLUSTER", CLUSTER.to_owned()),
        ("GITHUB_API_URL", app.api_url.clone()),
        ("GITHUB_APP_ID", app.id.to_string()),
        ("GITHUB_INSTALLATION_ID", app.installation_id.to_string()),
        app_key,
        ("GITHUB_WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
        ("RUNNER_SCOPE", settings.scope.to_owned()),
        ("RUNNER_GROUP_ID", settings.runner_group.to_string()),
        ("POLICY", settings.policy.clone()),
        ("RUST_LOG", "info".to_owned()),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    Ok(variables
        .into_iter()
        .chain(settings.reconcile.clone())
        .collect())
}
