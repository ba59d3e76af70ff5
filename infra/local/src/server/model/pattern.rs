//! The models' regular expressions: Java's, and always for the whole value.

use regex_lite::Regex;

/// What looks ahead in the model, and the same without.
const REWRITTEN: [(&str, &str); 8] = [
    (
        "(?!^[0-9]+$)([a-zA-Z0-9-_]+)",
        "[a-zA-Z0-9_-]*[a-zA-Z_-][a-zA-Z0-9_-]*",
    ),
    (
        r"((?!^\d+$)^[0-9a-zA-Z-_]+$)",
        "[a-zA-Z0-9_-]*[a-zA-Z_-][a-zA-Z0-9_-]*",
    ),
    (
        r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$",
        r"[a-zA-Z0-9_\-\.]*[a-zA-Z_\-\.][a-zA-Z0-9_\-\.]*",
    ),
    (
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:((?!\d+$)[0-9a-zA-Z-_]+))?",
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9_-]{1,64})(:[0-9a-zA-Z_-]*[a-zA-Z_-][0-9a-zA-Z_-]*)?",
    ),
    (r"^(?!\s*$).+", r"\s*\S.*"),
    (
        r"(?=[/\.\-_A-Za-z0-9]+)((?!aws\.).*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)",
        r"[/.\-_A-Za-z0-9].*|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)",
    ),
    (r"\p{ASCII}*", r"[\x00-\x7F]*"),
    (
        r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$",
        // Any letter, blank or digit of any script.
        r#"[^!"\#$%&'()*,;<>?\[\\\]^`{|}~\x00-\x1F\x7F]*"#,
    ),
];

/// The pattern for a whole value; nothing where it is not understood.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    let rewritten = REWRITTEN.iter().find(|(from, _)| *from == pattern);
    let pattern = rewritten.map_or(pattern, |(_, to)| to);
    Regex::new(&format!("^(?:{pattern})$")).ok()
}
