//! Every operation with every status that it answers by itself: refusals in
//! general, then what only one operation can be brought to say.

use github_emulator::operations;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{POWERLESS, Stage, Why, runner};
use crate::support::{ORG, REPO};

/// 401 to bad credentials, 403 to who may not, 404 for what is unknown or hidden.
pub(crate) async fn refusals(stage: &Stage) {
    for operation in operations() {
        let may = |status: u16| operation.statuses.contains(&status);
        let path = stage.path(&operation, &[]);
        if may(401) {
            let request = stage.request_of(&operation, &path).bearer_auth("nonsense");
            let answer = stage.send(operation, Why::Itself, request).await;
            assert_eq!(answer.status, 401, "{operation:?}");
        }
        if may(403) && !operation.permission.is_empty() {
            let request = stage.request_of(&operation, &path).bearer_auth(POWERLESS);
            let answer = stage.send(operation, Why::Itself, request).await;
            assert_eq!(answer.status, 403, "{operation:?}");
            let needs = answer.header("x-accepted-github-permissions");
            assert_eq!(needs, operation.permission);
        }
        if may(404) && operation.path != "/rate_limit" {
            let unknown = [
                ("org", "nobody"),
                ("owner", "nobody"),
                ("installation_id", "1"),
                ("delivery_id", "1"),
            ];
            let path = stage.path(&operation, &unknown);
            // Where nothing is named, an App that is not known asks.
            let now = stage.story.clock.now().timestamp();
            let claims = json!({"iss": 1, "iat": now - 60, "exp": now + 540});
            let who = if operation.path.contains('{') {
                stage.credentials(&operation)
            } else {
                crate::support::jwt(&claims)
            };
            let request = stage.request_of(&operation, &path).bearer_auth(who);
            let answer = stage.send(operation, Why::Itself, request).await;
            assert_eq!(answer.status, 404, "{operation:?}");
        }
    }
}

/// 400 to a body that is no JSON, or no object.
pub(crate) async fn bad_bodies(stage: &Stage) {
    for operation in operations() {
        if operation.method == "GET" || !operation.statuses.contains(&400) {
            continue;
        }
        let path = stage.path(&operation, &[]);
        for (text, message) in [
            ("{", "Problems parsing JSON"),
            ("[]", "Body should be a JSON object"),
        ] {
            let request = stage.request(&operation, &path).body(text);
            let answer = stage.send(operation, Why::Itself, request).await;
            assert_eq!(answer.status, 400, "{operation:?}");
            assert_eq!(answer.body()["message"], message);
        }
    }
}

/// 304 without a body to who has the answer already.
pub(crate) async fn unchanged(stage: &Stage) {
    for operation in operations() {
        if !operation.statuses.contains(&304) {
            continue;
        }
        let path = stage.path(&operation, &[]);
        // A JWT of its own would make another tag.
        let who = stage.credentials(&operation);
        let ask = || stage.request_of(&operation, &path).bearer_auth(&who);
        let first = stage.send(operation, Why::Itself, ask()).await;
        assert_eq!(first.status, 200, "{operation:?} {}", first.text);
        let again = ask().header("if-none-match", first.header("etag"));
        let again = stage.send(operation, Why::Itself, again).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        assert_eq!(again.header("etag"), first.header("etag"));
        let other = ask().header("if-none-match", "\"another\"");
        let other = stage.send(operation, Why::Itself, other).await;
        assert_eq!(other.status, 200, "{operation:?}");
    }
}

/// A call and the status that must come of it.
struct Case<'a>(&'a str, &'a [(&'a str, &'a str)], &'a str, Value, u16);

