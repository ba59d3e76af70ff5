//! Names of executions, as they come in addresses and bodies.

/// The longest that Step Functions takes.
const LONGEST: usize = 80;

/// Whether Step Functions could have given this name. What could be an ARN, and
/// so lead out of the fleet, could not.
pub(crate) fn possible(name: &str) -> bool {
    let forbidden =
        |c: char| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c);
    !name.is_empty() && name.chars().count() <= LONGEST && !name.contains(forbidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_step_functions_allows_is_a_name() {
        for name in [
            "",
            "..%2f",
            "../secret",
            "arn:aws:states:eu-central-1:1:execution:other:x",
            "a b",
            "<script>",
            "a\nb",
            &"x".repeat(81),
        ] {
            assert!(!possible(name), "{name}");
        }
        assert!(possible("0b0e4c3e-9d7a_3f2c.1"));
    }
}
