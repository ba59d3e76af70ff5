//! `RUNNER_PROGRAM`: a JSON array of strings, or words between blanks.

/// The program and its arguments.
pub(crate) fn parse(text: &str) -> Result<Vec<String>, &'static str> {
    let words: Vec<String> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text)
            .map_err(|_| "a JSON array of strings, or words between blanks")?
    } else {
        text.split_whitespace().map(str::to_owned).collect()
    };
    match words.first() {
        Some(program) if !program.is_empty() => Ok(words),
        _ => Err("a program and its arguments"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_program_is_refused() {
        for text in ["", "  ", "[]", "[\"\"]", "[1]", "[\"a\"", "[[\"a\"]]"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(
            parse("/bin/x run --once").unwrap(),
            ["/bin/x", "run", "--once"]
        );
        assert_eq!(
            parse(r#" ["/a b/x", "run it"]"#).unwrap(),
            ["/a b/x", "run it"]
        );
    }
}
