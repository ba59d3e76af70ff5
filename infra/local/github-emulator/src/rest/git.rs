//! Git by the API: trees, commits, branches, and files put on a branch.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use crate::settings::Access;
use crate::shared::Shared;
use crate::webhooks::repository;
use crate::world::{Files, GitError};

type RepositoryPath = Path<(String, String)>;
type Created = Result<(StatusCode, Json<Value>), ApiError>;

fn demand(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    (owner, name): (&str, &str),
) -> Result<String, ApiError> {
    auth::repository(shared, headers, (owner, name), "contents", Access::Write)
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    serde_json::from_slice(body)
        .map_err(|error| ApiError::unprocessable("Invalid request.", vec![error.to_string()]))
}

fn refused(error: &GitError) -> ApiError {
    match error {
        GitError::NoBranch => ApiError::not_found(),
        other => ApiError::unprocessable(other.to_string(), Vec::new()),
    }
}

/// `GET /repos/{owner}/{repo}`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path((owner, name)): RepositoryPath,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let name = auth::repository(&shared, &headers, (&owner, &name), "metadata", Access::Read)?;
    let found = shared.look(|world, now| {
        let found = world.repository(&name)?;
        Some(repository::repository(world, found, now))
    });
    found.map(Json).ok_or_else(ApiError::not_found)
}

#[derive(Deserialize)]
struct NewTree {
    tree: Vec<NewBlob>,
}

#[derive(Deserialize)]
struct NewBlob {
    path: String,
    content: String,
}

/// `POST /repos/{owner}/{repo}/git/trees`, of texts given in place.
pub(super) async fn create_tree(
    State(shared): State<Arc<Shared>>,
    Path((owner, name)): RepositoryPath,
    headers: HeaderMap,
    body: Bytes,
) -> Created {
    demand(&shared, &headers, (&owner, &name))?;
    let wanted: NewTree = read(&body)?;
    let files: Files = wanted
        .tree
        .into_iter()
        .map(|blob| (blob.path, blob.content))
        .collect();
    let sha = shared.change(|world, _| world.git.add_tree(files));
    Ok((StatusCode::CREATED, Json(json!({"sha": sha, "tree": []}))))
}

#[derive(Deserialize)]
struct NewCommit {
    message: String,
    tree: String,
}

/// `POST /repos/{owner}/{repo}/git/commits`
pub(super) async fn create_commit(
    State(shared): State<Arc<Shared>>,
    Path((owner, name)): RepositoryPath,
    headers: HeaderMap,
    body: Bytes,
) -> Created {
    demand(&shared, &headers, (&owner, &name))?;
    let wanted: NewCommit = read(&body)?;
    let made = shared.change(|world, _| world.git.add_commit(&wanted.tree, &wanted.message));
    let sha = made.map_err(|error| refused(&error))?;
    let body =
        json!({"sha": sha, "message": wanted.message, "tree": {"sha": wanted.tree}, "parents": []});
    Ok((StatusCode::CREATED, Json(body)))
}

#[derive(Deserialize)]
struct NewReference {
    r#ref: String,
    sha: String,
}

/// `POST /repos/{owner}/{repo}/git/refs`, of a branch.
pub(super) async fn create_reference(
    State(shared): State<Arc<Shared>>,
    Path((owner, name)): RepositoryPath,
    headers: HeaderMap,
    body: Bytes,
) -> Created {
    let name = demand(&shared, &headers, (&owner, &name))?;
    let wanted: NewReference = read(&body)?;
    let branch = wanted.r#ref.strip_prefix("refs/heads/").ok_or_else(|| {
        ApiError::unprocessable("Reference name must be fully qualified", Vec::new())
    })?;
    let made = shared.change(|world, now| world.create_branch(&name, branch, &wanted.sha, now));
    made.map_err(|error| refused(&error))?;
    let body = json!({"ref": wanted.r#ref, "object": {"type": "commit", "sha": wanted.sha}});
    Ok((StatusCode::CREATED, Json(body)))
}

/// `DELETE /repos/{owner}/{repo}/git/refs/heads/{branch}`
pub(super) async fn delete_branch(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, branch)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let name = demand(&shared, &headers, (&owner, &name))?;
    let deleted = shared.change(|world, _| world.delete_branch(&name, &branch));
    // GitHub says 422 here, not 404.
    deleted.map_err(|error| ApiError::unprocessable(error.to_string(), Vec::new()))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct NewFile {
    message: String,
    content: String,
    branch: String,
}

/// `PUT /repos/{owner}/{repo}/contents/{path}`, of a new file. Workflows want
/// a permission of their own.
pub(super) async fn put_file(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, path)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Created {
    let repository = demand(&shared, &headers, (&owner, &name))?;
    if path.starts_with(".github/workflows/") {
        auth::repository(
            &shared,
            &headers,
            (&owner, &name),
            "workflows",
            Access::Write,
        )?;
    }
    let wanted: NewFile = read(&body)?;
    let bytes = STANDARD.decode(&wanted.content).ok();
    let text = bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| ApiError::unprocessable("content is not valid Base64", Vec::new()))?;
    let made = shared
        .change(|world, now| world.put_file(&repository, &wanted.branch, (&path, &text), now));
    let sha = made.map_err(|error| refused(&error))?;
    let body = json!({
        "content": {"path": path, "type": "file", "size": text.len()},
        "commit": {"sha": sha, "message": wanted.message},
    });
    Ok((StatusCode::CREATED, Json(body)))
}
