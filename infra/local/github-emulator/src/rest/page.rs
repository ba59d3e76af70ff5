//! Lists in pages, as `per_page` and `page` ask (at most 100 a page), with the
//! `Link` header that leads through them.

use axum::http::{HeaderMap, Uri, header};
use serde::Deserialize;

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    pub(super) per_page: Option<usize>,
    #[serde(default)]
    pub(super) page: Option<usize>,
}

impl Page {
    fn size(&self) -> usize {
        self.per_page.unwrap_or(30).clamp(1, 100)
    }

    fn number(&self) -> usize {
        self.page.unwrap_or(1).max(1)
    }

    pub(super) fn of<T>(&self, all: Vec<T>) -> Vec<T> {
        let before = (self.number() - 1).saturating_mul(self.size());
        all.into_iter().skip(before).take(self.size()).collect()
    }

    /// `Link` with `prev`, `next` and `last`, as far as there are such pages.
    pub(super) fn links(&self, total: usize, base: &str, uri: &Uri) -> HeaderMap {
        let last = total.div_ceil(self.size());
        let kept: String = uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("page="))
            .map(|pair| format!("{pair}&"))
            .collect();
        let link = |page: usize, name: &str| {
            format!("<{base}{}?{kept}page={page}>; rel=\"{name}\"", uri.path())
        };
        let mut links = Vec::new();
        if self.number() > 1 {
            links.push(link(self.number() - 1, "prev"));
        }
        if self.number() < last {
            links.push(link(self.number() + 1, "next"));
            links.push(link(last, "last"));
        }
        let mut headers = HeaderMap::new();
        if let Ok(value) = links.join(", ").parse()
            && !links.is_empty()
        {
            headers.insert(header::LINK, value);
        }
        headers
    }
}
