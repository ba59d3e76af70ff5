//! The parts of a payload that are the same for every event: repository,
//! organisation, sender. All their addresses are there, since they make up most
//! of the size of GitHub's own payloads (7–12 kB).

use serde_json::{Map, Value, json};

use super::payload::time;
use crate::world::{Repository, World};

/// The id of the organisation, and of whoever acts in its name.
pub(crate) const ACCOUNT_ID: u64 = 38_302_899;

/// The addresses of a repository, behind its own.
const REPOSITORY: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    (
        "notifications_url",
        "/notifications{?since,all,participating}",
    ),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

/// The addresses of a user or an organisation, behind its own.
const ACCOUNT: [(&str, &str); 10] = [
    ("url", ""),
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

fn addresses(base: &str, parts: &[(&str, &str)]) -> Map<String, Value> {
    parts
        .iter()
        .map(|(name, tail)| ((*name).to_owned(), format!("{base}{tail}").into()))
        .collect()
}

fn with(mut all: Map<String, Value>, more: Value) -> Map<String, Value> {
    if let Value::Object(more) = more {
        all.extend(more);
    }
    all
}

/// The organisation in the short form of `owner`, and the one who pushes.
pub(crate) fn account(world: &World, kind: &str) -> Value {
    let login = &world.settings.organization;
    let id = ACCOUNT_ID;
    let account = with(
        addresses(&format!("{}/users/{login}", world.base_url), &ACCOUNT),
        json!({
            "login": login, "id": id, "node_id": format!("O_kgDO{id}"), "gravatar_id": "",
            "avatar_url": format!("{}/avatars/{login}", world.base_url),
            "html_url": format!("{}/{login}", world.base_url),
            "type": kind, "user_view_type": "public", "site_admin": false,
        }),
    );
    Value::Object(account)
}

/// The organisation in the form of an event's `organization`.
pub(crate) fn organization(world: &World) -> Value {
    let login = &world.settings.organization;
    let url = format!("{}/orgs/{login}", world.base_url);
    json!({
        "login": login, "id": ACCOUNT_ID, "node_id": format!("O_kgDO{ACCOUNT_ID}"), "url": url,
        "repos_url": format!("{url}/repos"), "events_url": format!("{url}/events"),
        "hooks_url": format!("{url}/hooks"), "issues_url": format!("{url}/issues"),
        "members_url": format!("{url}/members{{/member}}"),
        "public_members_url": format!("{url}/public_members{{/member}}"),
        "avatar_url": format!("{}/avatars/{login}", world.base_url), "description": "",
    })
}

/// A repository as in every event.
pub(crate) fn of_an_event(world: &World, repository: &Repository) -> Value {
    Value::Object(with(listed_fields(world, repository), details()))
}

/// A repository as one of a list in the API, and within other objects.
pub(crate) fn listed(world: &World, repository: &Repository) -> Value {
    Value::Object(listed_fields(world, repository))
}

/// A repository as `GET /repos/{owner}/{repo}` shows it.
pub(crate) fn whole(world: &World, repository: &Repository) -> Value {
    let fields = with(listed_fields(world, repository), details());
    let counts = json!({
        "organization": account(world, "Organization"), "network_count": 0,
        "subscribers_count": 0, "temp_clone_token": null,
    });
    Value::Object(with(fields, counts))
}

fn listed_fields(world: &World, repository: &Repository) -> Map<String, Value> {
    let (owner, name) = (&world.settings.organization, &repository.name);
    let html = format!("{}/{owner}/{name}", world.base_url);
    let visibility = if repository.private {
        "private"
    } else {
        "public"
    };
    let url = format!("{}/repos/{owner}/{name}", world.base_url);
    with(
        addresses(&url, &REPOSITORY),
        json!({
            "id": repository.id, "node_id": format!("R_kgDO{}", repository.id), "name": name,
            "full_name": format!("{owner}/{name}"), "private": repository.private,
            "owner": account(world, "Organization"), "html_url": html,
            "created_at": time(repository.created_at), "updated_at": time(repository.updated_at),
            "pushed_at": time(repository.pushed_at),
            "git_url": format!("git://github.com/{owner}/{name}.git"),
            "ssh_url": format!("git@github.com:{owner}/{name}.git"),
            "clone_url": format!("{html}.git"), "svn_url": html, "visibility": visibility,
            "description": null, "fork": false, "default_branch": "main",
        }),
    )
}

/// What is the same for every new repository.
fn details() -> Value {
    json!({
        "custom_properties": {}, "topics": [], "homepage": null, "size": 0, "stargazers_count": 0,
        "watchers_count": 0, "language": null, "has_issues": true, "has_projects": true,
        "has_downloads": true, "has_wiki": false, "has_pages": false, "has_discussions": false,
        "forks_count": 0, "mirror_url": null, "archived": false, "disabled": false,
        "open_issues_count": 0, "license": null, "allow_forking": false, "is_template": false,
        "web_commit_signoff_required": false, "forks": 0, "open_issues": 0, "watchers": 0,
    })
}
