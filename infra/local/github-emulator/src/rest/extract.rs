//! Paths, queries and bodies as GitHub reads them: a path that cannot be meant is
//! not found, an odd query is passed over, and a body is refused in three ways.
//!
//! Source: docs.github.com, "Troubleshooting the REST API".

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::error::ApiError;

/// The parameters of the path; what is no number where one is meant is not found.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let found = axum::extract::Path::from_request_parts(parts, state).await;
        found
            .map(|axum::extract::Path(parameters)| Self(parameters))
            .map_err(|_| ApiError::not_found())
    }
}

/// The query; one that cannot be read is as good as none.
#[derive(Debug)]
pub(super) struct Query<T>(pub(super) T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned + Default + Send,
    S: Send + Sync,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let found = axum::extract::Query::from_request_parts(parts, state).await;
        Ok(found.map_or_else(
            |_| Self(T::default()),
            |axum::extract::Query(query)| Self(query),
        ))
    }
}

/// Reads a body: 400 where it is no JSON or no object, 422 where a field is
/// missing or of another type.
pub(super) fn body<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    let value: Value = if body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(body).map_err(|_| ApiError::bad_request("Problems parsing JSON"))?
    };
    if !value.is_object() {
        return Err(ApiError::bad_request("Body should be a JSON object"));
    }
    serde_json::from_value(value).map_err(|error| {
        let message = format!("Invalid request.\n\n{}", sentence(&error.to_string()));
        ApiError::unprocessable(message, Vec::new())
    })
}

/// GitHub's sentence about a field that is missing; else the reader's own.
fn sentence(problem: &str) -> String {
    let field = problem
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    match field {
        Some(field) => format!("\"{field}\" wasn't supplied."),
        None => problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use serde::Deserialize;

    use super::body;

    #[derive(Debug, Deserialize)]
    struct Wanted {
        #[expect(dead_code, reason = "only whether it can be read matters")]
        name: String,
    }

    #[test]
    fn a_body_is_refused_in_three_ways() {
        for (text, status, message) in [
            ("{", 400, "Problems parsing JSON"),
            ("[1]", 400, "Body should be a JSON object"),
            ("{}", 422, "Invalid request.\n\n\"name\" wasn't supplied."),
            ("", 422, "Invalid request.\n\n\"name\" wasn't supplied."),
        ] {
            let error = body::<Wanted>(&Bytes::from(text)).unwrap_err();
            assert_eq!(
                (error.status.as_u16(), error.message.as_str()),
                (status, message),
                "{text}"
            );
        }
        let error = body::<Wanted>(&Bytes::from(r#"{"name": 1}"#)).unwrap_err();
        assert_eq!(error.status.as_u16(), 422);
        assert!(error.message.contains("expected a string"), "{error:?}");
    }
}
