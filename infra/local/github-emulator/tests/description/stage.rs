//! The emulated organisation with one of everything that a path can name, and a
//! client that keeps every answer it got.

use std::collections::BTreeMap;
use std::sync::Mutex;

use github_emulator::{
    Access, App, Conclusion, JobStatus, Operation, RunnerGroup, Settings, operations,
};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::support::{ORG, REPO, RunnerProcess, Story, story_with};

/// A person's token that may do nothing.
pub(crate) const POWERLESS: &str = "github_pat_that_may_do_nothing";

/// Why an operation answered as it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// By itself.
    Itself,
    /// What every request passes refused it: headers, limits.
    Gate,
    /// A fault was ordered.
    Fault,
}

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) operation: Operation,
    pub(crate) why: Why,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) struct Stage {
    pub(crate) story: Story,
    http: reqwest::Client,
    /// What stands for a path's parameters.
    pub(crate) named: BTreeMap<&'static str, String>,
    kept: Mutex<Vec<Answer>>,
    _busy: RunnerProcess,
}

/// An installation that may do everything that the emulator knows.
fn almighty() -> App {
    let mut app = App::default();
    for name in [
        "actions",
        "contents",
        "workflows",
        "organization_hooks",
        "administration",
    ] {
        app.permissions.insert(name.to_owned(), Access::Write);
    }
    app
}

/// One job that a runner works on, one that is queued, and one that is over.
const BUSY: &str =
    "on: push\njobs: {busy: {runs-on: [self-hosted, busy], steps: [{run: 'sleep 60'}]}}";
const QUEUED: &str = "on: push\njobs: {queued: {runs-on: nobody, steps: [{run: 'true'}]}}";
const OVER: &str = "on: push\njobs: {over: {runs-on: [self-hosted, over], steps: [{run: 'true'}]}}";

impl Stage {
    pub(crate) async fn set(settings: Settings) -> Self {
        let story = story_with(Settings {
            app: almighty(),
            ..settings
        })
        .await;
        let github = &story.emulator;
        github.add_user_token(&SecretString::from(POWERLESS.to_owned()), &[]);
        github.set_webhook("http://127.0.0.1:9/", "secret");
        let hook = github.set_organization_webhook("http://127.0.0.1:9/", "secret");
        let group = RunnerGroup {
            selected_repositories: Some(vec![REPO.to_owned()]),
            ..RunnerGroup::open("Selected")
        };
        github.set_runner_group(7, group);
        let (busy_run, over_run) = (story.commit(BUSY), story.commit(OVER));
        let queued_run = story.commit(QUEUED);
        let job = |run| github.jobs_of(run)[0].id;
        let busy = story.runner("busy", &["self-hosted", "busy"]).await;
        let over = story.runner("over", &["self-hosted", "over"]).await;
        let is = |run, status| {
            move |github: &github_emulator::Emulator| github.jobs_of(run)[0].status == status
        };
        story.until(is(busy_run, JobStatus::InProgress)).await;
        story.until(is(over_run, JobStatus::Completed)).await;
        assert_eq!(over.end().await.0, 0);
        let ended = github.jobs_of(over_run)[0].conclusion;
        assert_eq!(ended, Some(Conclusion::Success));
        let (status, _) = story.mint("idle", &["self-hosted"]).await;
        assert_eq!(status, 201);
        let of_the_repository = format!("/repos/{ORG}/{REPO}/actions/runners/generate-jitconfig");
        let (status, _) = story.post(&of_the_repository, &runner("mine, idle")).await;
        assert_eq!(status, 201);
        let id_of = |name: &str| {
            let runners = github.runners();
            let found = runners.iter().find(|runner| runner.name == name).unwrap();
            found.id.to_string()
        };
        let named = BTreeMap::from([
            ("org", ORG.to_owned()),
            ("owner", ORG.to_owned()),
            ("repo", REPO.to_owned()),
            ("installation_id", "98765432".to_owned()),
            ("hook_id", hook.to_string()),
            ("runner_group_id", "7".to_owned()),
            ("runner_id", id_of("idle")),
            ("repository_runner_id", id_of("mine, idle")),
            ("busy_runner_id", id_of("busy")),
            ("job_id", job(over_run).to_string()),
            ("queued_job_id", job(queued_run).to_string()),
            ("run_id", over_run.to_string()),
            ("queued_run_id", queued_run.to_string()),
            ("code", "0123456789".to_owned()),
            ("ref", "heads/none".to_owned()),
            ("path", "docs/a.md".to_owned()),
        ]);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let mut stage = Self {
            story,
            http,
            named,
            kept: Mutex::default(),
            _busy: busy,
        };
        stage.name_deliveries().await;
        stage
    }

