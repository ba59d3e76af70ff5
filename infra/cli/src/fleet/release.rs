//! A release in a fleet: numbered versions of the functions, and a numbered version of the
//! state machine that calls them. New jobs go by the alias `live`; executions
//! keep the version that they were started by, redrives too.

use super::definition::{self, Values};
use super::functions::{self, Functions};
use super::{LIVE, STATE_MACHINE, Settings, app_key, refused, tasks};
use anyhow::{Context as _, Result, anyhow};
use local::Place;
use serde_json::{Value, json};

/// What differs from one release to the next.
#[derive(Debug, Clone)]
pub struct Release {
    /// Its name, e.g. `0.1.0`.
    pub name: String,
    /// The definition, placeholders and all.
    pub definition: String,
    /// What the state machine calls.
    pub calls: Calls,
}

/// What a state machine calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// The versions of its own release, as CDK deploys it.
    Versions,
    /// Whatever code is newest.
    Latest,
}

impl Default for Release {
    /// This one.
    fn default() -> Self {
        Self {
            name: env!("CARGO_PKG_VERSION").to_owned(),
            definition: definition::DEFINITION.to_owned(),
            calls: Calls::Versions,
        }
    }
}

/// Publishes a release; answers the ARN of the state machine's version. Nothing is
/// started by it before [`make_live`].
///
/// # Errors
/// Whatever the place refuses, with its own words.
pub fn publish(place: &Place, settings: &Settings, release: &Release) -> Result<String> {
    let cluster = tasks::create_cluster(place)?;
    let task_definition = tasks::register(place, settings)?;
    let variable = app_key::variable(settings);
    let functions: Functions = functions::publish(place, settings, release, variable)?;
    let definition = definition::render(
        &release.definition,
        &Values {
            functions: &functions,
            cluster: &cluster,
            task_definition: &task_definition,
            end_margin_seconds: settings.end_margin_seconds,
        },
    )?;
    let machine = arn(&[]);
    let role = format!("arn:aws:iam::{}:role/{STATE_MACHINE}", local::ACCOUNT);
    let call = |operation: &str, input: Value| place.step_functions().call(operation, input);
    let exists = call("DescribeStateMachine", json!({"stateMachineArn": machine})).is_ok();
    let answer = if exists {
        let input = json!({"stateMachineArn": machine, "definition": definition, "publish": true});
        call("UpdateStateMachine", input)
    } else {
        let input = json!({
            "name": STATE_MACHINE, "definition": definition, "roleArn": role, "publish": true,
        });
        call("CreateStateMachine", input)
    };
    let answer = answer
        .map_err(refused)
        .context("the definition was refused")?;
    let version = answer["stateMachineVersionArn"].as_str();
    version
        .map(str::to_owned)
        .ok_or_else(|| anyhow!("the place published no version"))
}

/// Points the alias `live` at a version: new jobs go there from now on. For an upgrade
/// and for the way back; answers the alias's ARN.
///
/// # Errors
/// The version does not exist.
pub fn make_live(place: &Place, version: &str) -> Result<String> {
    let alias = arn(&[LIVE]);
    let routes = json!([{"stateMachineVersionArn": version, "weight": 100}]);
    let call = |operation: &str, input: Value| place.step_functions().call(operation, input);
    let known = call(
        "DescribeStateMachineAlias",
        json!({"stateMachineAliasArn": alias}),
    )
    .is_ok();
    if known {
        let input = json!({"stateMachineAliasArn": alias, "routingConfiguration": routes});
        call("UpdateStateMachineAlias", input).map_err(refused)?;
    } else {
        let input = json!({"name": LIVE, "routingConfiguration": routes});
        call("CreateStateMachineAlias", input).map_err(refused)?;
    }
    Ok(alias)
}

/// The state machine's ARN, or one below it.
pub(super) fn arn(below: &[&str]) -> String {
    let mut arn = format!(
        "arn:aws:states:{}:{}:stateMachine:{STATE_MACHINE}",
        local::REGION,
        local::ACCOUNT
    );
    for part in below {
        arn.push(':');
        arn.push_str(part);
    }
    arn
}
