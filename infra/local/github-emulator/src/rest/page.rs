//! Lists in pages, as `per_page` and `page` ask (at most 100 a page).

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
    pub(super) fn of<T>(&self, all: Vec<T>) -> Vec<T> {
        let size = self.per_page.unwrap_or(30).clamp(1, 100);
        let before = self.page.unwrap_or(1).max(1) - 1;
        all.into_iter()
            .skip(before.saturating_mul(size))
            .take(size)
            .collect()
    }
}
