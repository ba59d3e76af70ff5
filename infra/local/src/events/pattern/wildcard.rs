//! `wildcard` tests: `*` stands for any characters, `\*` and `\\` for themselves.

/// The literal parts between the stars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wildcard {
    parts: Vec<String>,
}

impl Wildcard {
    /// Positions count bytes behind a quotation mark that is not the text's own.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = vec![String::new()];
        let mut characters = text.char_indices();
        let mut after_star = false;
        while let Some((at, character)) = characters.next() {
            let literal = match character {
                // The first of the two.
                '*' if after_star => {
                    return Err(format!("Consecutive wildcard characters at pos {at}"));
                }
                '*' => {
                    parts.push(String::new());
                    after_star = true;
                    continue;
                }
                '\\' => match characters.next() {
                    Some((_, escaped @ ('*' | '\\'))) => escaped,
                    _ => return Err(format!("Invalid escape character at pos {}", at + 1)),
                },
                other => other,
            };
            after_star = false;
            if let Some(part) = parts.last_mut() {
                part.push(literal);
            }
        }
        Ok(Self { parts })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((first, others)) = self.parts.split_first() else {
            return false;
        };
        let Some((last, middle)) = others.split_last() else {
            return text == first;
        };
        let Some(rest) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some(mut rest) = rest.strip_suffix(last.as_str()) else {
            return false;
        };
        // Taking the leftmost place of each part leaves the most room for the others.
        for part in middle {
            match rest.find(part.as_str()) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}
