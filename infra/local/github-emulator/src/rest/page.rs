//! Lists in pages, as `per_page` and `page` ask (30 a page where nothing usable
//! is said, at most 100), with the `Link` header that leads through them.
//!
//! Source: docs.github.com, "Using pagination in the REST API".

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use serde::{Deserialize, Deserializer};

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Page {
    #[serde(default, deserialize_with = "number")]
    per_page: Option<usize>,
    #[serde(default, deserialize_with = "number")]
    page: Option<usize>,
}

/// What is no number, or 0, is as good as nothing.
fn number<'a, D: Deserializer<'a>>(from: D) -> Result<Option<usize>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    let number = text.and_then(|text| text.parse().ok());
    Ok(number.filter(|number| *number > 0))
}

impl Page {
    pub(super) fn size(&self) -> usize {
        self.per_page.unwrap_or(30).min(100)
    }

    fn number(&self) -> usize {
        self.page.unwrap_or(1)
    }

    pub(super) fn of<T>(&self, all: Vec<T>) -> Vec<T> {
        let before = (self.number() - 1).saturating_mul(self.size());
        all.into_iter().skip(before).take(self.size()).collect()
    }

    /// `Link` with `prev`, `next`, `last` and `first`, as far as there are such pages.
    pub(super) fn links(&self, total: usize, base: &str, uri: &Uri) -> HeaderMap {
        let last = total.div_ceil(self.size()).max(1);
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
            links.push(link((self.number() - 1).min(last), "prev"));
        }
        if self.number() < last {
            links.push(link(self.number() + 1, "next"));
        }
        if self.number() != last {
            links.push(link(last, "last"));
        }
        if self.number() > 1 {
            links.push(link(1, "first"));
        }
        linked(&links)
    }
}

/// The header of these links; none where there are none.
pub(super) fn linked(links: &[String]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::try_from(links.join(", "))
        && !links.is_empty()
    {
        headers.insert(header::LINK, value);
    }
    headers
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Uri};

    use super::Page;

    fn page(query: &str) -> (Page, Uri) {
        let uri: Uri = format!("/list?{query}").parse().unwrap();
        let axum::extract::Query(page) = axum::extract::Query::try_from_uri(&uri).unwrap();
        (page, uri)
    }

    fn names(headers: &HeaderMap) -> Vec<String> {
        let text = headers
            .get("link")
            .map_or("", |link| link.to_str().unwrap());
        let one = |link: &str| {
            let (address, name) = link.split_once(">; rel=").unwrap();
            let page = address.rsplit('=').next().unwrap();
            format!("{} {page}", name.trim_matches('"'))
        };
        text.split(", ")
            .filter(|link| !link.is_empty())
            .map(one)
            .collect()
    }

    #[test]
    fn the_links_are_those_of_github() {
        for (query, wanted) in [
            ("per_page=2", &["next 2", "last 3"][..]),
            (
                "per_page=2&page=2",
                &["prev 1", "next 3", "last 3", "first 1"],
            ),
            ("per_page=2&page=3", &["prev 2", "first 1"]),
            ("per_page=2&page=9", &["prev 3", "last 3", "first 1"]),
            ("per_page=5", &[]),
        ] {
            let (page, uri) = page(query);
            assert_eq!(names(&page.links(5, "http://x", &uri)), wanted, "{query}");
        }
        let (page, uri) = page("name=a&page=2&per_page=2");
        let links = page.links(5, "http://x", &uri);
        let text = links["link"].to_str().unwrap();
        assert!(text.starts_with("<http://x/list?name=a&per_page=2&page=1>; rel=\"prev\", "));
    }

    #[test]
    fn what_cannot_be_meant_is_the_default() {
        for (query, size, number) in [
            ("", 30, 1),
            ("per_page=0&page=0", 30, 1),
            ("per_page=x&page=-1", 30, 1),
            ("per_page=1000&page=7", 100, 7),
        ] {
            let (page, _) = page(query);
            assert_eq!((page.size(), page.number()), (size, number), "{query}");
        }
        let (page, _) = page("page=9");
        assert!(page.of(vec![1, 2]).is_empty());
    }
}
