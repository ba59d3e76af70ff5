//! JSON patterns: `{ $.level = "error" && ($.job.id = 1 || $.tries >= 3) }`.
//!
//! A selector is `$` and steps (`.name`, `["name"]`, `[0]`). Texts are compared
//! by `=` and `!=`, with `*` for anything; numbers also by `<`, `>`, `<=`, `>=`.
//! A field that is missing or of another type fulfils no comparison.

use serde_json::Value;

use super::terms::phrase;

/// Conditions nested deeper are refused, so that no pattern exhausts the stack.
const DEEPEST: usize = 32;

/// What a message must fulfil.
#[derive(Debug, PartialEq)]
pub(in super::super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Compare {
        /// A JSON pointer.
        pointer: String,
        operator: Operator,
        wanted: Wanted,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Operator {
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
}

#[derive(Debug, PartialEq)]
pub(in super::super) enum Wanted {
    Text(String),
    Number(f64),
}

/// Longer ones first, since `<` begins `<=`.
const OPERATORS: [(&str, Operator); 6] = [
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

impl Condition {
    pub(super) fn holds(&self, message: &Value) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|one| one.holds(message)),
            Self::Any(conditions) => conditions.iter().any(|one| one.holds(message)),
            Self::Compare {
                pointer,
                operator,
                wanted,
            } => match (message.pointer(pointer), wanted) {
                (Some(Value::String(text)), Wanted::Text(wanted)) => {
                    like(text, wanted) == (*operator == Operator::Equal)
                }
                (Some(Value::Number(number)), Wanted::Number(wanted)) => number
                    .as_f64()
                    .is_some_and(|number| operator.compares(number, *wanted)),
                _ => false,
            },
        }
    }
}

impl Operator {
    fn compares(self, number: f64, wanted: f64) -> bool {
        match self {
            Self::Equal => number == wanted,
            Self::NotEqual => number != wanted,
            Self::LessOrEqual => number <= wanted,
            Self::GreaterOrEqual => number >= wanted,
            Self::Less => number < wanted,
            Self::Greater => number > wanted,
        }
    }
}

/// Whether a text is as wanted, where `*` stands for anything.
fn like(text: &str, wanted: &str) -> bool {
    let Some((first, others)) = wanted.split_once('*') else {
        return text == wanted;
    };
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = others.rsplit_once('*').unwrap_or(("", others));
    for part in middle.split('*') {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

pub(super) fn parse(text: &str) -> Result<Condition, String> {
    let inner = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .ok_or("the brace { is not closed at the end.")?;
    let mut reader = Reader { rest: inner };
    let condition = reader.any(0)?;
    match reader.rest.trim_start() {
        "" => Ok(condition),
        left => Err(format!("{left:?} is not expected where it stands.")),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn any(&mut self, depth: usize) -> Result<Condition, String> {
        let mut conditions = vec![self.all(depth)?];
        while self.takes("||") {
            conditions.push(self.all(depth)?);
        }
        Ok(one_or(conditions, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, String> {
        let mut conditions = vec![self.one(depth)?];
        while self.takes("&&") {
            conditions.push(self.one(depth)?);
        }
        Ok(one_or(conditions, Condition::All))
    }

    fn one(&mut self, depth: usize) -> Result<Condition, String> {
        if depth > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST} parentheses."));
        }
        if self.takes("(") {
            let condition = self.any(depth + 1)?;
            return match self.takes(")") {
                true => Ok(condition),
                false => Err("a parenthesis ( is not closed.".to_owned()),
            };
        }
        let pointer = self.selector()?;
        let operator = OPERATORS.into_iter().find(|(sign, _)| self.takes(sign));
        let Some((sign, operator)) = operator else {
            let next = self.rest.split_whitespace().next().unwrap_or("nothing");
            return Err(match next {
                "IS" | "NOT" | "EXISTS" => {
                    format!(
                        "the operator {next} is not supported here; =, !=, <, >, <= and >= are."
                    )
                }
                other => format!("an operator must follow a selector, not {other}."),
            });
        };
        let wanted = self.value()?;
        let ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
        if ordered && matches!(wanted, Wanted::Text(_)) {
            return Err(format!("{sign} compares numbers only."));
        }
        Ok(Condition::Compare {
            pointer,
            operator,
            wanted,
        })
    }

    /// `$.a["b"][0]` as the JSON pointer `/a/b/0`.
    fn selector(&mut self) -> Result<String, String> {
        if !self.takes("$") {
            let next = self.rest.trim();
            return Err(format!("a selector ($.field) is missing before {next:?}."));
        }
        let mut pointer = String::new();
        loop {
            let step = if let Some(rest) = self.rest.strip_prefix('.') {
                let named = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
                let end = rest.find(|c| !named(c)).unwrap_or(rest.len());
                self.rest = &rest[end..];
                rest[..end].to_owned()
            } else if let Some(quoted) = self.rest.strip_prefix("[\"") {
                let (name, rest) = phrase(quoted)?;
                self.rest = rest.strip_prefix(']').ok_or("a bracket [ is not closed.")?;
                name
            } else if let Some(rest) = self.rest.strip_prefix('[') {
                let (index, rest) = rest.split_once(']').ok_or("a bracket [ is not closed.")?;
                self.rest = rest;
                index.trim().to_owned()
            } else {
                break;
            };
            if step.is_empty() || step == "*" || self.rest.starts_with('*') {
                return Err("a selector's step must be a name or a number; wildcards in selectors are not supported here.".to_owned());
            }
            pointer.push('/');
            pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        }
        match pointer.is_empty() {
            true => Err("a selector must name a field ($.field).".to_owned()),
            false => Ok(pointer),
        }
    }

    fn value(&mut self) -> Result<Wanted, String> {
        let rest = self.rest.trim_start();
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, rest) = phrase(quoted)?;
            self.rest = rest;
            return Ok(Wanted::Text(text));
        }
        if rest.starts_with('%') {
            return Err("regular expressions (%…%) are not supported here.".to_owned());
        }
        let ends = |c: char| c.is_whitespace() || matches!(c, ')' | '&' | '|');
        let (word, rest) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        self.rest = rest;
        if word.is_empty() {
            return Err("a value is missing behind an operator.".to_owned());
        }
        let number = word.parse().ok().filter(|number: &f64| number.is_finite());
        if let Some(number) = number {
            return Ok(Wanted::Number(number));
        }
        match word
            .chars()
            .all(|c| c.is_alphanumeric() || "_-*.".contains(c))
        {
            true => Ok(Wanted::Text(word.to_owned())),
            false => Err(format!("the value {word:?} must stand in quotation marks.")),
        }
    }

    fn takes(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

fn one_or(mut conditions: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match conditions.len() {
        1 => conditions.remove(0),
        _ => many(conditions),
    }
}
