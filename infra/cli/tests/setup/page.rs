//! The smallest browser there is: sends one request, shows one answer, and
//! follows nothing by itself.

use crate::program::Program;
use crate::story::{ORG, Story};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// One request to `base`, `http://127.0.0.1:PORT`.
pub(crate) async fn http(
    base: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let address = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "host") {
        head += &format!("host: {address}\r\n");
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

pub(crate) async fn get(url: &str) -> Answer {
    let (base, path) = apart(url);
    http(&base, "GET", &path, &[], "").await
}

pub(crate) async fn post(url: &str, fields: &[(&str, &str)]) -> Answer {
    let (base, path) = apart(url);
    let encode = |text: &str| -> String { text.bytes().map(|b| format!("%{b:02X}")).collect() };
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    http(&base, "POST", &path, &kind, &body.join("&")).await
}

fn apart(url: &str) -> (String, String) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    (format!("http://{host}"), format!("/{path}"))
}

/// The value of an attribute behind these words of the page.
pub(crate) fn attribute(page: &str, behind: &str) -> String {
    let (_, rest) = page.split_once(behind).unwrap();
    let value = rest.split('"').next().unwrap();
    value.replace("&quot;", "\"").replace("&amp;", "&")
}

/// The printed address of setup's page.
pub(crate) async fn address(program: &mut Program) -> String {
    program.address_after("create the GitHub App: ").await
}

/// From the page to GitHub's redirect, with the App created; where it leads.
pub(crate) async fn created(story: &Story, start: &str) -> String {
    let page = get(start).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let post_to = attribute(&page.body, "<form method=\"post\" action=\"");
    let manifest = attribute(&page.body, "name=\"manifest\" value=\"");
    assert!(post_to.starts_with(&story.github.base_url()), "{post_to}");
    let form = post(&post_to, &[("manifest", &manifest)]).await;
    assert_eq!(form.status, 200, "{}", form.body);
    let state = attribute(&form.body, "name=\"state\" value=\"");
    let confirm = format!(
        "{}/organizations/{ORG}/settings/apps/manifest",
        story.github.base_url()
    );
    let fields = [
        ("manifest", manifest.as_str()),
        ("name", "My Runners"),
        ("state", &state),
    ];
    let back = post(&confirm, &fields).await;
    assert_eq!(back.status, 302, "{}", back.body);
    back.header("location").unwrap().to_owned()
}

/// Installs the App; where GitHub leads then.
pub(crate) async fn installed(story: &Story) -> String {
    let url = format!("{}/apps/my-runners/installations", story.github.base_url());
    let back = post(&url, &[]).await;
    assert_eq!(back.status, 302, "{}", back.body);
    back.header("location").unwrap().to_owned()
}