async fn play(stage: &Stage, cases: &[Case<'_>]) {
    for Case(name, other, query, body, status) in cases {
        let answer = stage.call_with(name, other, query, body.clone()).await;
        assert_eq!(answer.status, *status, "{name} {}", answer.text);
    }
}

/// What the App itself is told.
pub(crate) async fn of_the_app(stage: &Stage) {
    let tokens = "POST /app/installations/{installation_id}/access_tokens";
    let hook = "PATCH /app/hook/config";
    let list = "GET /app/hook/deliveries";
    let again = "POST /app/hook/deliveries/{delivery_id}/attempts";
    let too_much = json!({"permissions": {"issues": "write"}});
    let narrowed = json!({"repositories": [REPO], "permissions": {"actions": "read"}});
    play(
        stage,
        &[
            Case(tokens, &[], "", json!({}), 201),
            Case(tokens, &[], "", narrowed, 201),
            Case(tokens, &[], "", too_much, 422),
            Case(hook, &[], "", json!({"content_type": "xml"}), 422),
            Case(hook, &[], "", json!({"insecure_ssl": "0"}), 200),
            Case(list, &[], "?per_page=1", Value::Null, 200),
            Case(list, &[], "?cursor=nonsense", Value::Null, 400),
            Case(list, &[], "?status=odd", Value::Null, 422),
            Case(again, &[], "", Value::Null, 202),
        ],
    )
    .await;
    stage.story.emulator.suspend_installation(true);
    let suspended = stage.call(tokens, &[], json!({})).await;
    assert_eq!(suspended.status, 403);
    let shown = stage
        .call("GET /app/installations/{installation_id}", &[], Value::Null)
        .await;
    assert!(shown.body()["suspended_at"].is_string());
    let used = stage.call("GET /rate_limit", &[], Value::Null).await;
    assert_eq!(used.status, 403);
    stage.story.emulator.suspend_installation(false);
}

/// Runners, their groups, and the organisation's webhook.
pub(crate) async fn of_the_organization(stage: &Stage) {
    let (busy, idle) = (stage.of("busy_runner_id"), stage.of("runner_id"));
    let hooks = "GET /orgs/{org}/hooks/{hook_id}/deliveries";
    let again = "POST /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}/attempts";
    play(
        stage,
        &[
            Case(hooks, &[], "?cursor=v1_", Value::Null, 400),
            Case(hooks, &[], "?status=odd", Value::Null, 422),
            Case(again, &[], "", Value::Null, 202),
        ],
    )
    .await;
    for place in ["/orgs/{org}", "/repos/{owner}/{repo}"] {
        let mint = format!("POST {place}/actions/runners/generate-jitconfig");
        let remove = format!("DELETE {place}/actions/runners/{{runner_id}}");
        let nameless = json!({"name": "", "runner_group_id": 1, "labels": []});
        play(
            stage,
            &[
                Case(&mint, &[], "", nameless, 422),
                Case(&mint, &[], "", json!({"name": "a"}), 422),
                Case(&mint, &[], "", runner("twice"), 201),
                Case(&mint, &[], "", runner("twice"), 409),
            ],
        )
        .await;
        let list = format!("GET {place}/actions/runners");
        let found = stage
            .call_with(&list, &[], "?name=twice", Value::Null)
            .await;
        let id = found.body()["runners"][0]["id"].to_string();
        play(
            stage,
            &[Case(&remove, &[("runner_id", &id)], "", Value::Null, 204)],
        )
        .await;
    }
    let remove = "DELETE /orgs/{org}/actions/runners/{runner_id}";
    play(
        stage,
        &[
            Case(remove, &[("runner_id", busy)], "", Value::Null, 422),
            Case(remove, &[("runner_id", idle)], "", Value::Null, 204),
        ],
    )
    .await;
}

/// A repository's runner, whose job keeps it from being deleted.
pub(crate) async fn of_a_busy_runner_of_the_repository(stage: &Stage) {
    let mint = "POST /repos/{owner}/{repo}/actions/runners/generate-jitconfig";
    let body = json!({"name": "mine", "runner_group_id": 1, "labels": ["mine"]});
    let minted = stage.call(mint, &[], body).await.body();
    let run = stage
        .story
        .commit("on: push\njobs: {mine: {runs-on: mine, steps: [{run: 'sleep 60'}]}}");
    let config = minted["encoded_jit_config"].as_str().unwrap();
    let _runner = crate::support::start_runner(config, &[]);
    let begun = |github: &github_emulator::Emulator| {
        github.jobs_of(run)[0].status == github_emulator::JobStatus::InProgress
    };
    stage.story.until(begun).await;
    let id = minted["runner"]["id"].to_string();
    let remove = "DELETE /repos/{owner}/{repo}/actions/runners/{runner_id}";
    let refused = stage.call(remove, &[("runner_id", &id)], Value::Null).await;
    assert_eq!(refused.status, 422);
    let shown = "GET /repos/{owner}/{repo}/actions/runners/{runner_id}";
    let shown = stage.call(shown, &[("runner_id", &id)], Value::Null).await;
    assert_eq!(shown.body()["busy"], true);
}

/// Jobs and runs.
pub(crate) async fn of_actions(stage: &Stage) {
    let queued = [("job_id", stage.of("queued_job_id"))];
    let running = [("run_id", stage.of("queued_run_id"))];
    let rerun = "POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun";
    let cancel = "POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel";
    let delete = "DELETE /repos/{owner}/{repo}/actions/runs/{run_id}";
    let logs = "GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs";
    let job = "GET /repos/{owner}/{repo}/actions/jobs/{job_id}";
    let list = "GET /repos/{owner}/{repo}/actions/runs";
    play(
        stage,
        &[
            Case(job, &queued, "", Value::Null, 200),
            Case(logs, &queued, "", Value::Null, 404),
            Case(logs, &[], "", Value::Null, 302),
            Case(list, &[], "?status=queued&per_page=1", Value::Null, 200),
            Case(rerun, &queued, "", Value::Null, 403),
            Case(delete, &running, "", Value::Null, 403),
            Case(cancel, &[], "", Value::Null, 409),
            Case(cancel, &running, "", Value::Null, 202),
            Case(rerun, &[], "", Value::Null, 201),
            Case(delete, &running, "", Value::Null, 204),
        ],
    )
    .await;
}

/// Git by the API, from a tree to a file on a branch and the branch's end.
pub(crate) async fn of_git(stage: &Stage) {
    let [trees, commits, refs] = ["trees", "commits", "refs"]
        .map(|kind| format!("POST /repos/{{owner}}/{{repo}}/git/{kind}"));
    let file = "PUT /repos/{owner}/{repo}/contents/{path}";
    let delete = "DELETE /repos/{owner}/{repo}/git/refs/{ref}";
    for name in [&trees, &commits, &refs, &file.to_owned()] {
        let refused = stage.call(name, &[], json!({})).await;
        assert_eq!(refused.status, 422, "{name}");
    }
    let entry = json!({"path": "a.md", "mode": "100644", "type": "blob", "content": "a"});
    let tree = stage.call(&trees, &[], json!({"tree": [entry]})).await;
    let body = json!({"message": "Begin", "tree": tree.body()["sha"]});
    let commit = stage.call(&commits, &[], body).await;
    let body = json!({"ref": "refs/heads/new", "sha": commit.body()["sha"]});
    let branch = stage.call(&refs, &[], body.clone()).await;
    for made in [&tree, &commit, &branch] {
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(made.header("location"), made.body()["url"]);
    }
    assert_eq!(stage.call(&refs, &[], body).await.status, 422);
    let body = json!({"message": "Add", "content": "YQ==", "branch": "new"});
    play(
        stage,
        &[
            Case(file, &[], "", body.clone(), 201),
            Case(file, &[], "", body, 422),
            Case(delete, &[("ref", "heads/new")], "", Value::Null, 204),
            Case(delete, &[("ref", "heads/new")], "", Value::Null, 422),
        ],
    )
    .await;
}

/// An App made from a manifest takes the place of the stage's, so this comes last.
pub(crate) async fn of_a_manifest(stage: &Stage) {
    let manifest = json!({
        "name": "Another", "url": "https://example.com/", "redirect_url": "http://127.0.0.1:9/",
        "hook_attributes": {"url": "https://example.com/hook"},
        "default_permissions": {"actions": "read"}, "default_events": ["workflow_job"],
    });
    let url = format!(
        "{}/organizations/{ORG}/settings/apps/manifest",
        stage.story.emulator.base_url()
    );
    let text = manifest.to_string();
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let no_redirect = reqwest::redirect::Policy::none();
    let browser = reqwest::Client::builder().no_proxy().redirect(no_redirect);
    let created = browser.build().unwrap().request(Method::POST, url);
    let created = created.header("content-type", "application/x-www-form-urlencoded");
    let created = created.body(format!("name=Another&manifest={encoded}"));
    let created = created.send().await.unwrap();
    let back = created.headers()["location"].to_str().unwrap();
    let code = back.split("code=").nth(1).unwrap();
    let convert = "POST /app-manifests/{code}/conversions";
    let made = stage.call(convert, &[("code", code)], Value::Null).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let spent = stage.call(convert, &[("code", code)], Value::Null).await;
    assert_eq!(spent.status, 404);
}
