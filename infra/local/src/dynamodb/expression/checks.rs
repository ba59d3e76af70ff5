//! What is wrong with a well-formed expression. All of it is searched, and the
//! finding that AWS would name first is told.

/// In the order in which AWS tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    UnknownFunction,
    MisusedFunction,
    ReservedWord,
    Undefined,
    Overlap,
    Conflict,
    OperandCount,
    NotDistinct,
    OperandType,
}

/// The most pressing finding so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Option<(Rank, String)>);

impl Findings {
    /// Notes a finding; of equals the first stays.
    pub(super) fn add(&mut self, rank: Rank, message: String) {
        if self.0.as_ref().is_none_or(|(worst, _)| rank < *worst) {
            self.0 = Some((rank, message));
        }
    }

    /// The finding, if there is one; otherwise the result.
    pub(super) fn into_result<T>(self, result: T) -> Result<T, String> {
        match self.0 {
            Some((_, message)) => Err(message),
            None => Ok(result),
        }
    }

    /// "Incorrect number of operands …".
    pub(super) fn operand_count(&mut self, function: &str, count: usize) {
        self.add(
            Rank::OperandCount,
            format!(
                "Incorrect number of operands for operator or function; operator or function: {function}, number of operands: {count}"
            ),
        );
    }

    /// "Incorrect operand type …".
    pub(super) fn operand_type(&mut self, function: &str, found: &str) {
        self.add(
            Rank::OperandType,
            format!(
                "Incorrect operand type for operator or function; operator or function: {function}, operand type: {found}"
            ),
        );
    }

    /// "Operator or function requires a document path …".
    pub(super) fn needs_path(&mut self, function: &str) {
        self.add(
            Rank::OperandType,
            format!(
                "Operator or function requires a document path; operator or function: {function}"
            ),
        );
    }

    /// "The function is not allowed to be used this way …".
    pub(super) fn misused(&mut self, function: &str) {
        self.add(
            Rank::MisusedFunction,
            format!(
                "The function is not allowed to be used this way in an expression; function: {function}"
            ),
        );
    }

    /// "Invalid function name …".
    pub(super) fn unknown_function(&mut self, function: &str) {
        self.add(
            Rank::UnknownFunction,
            format!("Invalid function name; function: {function}"),
        );
    }
}
