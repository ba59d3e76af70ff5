//! Tokens of an expression, and the cursor that both parsers walk with.
//!
//! Syntax errors are worded as AWS words them: the offending token, and the
//! text from the token before it to the token after it.

/// Longest expression that DynamoDB takes, in bytes.
const MAX_BYTES: usize = 4096;

/// Deepest nesting of parentheses, NOT and functions taken. AWS bounds the
/// number of operators instead (300); this keeps the parser off the stack's end.
const MAX_DEPTH: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, keywords included.
    Word,
    /// `#name`.
    Alias,
    /// `:name`.
    Value,
    Index,
    Sign,
    /// A character that no expression holds.
    Unknown,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    start: usize,
}

/// A position in the tokens of one expression.
#[derive(Debug)]
pub(super) struct Cursor<'t> {
    source: &'t str,
    tokens: Vec<Token<'t>>,
    at: usize,
    depth: usize,
}

impl<'t> Cursor<'t> {
    /// Splits an expression; refuses the empty and the oversized one.
    pub(super) fn new(source: &'t str) -> Result<Self, String> {
        if source.trim().is_empty() {
            return Err("The expression can not be empty;".to_owned());
        }
        if source.len() > MAX_BYTES {
            return Err(format!(
                "Expression size has exceeded the maximum allowed size; expression size: {}",
                source.len()
            ));
        }
        Ok(Self {
            source,
            tokens: tokens(source),
            at: 0,
            depth: 0,
        })
    }

    /// The next token, not taken.
    pub(super) fn peek(&self) -> Token<'t> {
        self.ahead(0)
    }

    /// The token after the next `count`.
    pub(super) fn ahead(&self, count: usize) -> Token<'t> {
        self.tokens.get(self.at + count).copied().unwrap_or(Token {
            kind: Kind::End,
            text: "<EOF>",
            start: self.source.len(),
        })
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Token<'t> {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// Takes the next token if it is this sign.
    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let token = self.peek();
        let found = token.kind == Kind::Sign && token.text == sign;
        self.at += usize::from(found);
        found
    }

    /// Takes the next token, which must be this sign.
    pub(super) fn expect_sign(&mut self, sign: &str) -> Result<(), String> {
        if self.take_sign(sign) {
            Ok(())
        } else {
            Err(self.syntax_error())
        }
    }

    /// Takes the next token if it is this keyword, in any case.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let token = self.peek();
        let found = token.kind == Kind::Word && token.text.eq_ignore_ascii_case(word);
        self.at += usize::from(found);
        found
    }

    /// The expression must be over.
    pub(super) fn expect_end(&self) -> Result<(), String> {
        if self.peek().kind == Kind::End {
            Ok(())
        } else {
            Err(self.syntax_error())
        }
    }

    /// Runs a rule one level deeper.
    pub(super) fn nested<T>(
        &mut self,
        rule: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        if self.depth == MAX_DEPTH {
            return Err("The expression is nested too deeply;".to_owned());
        }
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    /// Whether a group holds nothing but another group: `((a = b))`. A
    /// parenthesis behind a word that is none of `keywords` opens a call.
    pub(super) fn has_redundant_parentheses(&self, keywords: &[&str]) -> bool {
        let mut open: Vec<usize> = Vec::new();
        // The group that was closed by the token before, by its opening token.
        let mut just_closed = None;
        for (at, token) in self.tokens.iter().enumerate() {
            let closed_before = just_closed.take();
            match token.text {
                "(" => open.push(at),
                ")" => {
                    let Some(opening) = open.pop() else { continue };
                    if closed_before == Some(opening + 1) && self.is_group(opening, keywords) {
                        return true;
                    }
                    just_closed = Some(opening);
                }
                _ => {}
            }
        }
        false
    }

    fn is_group(&self, opening: usize, keywords: &[&str]) -> bool {
        opening == 0 || {
            let before = self.tokens[opening - 1];
            before.kind != Kind::Word
                || keywords
                    .iter()
                    .any(|word| word.eq_ignore_ascii_case(before.text))
        }
    }

    /// What AWS says of the next token.
    pub(super) fn syntax_error(&self) -> String {
        let token = self.peek();
        let first = match self.at.checked_sub(1) {
            Some(before) => self
                .tokens
                .get(before)
                .map_or(token.start, |token| token.start),
            None => token.start,
        };
        let last = self.ahead(1);
        let end = match (token.kind, last.kind) {
            (Kind::End, _) | (_, Kind::End) => self.source.len(),
            _ => last.start + last.text.len(),
        };
        let near = self.source.get(first..end).unwrap_or_default().trim_end();
        format!("Syntax error; token: \"{}\", near: \"{near}\"", token.text)
    }
}

fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let Some(first) = rest.chars().next() else {
            return tokens;
        };
        let (kind, length) = match first {
            'a'..='z' | 'A'..='Z' | '_' => (Kind::Word, name_length(rest)),
            '0'..='9' => (
                Kind::Index,
                rest.bytes().take_while(u8::is_ascii_digit).count(),
            ),
            '#' => (Kind::Alias, 1 + name_length(&rest[1..])),
            ':' => (Kind::Value, 1 + name_length(&rest[1..])),
            '<' if rest.starts_with("<>") || rest.starts_with("<=") => (Kind::Sign, 2),
            '>' if rest.starts_with(">=") => (Kind::Sign, 2),
            '=' | '<' | '>' | '(' | ')' | '[' | ']' | ',' | '.' | '+' | '-' => (Kind::Sign, 1),
            other => (Kind::Unknown, other.len_utf8()),
        };
        // A lone `#` or `:` names nothing.
        let kind = match kind {
            Kind::Alias | Kind::Value if length == 1 => Kind::Unknown,
            kind => kind,
        };
        let (text, after) = rest.split_at(length);
        tokens.push(Token {
            kind,
            text,
            start: source.len() - rest.len(),
        });
        rest = after;
    }
}

fn name_length(text: &str) -> usize {
    text.bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count()
}
