//! The functions: one binary, one handler setting each.

use super::{BUS, CLAIMS, CLUSTER, HANDOVER, Settings, WEBHOOK, WEBHOOK_SECRET, refused};
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

pub(super) fn create(
    place: &Place,
    settings: &Settings,
    app_key: (&str, String),
) -> Result<Functions> {
    let environment = environment(settings, app_key);

    let create = |handler: &str| -> Result<String> {
        let name = name(handler);
        let mut function =
            FunctionSettings::new(&name, handler, settings.binaries.bootstrap.clone());
        function.environment.clone_from(&environment);
        function.timeout = Duration::from_secs(60);
        // More would only make two cores switch between processes.
        function.concurrency = 8;
        function.queue = Duration::from_secs(60);
        place.create_function(function).map_err(refused)
    };
    create(WEBHOOK)?;
    Ok(Functions {
        size: create("size")?,
        mint: create("mint")?,
        verify_removal: create("verify-removal")?,
        escalate: create("escalate")?,
    })
}

/// The name of the function with this handler setting.
pub(super) fn name(handler: &str) -> String {
    format!("jit-runners-{handler}")
}

fn environment(settings: &Settings, app_key: (&str, String)) -> BTreeMap<String, String> {
    let app = &settings.app;
    [
        ("EVENT_BUS", BUS.to_owned()),
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
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
