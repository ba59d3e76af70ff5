//! Git by the API: trees, commits, branches, and files put on a branch.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth;
use super::conditional::HTTP_TIME;
use super::error::ApiError;
use super::extract::{self, Path};
use super::git_shapes::{self, Place};
use super::headers::without_old;
use crate::settings::Access;
use crate::shared::Shared;
use crate::webhooks::repository;
use crate::world::{Files, GitError};

type RepositoryPath = Path<(String, String)>;
type Created = Result<(StatusCode, [(header::HeaderName, String); 1], Json<Value>), ApiError>;

/// 201 with the address of what was made.
fn created(address: String, body: Value) -> Created {
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, address)],
        Json(body),
    ))
}

fn demand(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    (owner, name): (&str, &str),
) -> Result<String, ApiError> {
    auth::repository(shared, headers, (owner, name), "contents", Access::Write)
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
) -> Result<([(header::HeaderName, String); 1], Json<Value>), ApiError> {
    let name = auth::repository(&shared, &headers, (&owner, &name), "metadata", Access::Read)?;
    let found = shared.look(|world, _| {
        let found = world.repository(&name)?;
        let modified = found.updated_at.format(HTTP_TIME).to_string();
        Some((modified, repository::whole(world, found)))
    });
    let (modified, shown) = found.ok_or_else(ApiError::not_found)?;
    let shown = without_old(&headers, "has_downloads", shown);
    Ok(([(header::LAST_MODIFIED, modified)], Json(shown)))
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
    let repository = demand(&shared, &headers, (&owner, &name))?;
    let wanted: NewTree = extract::body(&body)?;
    let files: Files = wanted
        .tree
        .into_iter()
        .map(|blob| (blob.path, blob.content))
        .collect();
    let (place, sha) = shared.change(|world, _| {
        let place = Place::of(world, &repository);
        (place, world.git.add_tree(files.clone()))
    });
    let address = place.object("trees", &sha);
    created(address, git_shapes::tree(&place, &sha, &files))
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
    let repository = demand(&shared, &headers, (&owner, &name))?;
    let NewCommit { message, tree } = extract::body(&body)?;
    let (place, made, now) = shared.change(|world, now| {
        let made = world.git.add_commit(&tree, &message);
        (Place::of(world, &repository), made, now)
    });
    let sha = made.map_err(|error| refused(&error))?;
    let address = place.object("commits", &sha);
    created(
        address,
        git_shapes::commit(&place, &sha, &tree, &message, now),
    )
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
    let wanted: NewReference = extract::body(&body)?;
    let branch = wanted.r#ref.strip_prefix("refs/heads/").ok_or_else(|| {
        ApiError::unprocessable("Reference name must be fully qualified", Vec::new())
    })?;
    let (place, made) = shared.change(|world, now| {
        let made = world.create_branch(&name, branch, &wanted.sha, now);
        (Place::of(world, &name), made)
    });
    made.map_err(|error| refused(&error))?;
    let address = place.reference(&wanted.r#ref);
    created(
        address,
        git_shapes::reference(&place, &wanted.r#ref, &wanted.sha),
    )
}

/// `DELETE /repos/{owner}/{repo}/git/refs/{ref}`, of a branch: GitHub's `ref` is
/// `heads/` and its name.
pub(super) async fn delete_branch(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, reference)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let name = demand(&shared, &headers, (&owner, &name))?;
    let branch = reference.strip_prefix("heads/").unwrap_or_default();
    let deleted = shared.change(|world, _| world.delete_branch(&name, branch));
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
) -> Result<(StatusCode, Json<Value>), ApiError> {
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
    let wanted: NewFile = extract::body(&body)?;
    let bytes = STANDARD.decode(&wanted.content).ok();
    let text = bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| ApiError::unprocessable("content is not valid Base64", Vec::new()))?;
    let (place, made, now) = shared.change(|world, now| {
        let made = world.put_file(&repository, &wanted.branch, (&path, &text), now);
        (Place::of(world, &repository), made, now)
    });
    let (commit, tree) = made.map_err(|error| refused(&error))?;
    let body = json!({
        "content": git_shapes::file(&place, &wanted.branch, &path, &text),
        "commit": git_shapes::commit(&place, &commit, &tree, &wanted.message, now),
    });
    Ok((StatusCode::CREATED, Json(body)))
}
