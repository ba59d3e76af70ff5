//! Text from a definition, made safe to show.
//!
//! Control characters would move a terminal's cursor and make an SVG file no
//! XML; characters that turn the direction of writing would show a name as
//! another one. They are shown as signs instead.

/// The text with a visible sign for each character that is none.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{0}'..='\u{1f}' => {
                char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}')
            }
            '\u{7f}' => '\u{2421}',
            '\u{80}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'
            | '\u{ffff}' => '\u{fffd}',
            other => other,
        })
        .collect()
}

/// One line: all white space, line ends too, is a single blank.
pub(super) fn one_line(text: &str) -> String {
    clean(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
