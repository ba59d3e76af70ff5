//! Trees, commits, references and files as the API shows what was just made.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::webhooks::payload::time;
use crate::world::{Files, World, object_id};

/// Where a repository is: its address in the API, and for people.
pub(super) struct Place {
    api: String,
    html: String,
}

impl Place {
    pub(super) fn of(world: &World, repository: &str) -> Self {
        let full = format!("{}/{repository}", world.settings.organization);
        Self {
            api: format!("{}/repos/{full}", world.base_url),
            html: format!("{}/{full}", world.base_url),
        }
    }

    /// The address of an object: `trees`, `commits`, `blobs`.
    pub(super) fn object(&self, kind: &str, sha: &str) -> String {
        format!("{}/git/{kind}/{sha}", self.api)
    }

    /// The address of a reference, which begins with `refs/`.
    pub(super) fn reference(&self, reference: &str) -> String {
        format!("{}/git/{reference}", self.api)
    }
}

pub(super) fn tree(place: &Place, sha: &str, files: &Files) -> Value {
    let entries: Vec<Value> = files
        .iter()
        .map(|(path, text)| {
            let blob = object_id("blob", text);
            json!({
                "path": path, "mode": "100644", "type": "blob", "size": text.len(),
                "url": place.object("blobs", &blob), "sha": blob,
            })
        })
        .collect();
    json!({
        "sha": sha, "url": place.object("trees", sha), "tree": entries, "truncated": false,
    })
}

pub(super) fn commit(
    place: &Place,
    sha: &str,
    tree: &str,
    message: &str,
    now: DateTime<Utc>,
) -> Value {
    let person = json!({"name": "Pusher", "email": "pusher@example.com", "date": time(now)});
    json!({
        "sha": sha, "node_id": format!("C_kwDO{sha}"), "url": place.object("commits", sha),
        "html_url": format!("{}/commit/{sha}", place.html), "author": person, "committer": person,
        "message": message, "tree": {"sha": tree, "url": place.object("trees", tree)},
        "parents": [],
        "verification": {
            "verified": false, "reason": "unsigned", "signature": null, "payload": null,
            "verified_at": null,
        },
    })
}

pub(super) fn reference(place: &Place, name: &str, sha: &str) -> Value {
    json!({
        "ref": name, "node_id": format!("REF_kwDO{sha}"), "url": place.reference(name),
        "object": {"type": "commit", "sha": sha, "url": place.object("commits", sha)},
    })
}

pub(super) fn file(place: &Place, branch: &str, path: &str, text: &str) -> Value {
    let sha = object_id("blob", text);
    let url = format!("{}/contents/{path}?ref={branch}", place.api);
    let html = format!("{}/blob/{branch}/{path}", place.html);
    let git = place.object("blobs", &sha);
    json!({
        "name": path.rsplit('/').next(), "path": path, "sha": sha, "size": text.len(),
        "type": "file", "url": url, "html_url": html, "git_url": git,
        "download_url": format!("{}/raw/{branch}/{path}", place.html),
        "_links": {"self": url, "git": git, "html": html},
    })
}
