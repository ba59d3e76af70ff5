//! Every operation that is served, with who answers it. Nothing else is routed:
//! what is not in this list does not exist.

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, delete, get, patch, post, put};

use super::operation::Operation;
use super::{app, deliveries, error, git, groups, hook, jobs, rate_limit, runners, runs, tokens};
use crate::register;
use crate::shared::Shared;

/// What is read as an App or without any permission, what needs one, and what
/// changes something.
const SEEN: &[u16] = &[200, 304, 401, 404];
const READ: &[u16] = &[200, 304, 401, 403, 404];
const MADE: &[u16] = &[201, 400, 401, 403, 404, 422];

const RUNNERS_READ: &str = "organization_self_hosted_runners=read";
const RUNNERS_WRITE: &str = "organization_self_hosted_runners=write";

type Served = (Operation, MethodRouter<Arc<Shared>>);

/// Every operation of GitHub's REST API that the emulator serves, with every
/// status that it answers by itself.
#[must_use]
pub fn operations() -> Vec<Operation> {
    served().into_iter().map(|(one, _)| one).collect()
}

/// The operations' routes; another method on a path that is known is not found,
/// as at GitHub.
pub(super) fn routes() -> Router<Arc<Shared>> {
    let router = served()
        .into_iter()
        .fold(Router::new(), |router, (one, by)| {
            router.route(&one.route(), by)
        });
    router.method_not_allowed_fallback(error::nothing_here)
}

fn served() -> Vec<Served> {
    let mut all = of_the_app();
    all.extend(of_the_organization());
    all.extend(of_runners());
    all.extend(of_actions());
    all.extend(of_git());
    all
}

fn get_(path: &'static str, permission: &'static str, statuses: &'static [u16]) -> Operation {
    Operation::new("GET", path, permission, statuses)
}

fn post_(path: &'static str, permission: &'static str, statuses: &'static [u16]) -> Operation {
    Operation::new("POST", path, permission, statuses)
}

fn delete_(path: &'static str, permission: &'static str, statuses: &'static [u16]) -> Operation {
    Operation::new("DELETE", path, permission, statuses)
}

fn of_the_app() -> Vec<Served> {
    vec![
        (get_("/app", "", SEEN), get(app::show)),
        (
            get_("/app/installations", "", SEEN),
            get(app::installations),
        ),
        (
            get_("/app/installations/{installation_id}", "", SEEN),
            get(app::installation),
        ),
        (
            post_(
                "/app/installations/{installation_id}/access_tokens",
                "",
                MADE,
            ),
            post(tokens::access_token),
        ),
        (
            post_("/app-manifests/{code}/conversions", "", &[201, 404]),
            post(register::convert),
        ),
        (get_("/app/hook/config", "", SEEN), get(hook::show)),
        (
            Operation::new("PATCH", "/app/hook/config", "", &[200, 400, 401, 404, 422]),
            patch(hook::update),
        ),
        (
            get_("/app/hook/deliveries", "", &[200, 304, 400, 401, 404, 422]),
            get(deliveries::list),
        ),
        (
            get_("/app/hook/deliveries/{delivery_id}", "", SEEN),
            get(deliveries::show),
        ),
        (
            post_(
                "/app/hook/deliveries/{delivery_id}/attempts",
                "",
                &[202, 401, 404],
            ),
            post(deliveries::redeliver),
        ),
        (get_("/rate_limit", "", READ), get(rate_limit::show)),
    ]
}

fn of_the_organization() -> Vec<Served> {
    vec![
        (
            get_(
                "/orgs/{org}/hooks/{hook_id}/deliveries",
                "organization_hooks=read",
                &[200, 304, 400, 401, 403, 404, 422],
            ),
            get(deliveries::list_of_organization),
        ),
        (
            get_(
                "/orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}",
                "organization_hooks=read",
                READ,
            ),
            get(deliveries::show_of_organization),
        ),
        (
            post_(
                "/orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}/attempts",
                "organization_hooks=write",
                &[202, 401, 403, 404],
            ),
            post(deliveries::redeliver_of_organization),
        ),
        (
            get_("/orgs/{org}/actions/runner-groups", RUNNERS_READ, READ),
            get(groups::list),
        ),
        (
            get_(
                "/orgs/{org}/actions/runner-groups/{runner_group_id}",
                RUNNERS_READ,
                READ,
            ),
            get(groups::show),
        ),
        (
            get_(
                "/orgs/{org}/actions/runner-groups/{runner_group_id}/repositories",
                RUNNERS_READ,
                READ,
            ),
            get(groups::repositories),
        ),
    ]
}

