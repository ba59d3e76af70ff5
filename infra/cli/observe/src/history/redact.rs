//! Takes hand-over keys out of what is shown.
//!
//! A key is no secret by itself: one table answers it, once, and one role may
//! ask. But nobody who looks at a job needs it, and a screenshot lasts.

/// What stands in a key's place.
pub const HIDDEN: &str = "(hidden)";

/// The names that keys go by, in lower case.
const NAME: &str = "handover_key";
/// A key has 64 hex digits; shorter ones of an older release count as well.
const SHORTEST: usize = 32;
/// Quotes, commas and `"Value":` between a name and its key, escaped or not.
const FARTHEST: usize = 60;

/// The text with every key that follows its name hidden.
#[must_use]
pub fn without_keys(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let lower = text.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = lower[from..].find(NAME) {
        let after = from + at + NAME.len();
        shown.push_str(&text[from..after]);
        from = after;
        if let Some((start, end)) = key(&text[after..]) {
            shown.push_str(&text[after..after + start]);
            shown.push_str(HIDDEN);
            from = after + end;
        }
    }
    shown.push_str(&text[from..]);
    shown
}

/// Where the first run of hex digits begins and ends, if it is long and near enough.
fn key(after: &str) -> Option<(usize, usize)> {
    let bytes = after.as_bytes();
    let mut start = 0;
    while start < bytes.len().min(FARTHEST) {
        let length = bytes[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        if length >= SHORTEST {
            return Some((start, start + length));
        }
        start += length.max(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "2dc7c2332705734562937e800d64555cdfc484db084fc5c00a7cf874d215bd39";

    #[test]
    fn keys_are_hidden_wherever_their_name_stands_before_them() {
        for text in [
            format!(r#"{{"handover_key":"{KEY}","seq":1}}"#),
            format!(r#"[{{"Name":"HANDOVER_KEY","Value":"{KEY}"}}]"#),
            format!(r#"{{\"Name\":\"HANDOVER_KEY\",\"Value\":\"{KEY}\"}}"#),
            format!(r#"handover_key"{KEY}""#),
        ] {
            let shown = without_keys(&text);
            assert!(!shown.contains(KEY), "{shown}");
            assert_eq!(shown, text.replace(KEY, HIDDEN));
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            format!(r#"{{"policy_hash":"{KEY}"}}"#),
            "handover_key".to_owned(),
            r#"{"handover_key":"","runner":"jit-1-1-1"} é"#.to_owned(),
            String::new(),
        ] {
            assert_eq!(without_keys(&text), text);
        }
    }
}
