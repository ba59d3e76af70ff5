//! The commonest expression of all, read without the evaluator: `$name` or
//! `$name.field.field`, through objects only.
//!
//! Where an array stands on the way, JSONata maps over it, and the evaluator
//! is asked. The result is the same either way; a test compares them.

use jsonata_core::value::JValue;

/// A variable and the fields below it.
#[derive(Debug, PartialEq)]
pub(crate) struct Path {
    pub(crate) root: String,
    pub(crate) fields: Vec<String>,
}

/// Words that mean something else where a field could stand.
const RESERVED: &[&str] = &["and", "false", "function", "in", "null", "or", "true"];

impl Path {
    /// The path, if the expression is one and nothing else.
    pub(crate) fn of(source: &str) -> Option<Path> {
        let mut words = source.strip_prefix('$')?.split('.').map(str::to_owned);
        let root = words.next().filter(|word| is_name(word))?;
        let fields: Vec<String> = words.collect();
        let plain = |word: &String| is_name(word) && !RESERVED.contains(&word.as_str());
        fields.iter().all(plain).then_some(Path { root, fields })
    }
}

/// The value that `fields` lead to; nothing where the evaluator must be asked.
pub(crate) fn follow(mut value: JValue, fields: &[String]) -> Option<JValue> {
    for field in fields {
        let next = match &value {
            JValue::Object(object) => object.get(field).cloned().unwrap_or(JValue::Undefined),
            _ => return None,
        };
        value = next;
    }
    Some(value)
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use jsonata_core::{
        evaluator::{Context, Evaluator},
        parser,
        value::JValue,
    };

    use super::{Path, follow};

    #[test]
    fn only_a_plain_path_is_one() {
        let path = Path::of("$job.id").map(|path| (path.root, path.fields));
        assert_eq!(path, Some(("job".to_owned(), vec!["id".to_owned()])));
        for source in [
            "$",
            "$$",
            "$a[0]",
            "$a.1",
            "$a.*",
            "$a.b & 'c'",
            "$a.in",
            "$f()",
            "a.b",
            "$a.`b`",
            "$a.",
        ] {
            assert_eq!(Path::of(source), None, "{source}");
        }
    }

    #[test]
    fn it_says_what_the_evaluator_says() {
        let json = r#"{"o": {"s": "x", "n": 1, "nil": null, "list": [5], "none": [], "deep": {"l": [[1], [2, 3]]}}, "l": [{"s": 1}]}"#;
        let data = JValue::from_json_str(json).unwrap();
        for source in [
            "$v",
            "$v.o",
            "$v.o.s",
            "$v.o.n",
            "$v.o.nil",
            "$v.o.list",
            "$v.o.none",
            "$v.o.deep.l",
            "$v.gone",
            "$v.o.gone",
            "$v.o.gone.more",
            "$v.o.s.more",
            "$v.o.nil.more",
            "$v.l.s",
        ] {
            let path = Path::of(source).unwrap();
            let mut context = Context::new();
            context.bind("v".to_owned(), data.clone());
            let ast = parser::parse(source).unwrap();
            let slow = Evaluator::with_context(context)
                .evaluate(&ast, &JValue::Undefined)
                .unwrap();
            if let Some(fast) = follow(data.clone(), &path.fields) {
                assert_eq!(fast.to_string(), slow.to_string(), "{source}");
            }
        }
    }
}
