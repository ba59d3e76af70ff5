//! Cutting strings by the bytes that they take as JSON: limits of payloads
//! and causes are limits of what is written, escapes included.

/// At most `max` bytes of `text` as JSON writes it, cut between characters.
pub fn cut(text: &str, max: usize) -> String {
    let mut room = max;
    text.chars()
        .take_while(|&c| match room.checked_sub(written_bytes(c)) {
            Some(left) => {
                room = left;
                true
            }
            None => false,
        })
        .collect()
}

/// Bytes of a character inside a JSON string.
fn written_bytes(c: char) -> usize {
    match c {
        '"' | '\\' => 2,
        '\u{0}'..='\u{1f}' => 6,
        _ => c.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_count_as_they_are_written() {
        for text in [
            "\u{0}\u{1}\u{2}",
            "\"\"\"\"\"\"\"\"",
            "ääääääää",
            "\\\\\\\\\\",
            "plain text here",
        ] {
            let short = cut(text, 7);
            let written = serde_json::to_string(&short).unwrap().len() - 2;
            assert!(written <= 7, "{text:?} became {written} bytes");
        }
    }

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(cut("main", 4), "main");
        assert_eq!(cut("", 0), "");
    }
}
