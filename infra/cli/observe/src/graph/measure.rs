//! How much room text takes: on the page in user units, in a terminal in
//! columns.
//!
//! No font is at hand, so widths are estimated from above for the fonts that
//! browsers use where none is named: a box may be a little wide for its name,
//! never too narrow.

/// The width of `text` at a font size, in user units.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// One character's width in parts of the font size.
fn em(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '|' | '\'' | '.' | ',' | ':' | ';' | '!' | 'I' => 0.36,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '{' | '}' | '-' | '/' | '"' => 0.45,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '&' | '=' | '<' | '>' | '+' => 0.95,
        'A'..='Z' => 0.76,
        _ if columns_of(character) == 2 => 1.05,
        _ if columns_of(character) == 0 => 0.0,
        _ if character.is_ascii() => 0.65,
        _ => 0.85,
    }
}

/// How many columns a terminal gives to a character.
fn columns_of(character: char) -> usize {
    match u32::from(character) {
        // Marks that stand on the character before.
        0x300..=0x36f
        | 0x483..=0x489
        | 0x591..=0x5bd
        | 0x610..=0x61a
        | 0x64b..=0x65f
        | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// How many columns a terminal gives to `text`.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// The text, or its beginning and `…`, in at most `most` columns.
pub(super) fn clip(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += columns_of(character);
        if used + 1 > most {
            break;
        }
        kept.push(character);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// At most `most_lines` lines of at most `most` columns, broken at blanks
/// where there are any; `…` ends what is cut off.
pub(super) fn wrap(text: &str, most: usize, most_lines: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut words = text.split(' ').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let last = lines.len() - 1;
        let joined = if lines[last].is_empty() {
            word.to_owned()
        } else {
            format!("{} {word}", lines[last])
        };
        if columns(&joined) <= most {
            lines[last] = joined;
        } else if lines[last].is_empty() {
            lines[last] = clip(word, most);
        } else if lines.len() < most_lines {
            lines.push(clip(word, most));
        } else {
            let rest: Vec<&str> = std::iter::once(word).chain(words).collect();
            lines[last] = clip(&format!("{} {}", lines[last], rest.join(" ")), most);
            break;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_broken_at_blanks_and_cut_with_a_sign() {
        assert_eq!(wrap("one two", 10, 2), ["one two"]);
        assert_eq!(wrap("one two three four", 8, 2), ["one two", "three f…"]);
        assert_eq!(wrap("abcdefghijkl", 8, 2), ["abcdefg…"]);
        assert_eq!(wrap("", 8, 2), [""]);
        assert_eq!(clip("日本語日本語", 7), "日本語…");
        assert_eq!(columns("日本語e\u{301}"), 7);
    }
}
