//! The pages, as plain as can be: a heading, a sentence, a form.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// A whole page around `body`, which is HTML already.
pub(super) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escape(title);
    let text = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} · GitHub (emulated)</title>\
         <style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;\
         max-width:40rem;margin:3rem auto;padding:0 1rem}}</style></head>\
         <body><main><p>GitHub, emulated on this machine</p><h1>{title}</h1>{body}</main></body></html>\n"
    );
    (status, Html(text)).into_response()
}

/// GitHub's page for what is not there, or not for this person.
pub(super) fn not_found() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "404",
        "<p>This is not the web page you are looking for.</p>",
    )
}

/// Text as HTML, also within a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
