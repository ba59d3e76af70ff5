//! Checks an App's JWT for real: RS256 signature, issuer, times.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::error::ApiError;
use crate::app_key::AppKey;

/// GitHub takes no token that lives longer, in seconds.
const LONGEST: i64 = 600;
/// How far ahead the client's clock may be, in seconds.
const DRIFT: i64 = 60;

/// Checks `token`, which one of `issuers` must have made; the refusals are GitHub's.
pub(super) fn check(
    token: &str,
    issuers: &[String],
    key: &AppKey,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let undecodable = || ApiError::unauthorized("A JSON web token could not be decoded");
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err(undecodable());
    };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| undecodable());
    let json = |part: &str| -> Result<Value, ApiError> {
        serde_json::from_slice(&decode(part)?).map_err(|_| undecodable())
    };
    let (head, body) = (json(header)?, json(claims)?);
    let signed = &token[..header.len() + 1 + claims.len()];
    if head["alg"] != "RS256" || !key.verifies(signed.as_bytes(), &decode(signature)?) {
        return Err(undecodable());
    }
    check_times(&body, now.timestamp())?;
    let issuer = match &body["iss"] {
        Value::Number(id) => id.to_string(),
        Value::String(id) => id.clone(),
        _ => {
            return Err(ApiError::unauthorized(
                "Missing 'issuer' claim ('iss') in assertion",
            ));
        }
    };
    if issuers.contains(&issuer) {
        Ok(())
    } else {
        Err(ApiError::new(
            axum::http::StatusCode::NOT_FOUND,
            "Integration not found",
        ))
    }
}

fn check_times(body: &Value, now: i64) -> Result<(), ApiError> {
    let Some(issued) = body["iat"].as_i64() else {
        return Err(ApiError::unauthorized(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        ));
    };
    let expires = body["exp"].as_i64().filter(|expires| *expires > now);
    let Some(expires) = expires else {
        return Err(ApiError::unauthorized(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        ));
    };
    if issued > now + DRIFT {
        return Err(ApiError::unauthorized(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        ));
    }
    if expires - now > LONGEST {
        return Err(ApiError::unauthorized(
            "'Expiration time' claim ('exp') is too far in the future",
        ));
    }
    Ok(())
}
