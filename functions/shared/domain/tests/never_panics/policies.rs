//! Policies: whatever is written is read or refused with a sentence, and what is
//! read can be obeyed.

use domain::fargate;
use domain::policy::{MAX_TOTAL_SECONDS, Policy};
use proptest::prelude::*;

/// Lines that are often nearly those of a policy.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\[(default|maximum|limits|repositories|profiles\\.[a-z]{1,3}|\\PC{0,6})\\]",
        "(cpu|mem|disk|total_seconds|start_seconds) ?= ?-?[0-9a-z.]{1,6}",
        "(arch|other_labels|capacity_fallback) = \"(x64|arm64|ignore|default-size|none|architecture|\\PC{0,4})\"",
        "(spot|spot_allowed) = (true|false|[a-z]{1,3})",
        "(architectures|allow|public) = \\[(\"(x64|arm64|\\*|o/r|o/\\*|\\PC{0,4})\"(, )?){0,3}\\]",
        "\\PC{0,12}",
    ]
}

proptest! {
    #![proptest_config(super::config())]

    #[test]
    fn any_policy_is_read_or_refused(lines in proptest::collection::vec(line(), 0..7)) {
        match Policy::parse(&lines.join("\n")) {
            Ok(policy) => {
                for size in policy.profiles.values().chain([&policy.default]) {
                    prop_assert!(fargate::is_valid(size.cpu, size.memory_mib));
                    prop_assert!(size.cpu <= policy.maximum.cpu);
                    prop_assert!(size.memory_mib <= policy.maximum.memory_mib);
                    prop_assert!((20..=policy.maximum.storage_gib).contains(&size.storage_gib));
                    prop_assert!(policy.architectures.contains(&size.architecture));
                }
                prop_assert!((1..=MAX_TOTAL_SECONDS).contains(&policy.limits.total_seconds));
                prop_assert_eq!(policy.hash.len(), 64);
            }
            Err(refused) => {
                let sentence = refused.to_string();
                prop_assert!(sentence.starts_with("The policy cannot be used: "), "{}", sentence);
                prop_assert!(sentence.ends_with('.'), "{}", sentence);
            }
        }
    }
}
