//! Every name that two parts must agree on, written once: the definition's
//! states, the functions' error names, the execution's final error names, the
//! handler settings and the container's exit codes.
//!
//! Closed sets that travel as strings in payloads ([`crate::steps::Outcome`],
//! [`crate::steps::MintOutcome`], …) are enums made by `closed_enum!`; the
//! rest are constants with a list `ALL`, which a contract test compares with
//! the definition and the documentation.

pub mod exit_code;
pub mod failure;
pub mod function_error;
pub mod handler;
pub mod state;
pub mod stop;

/// String constants plus `ALL`, the list of them.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)+) => {
        $($(#[$doc])* pub const $name: &str = $value;)+
        /// All of the names above.
        pub const ALL: &[&str] = &[$($name),+];
    };
}
pub(crate) use names;

/// An enum whose values travel as fixed strings: `ALL`, `as_str`, `Display`,
/// and serde that refuses any other string.
macro_rules! closed_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $value:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $value)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The string that payloads and the definition use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $value),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use closed_enum;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_name_occurs_twice_in_its_list() {
        for list in [state::ALL, function_error::ALL, failure::ALL, handler::ALL] {
            let unique: BTreeSet<_> = list.iter().collect();
            assert_eq!(unique.len(), list.len(), "{list:?}");
        }
        let codes: BTreeSet<_> = exit_code::ALL.iter().map(|(_, code)| code).collect();
        assert_eq!(codes.len(), exit_code::ALL.len());
    }

    #[test]
    fn our_own_errors_never_look_like_the_platform_s() {
        let ours = function_error::ALL.iter().chain(failure::ALL);
        for name in ours.chain(stop::ALL) {
            assert!(!name.starts_with("States."), "{name}");
            assert!(!name.starts_with("Lambda."), "{name}");
        }
    }
}
