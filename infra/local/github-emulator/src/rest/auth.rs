//! Who asks, and whether they may.

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use super::error::ApiError;
use super::jwt;
use crate::settings::Access;
use crate::shared::Shared;
use crate::world::Token;

/// The credentials of a request; GitHub takes `Bearer` and `token` alike.
fn credentials(headers: &HeaderMap) -> Result<&str, ApiError> {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let value = value.ok_or_else(|| ApiError::unauthorized("Requires authentication"))?;
    match value.split_once(' ') {
        Some((scheme, token))
            if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token") =>
        {
            Ok(token.trim())
        }
        _ => Err(ApiError::unauthorized("Bad credentials")),
    }
}

/// Demands the App itself, by its JWT.
pub(super) fn app(shared: &Shared, headers: &HeaderMap) -> Result<(), ApiError> {
    let (app_id, key) =
        shared.look(|world, _| (world.settings.app.id, world.app_record.key.clone()));
    jwt::check(credentials(headers)?, app_id, &key, shared.now())
}

/// Demands an installation token with a permission on the organisation.
pub(super) fn organization(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    login: &str,
    permission: &str,
    access: Access,
) -> Result<(), ApiError> {
    let token = token(shared, headers)?;
    if !shared.look(|world, _| world.is_organization(login)) {
        return Err(ApiError::not_found());
    }
    permitted(&token, permission, access)
}

/// Demands an installation token with a permission on a repository; gives the
/// repository's name as it is written at GitHub.
pub(super) fn repository(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    (owner, name): (&str, &str),
    permission: &str,
    access: Access,
) -> Result<String, ApiError> {
    let token = token(shared, headers)?;
    let found = shared.look(|world, _| {
        let repository = world
            .repository(name)
            .filter(|_| world.is_organization(owner));
        repository.map(|repository| repository.name.clone())
    });
    let name = found.ok_or_else(ApiError::not_found)?;
    let visible = token
        .repositories
        .as_ref()
        .is_none_or(|names| names.contains(&name.to_lowercase()));
    if !visible {
        return Err(ApiError::not_found());
    }
    permitted(&token, permission, access)?;
    Ok(name)
}

fn token(shared: &Shared, headers: &HeaderMap) -> Result<Token, ApiError> {
    let text = credentials(headers)?;
    let found = shared.look(|world, now| {
        world
            .tokens
            .get(text)
            .filter(|token| token.expires_at > now)
            .cloned()
    });
    found.ok_or_else(|| ApiError::unauthorized("Bad credentials"))
}

fn permitted(token: &Token, permission: &str, access: Access) -> Result<(), ApiError> {
    if token
        .permissions
        .get(permission)
        .is_some_and(|have| *have >= access)
    {
        Ok(())
    } else {
        Err(ApiError::forbidden(
            "Resource not accessible by integration",
        ))
    }
}
