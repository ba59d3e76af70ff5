//! `POST /app-manifests/{code}/conversions`: the App's key and secrets, once,
//! within an hour, to whoever has the code.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use crate::rest::{ApiError, Path, registration};
use crate::shared::Shared;

/// Exchanges the code.
pub(crate) async fn convert(
    State(shared): State<Arc<Shared>>,
    Path(code): Path<String>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let answer = shared.change(|world, now| {
        let (pem, client_secret) = world.redeem(&code, now)?;
        let secret = world.webhook.as_ref().map(|hook| {
            use secrecy::ExposeSecret;
            hook.secret.expose_secret().to_owned()
        });
        let mut app = registration(world);
        app["client_secret"] = client_secret.into();
        app["webhook_secret"] = secret.into();
        app["pem"] = pem.into();
        Some(app)
    });
    match answer {
        Some(app) => Ok((StatusCode::CREATED, Json(app))),
        None => Err(ApiError::not_found()),
    }
}
