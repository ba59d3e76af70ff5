//! Terms of unstructured patterns: `ERROR "bad request" -timeout`, or `?ERROR ?WARN`.
//!
//! A term matches anywhere in a message, in the same case. Optional terms
//! (`?`) count only where there are no others, as AWS documents it.

/// What a message must hold, and must not.
#[derive(Debug, Default, PartialEq)]
pub(in super::super) struct Terms {
    all: Vec<String>,
    none: Vec<String>,
    any: Vec<String>,
}

impl Terms {
    pub(super) fn matches(&self, message: &str) -> bool {
        let holds = |term: &String| message.contains(term.as_str());
        if self.all.is_empty() && self.none.is_empty() {
            return self.any.iter().any(holds);
        }
        self.all.iter().all(holds) && !self.none.iter().any(holds)
    }
}

pub(super) fn parse(text: &str) -> Result<Terms, String> {
    let mut terms = Terms::default();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let list = match first {
            '-' => &mut terms.none,
            '?' => &mut terms.any,
            _ => &mut terms.all,
        };
        let body = rest.strip_prefix(['-', '?']).unwrap_or(rest);
        let (term, left) = if let Some(quoted) = body.strip_prefix('"') {
            phrase(quoted)?
        } else {
            word(body)?
        };
        list.push(term);
        rest = left.trim_start();
    }
    Ok(terms)
}

/// Up to the closing quotation mark; `\"` stands for one, `\\` for a backslash.
pub(super) fn phrase(text: &str) -> Result<(String, &str), String> {
    let mut phrase = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' if phrase.is_empty() => return Err("a phrase (\"\") is empty.".to_owned()),
            '"' => return Ok((phrase, &text[at + 1..])),
            '\\' => match characters.next() {
                Some((_, escaped @ ('"' | '\\'))) => phrase.push(escaped),
                Some((_, other)) => phrase.extend(['\\', other]),
                None => break,
            },
            other => phrase.push(other),
        }
    }
    Err(format!("the quotation mark before {text:?} is not closed."))
}

/// Letters, digits and `_`, up to a blank.
fn word(text: &str) -> Result<(String, &str), String> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    if word.is_empty() {
        return Err("a - or ? stands without a term.".to_owned());
    }
    if word.starts_with('%') {
        return Err("regular expressions (%…%) are not supported here.".to_owned());
    }
    if let Some(other) = word.chars().find(|c| !c.is_alphanumeric() && *c != '_') {
        return Err(format!(
            "the term {word:?} has the character {other:?}: put it into quotation marks."
        ));
    }
    Ok((word.to_owned(), rest))
}
