//! The processors that runners are deployed for: the stack's part of what decides
//! whether a job is rejected.

use sha2::{Digest as _, Sha256};

use crate::settings::Settings;
use crate::steps::Architecture;

/// `ARCHITECTURES`, in the words of the stack's settings (`x86_64,arm64`); both
/// where it is not set.
pub fn deployed(settings: &mut Settings) -> Vec<Architecture> {
    let Some(text) = settings.optional("ARCHITECTURES") else {
        return Architecture::ALL.to_vec();
    };
    let mut deployed = Vec::new();
    for word in text.split(',').map(str::trim) {
        let known = Architecture::ALL.iter().copied();
        let mut known = known.filter(|one| one.as_str().eq_ignore_ascii_case(word));
        match known.next() {
            Some(one) => deployed.push(one),
            None => settings.problem(format!(
                "ARCHITECTURES has {word:?}, but may only name x86_64 and arm64"
            )),
        }
    }
    deployed
}

/// The hash of a policy whose text has the hash `text`, where runners exist for
/// `deployed` only: what was rejected is looked at again when either changes.
pub fn hash(text: &str, deployed: &[Architecture]) -> String {
    let missing = Architecture::ALL
        .iter()
        .filter(|one| !deployed.contains(one));
    let missing: Vec<&str> = missing.map(|one| one.as_str()).collect();
    match missing.is_empty() {
        true => text.to_owned(),
        false => hex::encode(Sha256::digest(format!(
            "{text} without {}",
            missing.join(",")
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_set_of_processors_is_another_policy() {
        let of = |deployed: &[Architecture]| hash("abc", deployed);
        assert_eq!(of(Architecture::ALL), "abc");
        let one = of(&[Architecture::ALL[0]]);
        let other = of(&[Architecture::ALL[1]]);
        assert!(one != "abc" && one != other && one.len() == 64, "{one}");
    }

    #[test]
    fn a_processor_that_nobody_knows_is_a_problem() {
        let mut settings = Settings::new([("ARCHITECTURES", "x86_64, riscv")]);
        assert_eq!(deployed(&mut settings).len(), 1);
        assert!(settings.finish().is_err());
        let mut settings = Settings::default();
        assert_eq!(deployed(&mut settings), Architecture::ALL);
    }
}
