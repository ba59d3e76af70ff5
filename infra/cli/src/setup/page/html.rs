//! The pages: what will be created, what is left to do, what went wrong. No
//! script, and nothing that would have to be loaded: the server may be gone as
//! soon as the last page is out.

use super::About;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");

/// By which the browser knows the one style that it may apply.
pub(super) fn style_hash() -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()))
}

fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · jit-runners setup" }
                style { (PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (body) } }
        }
    }
}

/// A page that says one thing.
pub(super) fn sentence(title: &str, sentence: &str) -> Markup {
    page(title, &html! { p role="status" { (sentence) } })
}

/// What will be created, and the button.
pub(super) fn start(about: &About) -> Markup {
    let owner = about.organization.as_deref().unwrap_or("your account");
    let title = format!("Create the GitHub App for {owner}");
    page(
        &title,
        &html! {
            p {
                "The next page is GitHub's: it shows the App's name, which you may change, and asks you to confirm. "
                "GitHub then sends you back here, and the App's key is stored in your AWS account."
            }
            h2 id="permissions" { "What the App may do" }
            table aria-labelledby="permissions" {
                thead { tr { th scope="col" { "Permission" } th scope="col" { "Access" } th scope="col" { "Because it" } } }
                tbody {
                    @for one in &about.permissions {
                        tr {
                            th scope="row" { code { (one.name) } }
                            td { (one.access) }
                            td { (one.reason) }
                        }
                    }
                }
            }
            p { "It subscribes to one event, " code { "workflow_job" } ". It is private: only " (owner) " can install it." }
            h2 { "What is stored" }
            dl {
                dt { "The App's private key" }
                dd { (if about.in_kms { "in " } else { "in Secrets Manager, as " }) code { (about.app_key) } "; it is neither shown nor written to this machine" }
                dt { "Its webhook secret" }
                dd { "in Secrets Manager, as " code { (about.webhook_secret) } }
                dt { "Its ids, which are no secrets" }
                dd { "in the file " code { (about.settings) } }
            }
            form method="post" action=(about.post_to) {
                input type="hidden" name="manifest" value=(about.manifest);
                button type="submit" { "Continue at GitHub" }
            }
            details {
                summary { "The manifest that is sent" }
                pre { (about.manifest) }
            }
        },
    )
}

/// It exists: install it.
pub(super) fn created(about: &About, name: &str, install: &str) -> Markup {
    page(
        "Install the App",
        &html! {
            p role="status" { "GitHub has created the App " strong { (name) } "." }
            dl {
                dt { "Its private key" }
                dd { "is stored in " code { (about.app_key) } }
                dt { "Its webhook secret" }
                dd { "is stored in " code { (about.webhook_secret) } }
            }
            p { "Now install it, on all repositories or on those that shall have runners." }
            a class="button" href=(install) { "Install at GitHub" }
        },
    )
}

/// All is done here.
pub(super) fn installed(about: &About) -> Markup {
    page(
        "The App is installed",
        &html! {
            p role="status" { "Its ids are written into " code { (about.settings) } ". You can close this page; the terminal says what comes next." }
        },
    )
}