    /// Deliveries have ids only once they have failed or arrived.
    async fn name_deliveries(&mut self) {
        use github_emulator::HookKind::{App, Organization};
        let has = |github: &github_emulator::Emulator| {
            let all = github.deliveries();
            [App, Organization]
                .map(|kind| all.iter().find(|one| one.hook == kind).map(|one| one.id))
        };
        self.story
            .until(|github| has(github).iter().all(Option::is_some))
            .await;
        let [app, organization] = has(&self.story.emulator).map(|id| id.unwrap().0.to_string());
        self.named.insert("delivery_id", app);
        self.named.insert("organization_delivery_id", organization);
    }

    /// An operation by method and GitHub's template.
    pub(crate) fn operation(&self, name: &str) -> Operation {
        let found = operations()
            .into_iter()
            .find(|one| format!("{} {}", one.method, one.path) == name);
        found.unwrap_or_else(|| panic!("{name} is not served"))
    }

    /// The path with something real for every parameter, or with what `other` says.
    pub(crate) fn path(&self, operation: &Operation, other: &[(&str, &str)]) -> String {
        let mut path = operation.path.to_owned();
        for (name, value) in other {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        if path.starts_with("/orgs/") {
            path = path.replace("{delivery_id}", self.of("organization_delivery_id"));
        } else {
            path = path.replace("{runner_id}", self.of("repository_runner_id"));
        }
        for (name, value) in &self.named {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        assert!(!path.contains('{'), "{path}");
        path
    }

    /// A request as it should be: by the App or its installation, with the headers
    /// that GitHub asks for.
    pub(crate) fn request(&self, operation: &Operation, path: &str) -> RequestBuilder {
        self.request_of(operation, path)
            .bearer_auth(self.credentials(operation))
    }

    /// The same without credentials.
    pub(crate) fn request_of(&self, operation: &Operation, path: &str) -> RequestBuilder {
        let method: Method = operation.method.parse().unwrap();
        let url = format!("{}{path}", self.story.emulator.base_url());
        self.http
            .request(method, url)
            .header("user-agent", "description")
            .header("accept", "application/vnd.github+json")
    }

    pub(crate) fn credentials(&self, operation: &Operation) -> String {
        if operation.path.starts_with("/app") {
            self.story.jwt()
        } else {
            self.story.token.clone()
        }
    }

    /// Sends it and keeps the answer.
    pub(crate) async fn send(
        &self,
        operation: Operation,
        why: Why,
        request: RequestBuilder,
    ) -> Answer {
        self.execute(operation, why, request.build().unwrap()).await
    }

    /// The same for a request that lacks what it should have.
    pub(crate) async fn execute(
        &self,
        operation: Operation,
        why: Why,
        request: reqwest::Request,
    ) -> Answer {
        let response = self.http.execute(request).await.unwrap();
        let answer = Answer {
            operation,
            why,
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        };
        self.kept.lock().unwrap().push(answer.clone());
        answer
    }

    /// The operation as it should be called, with a body where one is given.
    pub(crate) async fn call(&self, name: &str, other: &[(&str, &str)], body: Value) -> Answer {
        self.call_with(name, other, "", body).await
    }

    /// The same with a query.
    pub(crate) async fn call_with(
        &self,
        name: &str,
        other: &[(&str, &str)],
        query: &str,
        body: Value,
    ) -> Answer {
        let operation = self.operation(name);
        let path = format!("{}{query}", self.path(&operation, other));
        let mut request = self.request(&operation, &path);
        if !body.is_null() {
            request = request.json(&body);
        }
        self.send(operation, Why::Itself, request).await
    }

    /// The value of a parameter.
    pub(crate) fn of(&self, name: &str) -> &str {
        &self.named[name]
    }

    pub(crate) fn answers(&self) -> Vec<Answer> {
        self.kept.lock().unwrap().clone()
    }
}

/// A body for `generate-jitconfig`.
pub(crate) fn runner(name: &str) -> Value {
    json!({"name": name, "runner_group_id": 1, "labels": ["self-hosted"]})
}