fn of_runners() -> Vec<Served> {
    const MINTED: &[u16] = &[201, 400, 401, 403, 404, 409, 422];
    const REMOVED: &[u16] = &[204, 401, 403, 404, 422];
    vec![
        (
            get_("/orgs/{org}/actions/runners", RUNNERS_READ, READ),
            get(runners::list_org),
        ),
        (
            post_(
                "/orgs/{org}/actions/runners/generate-jitconfig",
                RUNNERS_WRITE,
                MINTED,
            ),
            post(runners::register_org),
        ),
        (
            get_(
                "/orgs/{org}/actions/runners/{runner_id}",
                RUNNERS_READ,
                READ,
            ),
            get(runners::show_org),
        ),
        (
            delete_(
                "/orgs/{org}/actions/runners/{runner_id}",
                RUNNERS_WRITE,
                REMOVED,
            ),
            delete(runners::remove_org),
        ),
        (
            get_(
                "/repos/{owner}/{repo}/actions/runners",
                "administration=read",
                READ,
            ),
            get(runners::list_repo),
        ),
        (
            post_(
                "/repos/{owner}/{repo}/actions/runners/generate-jitconfig",
                "administration=write",
                MINTED,
            ),
            post(runners::register_repo),
        ),
        (
            get_(
                "/repos/{owner}/{repo}/actions/runners/{runner_id}",
                "administration=read",
                READ,
            ),
            get(runners::show_repo),
        ),
        (
            delete_(
                "/repos/{owner}/{repo}/actions/runners/{runner_id}",
                "administration=write",
                REMOVED,
            ),
            delete(runners::remove_repo),
        ),
    ]
}

fn of_actions() -> Vec<Served> {
    const ACTIONS: &str = "actions=read";
    const CHANGED: &str = "actions=write";
    vec![
        (
            get_("/repos/{owner}/{repo}/actions/jobs/{job_id}", ACTIONS, READ),
            get(jobs::show),
        ),
        (
            get_(
                "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
                ACTIONS,
                &[302, 401, 403, 404],
            ),
            get(jobs::logs),
        ),
        (
            post_(
                "/repos/{owner}/{repo}/actions/jobs/{job_id}/rerun",
                CHANGED,
                &[201, 401, 403, 404],
            ),
            post(jobs::rerun),
        ),
        (
            get_("/repos/{owner}/{repo}/actions/runs", ACTIONS, READ),
            get(runs::list),
        ),
        (
            get_("/repos/{owner}/{repo}/actions/runs/{run_id}", ACTIONS, READ),
            get(runs::show),
        ),
        (
            delete_(
                "/repos/{owner}/{repo}/actions/runs/{run_id}",
                CHANGED,
                &[204, 401, 403, 404],
            ),
            delete(runs::delete),
        ),
        (
            get_(
                "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
                ACTIONS,
                READ,
            ),
            get(runs::jobs),
        ),
        (
            post_(
                "/repos/{owner}/{repo}/actions/runs/{run_id}/cancel",
                CHANGED,
                &[202, 401, 403, 404, 409],
            ),
            post(runs::cancel),
        ),
    ]
}

fn of_git() -> Vec<Served> {
    const CONTENTS: &str = "contents=write";
    vec![
        (
            get_("/repos/{owner}/{repo}", "metadata=read", READ),
            get(git::show),
        ),
        (
            post_("/repos/{owner}/{repo}/git/trees", CONTENTS, MADE),
            post(git::create_tree),
        ),
        (
            post_("/repos/{owner}/{repo}/git/commits", CONTENTS, MADE),
            post(git::create_commit),
        ),
        (
            post_("/repos/{owner}/{repo}/git/refs", CONTENTS, MADE),
            post(git::create_reference),
        ),
        (
            delete_(
                "/repos/{owner}/{repo}/git/refs/{ref}",
                CONTENTS,
                &[204, 401, 403, 404, 422],
            ),
            delete(git::delete_branch),
        ),
        (
            Operation::new(
                "PUT",
                "/repos/{owner}/{repo}/contents/{path}",
                CONTENTS,
                MADE,
            ),
            put(git::put_file),
        ),
    ]
}
