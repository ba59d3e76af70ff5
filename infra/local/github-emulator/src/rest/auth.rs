//! Who asks, and whether they may.

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use super::error::ApiError;
use super::jwt;
use crate::settings::Access;
use crate::shared::Shared;
use crate::world::{Holder, Token};

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

/// The client id of an App, which its JWT may name in place of its id.
pub(super) fn client_id(app_id: u64) -> String {
    format!("Iv23li{app_id:014}")
}

/// Demands the App itself, by its JWT.
pub(super) fn app(shared: &Shared, headers: &HeaderMap) -> Result<(), ApiError> {
    let (app_id, key) =
        shared.look(|world, _| (world.settings.app.id, world.app_record.key.clone()));
    let issuers = [app_id.to_string(), client_id(app_id)];
    jwt::check(credentials(headers)?, &issuers, &key, shared.now())
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

/// Demands good credentials of anybody, where there are some.
pub(super) fn anybody(shared: &Shared, headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get(header::AUTHORIZATION) {
        None => Ok(()),
        Some(_) if credentials(headers)?.matches('.').count() == 2 => app(shared, headers),
        Some(_) => token(shared, headers).map(|_| ()),
    }
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
    let found = found.ok_or_else(|| ApiError::unauthorized("Bad credentials"))?;
    let suspended = shared.look(|world, _| world.suspended_at.is_some());
    if suspended && found.holder == Holder::Installation {
        return Err(ApiError::forbidden("This installation has been suspended"));
    }
    Ok(found)
}

fn permitted(token: &Token, permission: &str, access: Access) -> Result<(), ApiError> {
    if token
        .permissions
        .get(permission)
        .is_some_and(|have| *have >= access)
    {
        Ok(())
    } else {
        Err(ApiError::forbidden(match token.holder {
            Holder::Installation => "Resource not accessible by integration",
            Holder::Person => "Resource not accessible by personal access token",
        }))
    }
}
