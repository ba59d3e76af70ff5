//! The page's files, embedded: no build step, nothing to install beside the
//! program.

use crate::error::ApiError;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The style of drawn graphs.
const GRAPH: &str = "graph.css";

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        /// Name and content. A new file of the page is a new line here.
        const FILES: &[(&str, &[u8])] = &[
            // The colours of the graphs, which are drawn elsewhere.
            (GRAPH, observe::graph::CSS.as_bytes()),
            $(($name, include_bytes!(concat!("../page/", $name)))),+
        ];
    };
}

files![
    "ansi.js",
    "api.js",
    "app.js",
    "bulk.js",
    "dialog.js",
    "dom.js",
    "events.js",
    "execution.css",
    "execution.js",
    "export.js",
    "filters.js",
    "format.js",
    "graph.js",
    "header.js",
    "icon.svg",
    "index.html",
    "json.js",
    "keys.js",
    "list.css",
    "list.js",
    "live.js",
    "log.js",
    "morph.js",
    "overview.js",
    "reconciled.js",
    "redrive.js",
    "router.js",
    "row.js",
    "selection.js",
    "state.js",
    "style.css",
    "theme.js",
    "time.js",
    "timeline.js",
    "visits.js",
    "zoom.js",
];

/// ETags, by name.
static TAGS: LazyLock<BTreeMap<&str, String>> = LazyLock::new(|| {
    let tag = |content: &[u8]| format!("\"{}\"", &hex::encode(Sha256::digest(content))[..32]);
    FILES
        .iter()
        .map(|(name, content)| (*name, tag(content)))
        .collect()
});

/// `GET /`: the page. Not kept by browsers, so that a newer console shows its own.
pub(crate) async fn index() -> Result<Response, ApiError> {
    let (_, content) = find("index.html")?;
    Ok(([(header::CONTENT_TYPE, kind("index.html"))], content).into_response())
}

/// `GET /assets/{name}`: what the page loads.
pub(crate) async fn asset(
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (name, content) = find(&name)?;
    let tag = TAGS.get(name).map_or("", String::as_str);
    let kept = [(header::CACHE_CONTROL, "no-cache"), (header::ETAG, tag)];
    let has_it = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|one| one.trim() == tag));
    if has_it {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    Ok((kept, [(header::CONTENT_TYPE, kind(name))], content).into_response())
}

fn find(name: &str) -> Result<(&'static str, &'static [u8]), ApiError> {
    FILES
        .iter()
        .find(|(known, _)| *known == name)
        .copied()
        .ok_or(ApiError::NotFound)
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_page_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/page");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        there.push(GRAPH.to_owned());
        there.sort();
        let mut known: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(known, there);
        for name in known {
            assert_ne!(kind(name), "application/octet-stream", "{name}");
        }
    }
}
