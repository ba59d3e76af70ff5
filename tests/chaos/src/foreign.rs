//! A runner of somebody else in the same organisation: it has labels that jobs
//! of ours ask for, and takes whatever comes.

use crate::faults::Kind;
use crate::trace::number;
use crate::wire;
use crate::world::World;
use bytes::Bytes;
use github_emulator::Access;
use github_emulator::stand_in::{self, Scene};
use http::{Request, header};
use jit_runners::stage::ORGANIZATION;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use std::sync::Arc;

/// Registers one and lets it live until it had a job or GitHub sends it away.
pub(crate) async fn runner(world: Arc<World>, after: u64, labels: &'static str) {
    let github = wire::to(world.github_router());
    let token = SecretString::from(format!("somebody-{after}"));
    let permissions = [("organization_self_hosted_runners", Access::Write)];
    world.stage.github.add_user_token(&token, &permissions);
    let labels: Vec<&str> = labels.split(',').collect();
    let body = json!({
        "name": format!("foreign-{after}"), "runner_group_id": 1, "labels": labels,
        "work_folder": "_work",
    });
    let base = world.stage.github.base_url();
    let request = Request::post(format!(
        "{base}/orgs/{ORGANIZATION}/actions/runners/generate-jitconfig"
    ))
    .header(
        header::AUTHORIZATION,
        format!("Bearer {}", token.expose_secret()),
    )
    .header(header::USER_AGENT, "somebody")
    .header(header::CONTENT_TYPE, "application/json")
    .body(Bytes::from(body.to_string()));
    let Ok(request) = request else { return };
    let Ok(answer) = github(request).await else {
        return;
    };
    let answer: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let Some(config) = answer["encoded_jit_config"].as_str() else {
        world.trace.note("refused", after, "a foreign runner");
        return;
    };
    let (trace, faults) = (world.trace.clone(), world.faults.clone());
    let tell = move |scene| match scene {
        Scene::Listening => {}
        Scene::Started(job) => {
            trace.note("started", number(job), "on a foreign runner");
            faults.note(Kind::JobStolen, "by somebody", number(job));
        }
        Scene::Ended(job, conclusion) => trace.note("ended", number(job), conclusion.name()),
    };
    let never = std::future::pending();
    stand_in::act(&SecretString::from(config), github, never, tell).await;
}
