//! Expressions as written: the tree that the parsers build before any
//! placeholder is looked up.

/// A comparison's sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparator {
    /// The sign itself.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// The sign of a token, if it is a comparison's.
    pub(crate) fn from_sign(sign: &str) -> Option<Self> {
        Some(match sign {
            "=" => Self::Equal,
            "<>" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }
}

/// One step of a document path.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RawPart {
    Name(String),
    /// `#name`, the sign included.
    Alias(String),
    Index(usize),
}

/// A document path, never empty.
pub(super) type RawPath = Vec<RawPart>;

/// A path, a `:value` (the sign included) or a function call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RawOperand {
    Path(RawPath),
    Value(String),
    Call(RawCall),
}

/// `name(arguments)`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RawCall {
    pub(super) name: String,
    pub(super) arguments: Vec<RawOperand>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum RawCondition {
    Compare(Comparator, RawOperand, RawOperand),
    Between(RawOperand, RawOperand, RawOperand),
    In(RawOperand, Vec<RawOperand>),
    /// A function call where a condition stands.
    Call(RawCall),
    And(Vec<RawCondition>),
    Or(Vec<RawCondition>),
    Not(Box<RawCondition>),
}

/// The right-hand side of `SET path = …`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RawSetValue {
    Operand(RawOperand),
    Plus(RawOperand, RawOperand),
    Minus(RawOperand, RawOperand),
}

/// One action of an update expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RawAction {
    Set(RawPath, RawSetValue),
    Remove(RawPath),
    Add(RawPath, String),
    Delete(RawPath, String),
}
