//! The policy file: what is refused, with which sentence, and what it means.

use domain::policy::{DEFAULT_LIMITS, OtherLabels, Policy};
use domain::steps::{Architecture, Capacity};

/// The refusal's sentence.
fn refused(text: &str) -> String {
    let error = Policy::parse(text).expect_err(text).to_string();
    assert!(error.starts_with("The policy cannot be used: "), "{error}");
    assert!(!error.contains('\n'), "{error}");
    error
}

#[test]
fn unknown_keys_are_refused_with_their_line() {
    for (text, key) in [
        ("spot = true", "spot"),
        ("\n[default]\ncpus = 2", "cpus"),
        ("\n[profiles.large]\nmemory = 2", "memory"),
        ("\n[repositories]\ndeny = []", "deny"),
        ("\n[limits]\ntotal = 5", "total"),
        ("\n[maximum]\nspot = true", "spot"),
    ] {
        let error = refused(text);
        assert!(error.contains(&format!("`{key}`")), "{error}");
    }
    assert!(refused("\n[default]\ncpus = 2").contains("line 3"));
}

#[test]
fn what_is_not_toml_is_refused() {
    for text in [
        "other_labels",
        "= 1",
        "[default",
        "\u{0}",
        "other_labels = \"all\"",
        "default = 3",
    ] {
        refused(text);
    }
}

#[test]
fn values_that_could_never_be_obeyed_are_refused_with_their_key() {
    for (text, key) in [
        ("[default]\ncpu = 64", "default"),
        ("[default]\ncpu = 0", "default.cpu"),
        ("[default]\nmem = -1", "default.mem"),
        ("[default]\nmem = nan", "default.mem"),
        (
            "[profiles.big]\ncpu = 8\n[maximum]\ncpu = 4",
            "profiles.big",
        ),
        ("[profiles.big]\ndisk = 201", "profiles.big"),
        (
            "[profiles.big]\nspot = true\n[maximum]\n",
            "profiles.big.spot",
        ),
        ("[profiles.arm64]\ncpu = 1", "profiles.arm64"),
        ("[profiles.profile-x]\ncpu = 1", "profiles.profile-x"),
        ("[profiles.vcpu-1-mem-2]\ncpu = 1", "profiles.vcpu-1-mem-2"),
        ("[profiles.\"a b\"]\ncpu = 1", "profiles.a b"),
        (
            "[profiles.Big]\ncpu = 1\n[profiles.big]\ncpu = 1",
            "profiles.big",
        ),
        ("[maximum]\ncpu = 0.1", "maximum"),
        ("[maximum]\ndisk = 10", "maximum.disk"),
        ("[repositories]\nallow = [\"org\"]", "repositories.allow"),
        ("[repositories]\npublic = [\"*/x\"]", "repositories.public"),
        ("[limits]\ntotal_seconds = 432001", "limits.total_seconds"),
        ("[limits]\nidle_seconds = 0", "limits.idle_seconds"),
        ("[limits]\nstart_seconds = 3601", "limits.start_seconds"),
    ] {
        let text = match key {
            "profiles.big.spot" => format!("spot_allowed = false\n{text}"),
            _ => text.to_owned(),
        };
        let error = refused(&text);
        assert!(error.contains(key), "{key} is missing in: {error}");
    }
}

#[test]
fn the_empty_policy_has_safe_defaults() {
    let policy = Policy::parse("").unwrap();
    assert_eq!(
        (policy.default.cpu, policy.default.memory_mib),
        (1024, 4096)
    );
    assert_eq!(policy.default.capacity, Capacity::OnDemand);
    assert_eq!(policy.other_labels, OtherLabels::Ignore);
    assert_eq!(policy.limits, DEFAULT_LIMITS);
    assert_eq!(policy.limits.total_seconds, 23_400);
    assert_eq!(policy.hash.len(), 64);
}

#[test]
fn sizes_are_rounded_up_and_built_on_the_default() {
    let policy = Policy::parse(
        "[default]\ncpu = 0.3\nmem = 0.5\narch = \"arm64\"\n\
         [profiles.Large]\ncpu = 3\ndisk = 50\n[profiles.cheap]\nspot = true",
    )
    .unwrap();
    assert_eq!((policy.default.cpu, policy.default.memory_mib), (512, 1024));
    let large = policy.profiles["large"];
    assert_eq!(
        (large.cpu, large.memory_mib, large.storage_gib),
        (4096, 8192, 50)
    );
    assert_eq!(large.architecture, Architecture::Arm64);
    let cheap = policy.profiles["cheap"];
    assert_eq!((cheap.cpu, cheap.capacity), (512, Capacity::Spot));
}

#[test]
fn the_built_in_default_bows_to_a_small_maximum() {
    let policy = Policy::parse("[maximum]\ncpu = 0.5\nmem = 2").unwrap();
    assert_eq!((policy.default.cpu, policy.default.memory_mib), (512, 2048));
}

#[test]
fn another_text_has_another_hash() {
    let one = Policy::parse("spot_allowed = true").unwrap();
    let other = Policy::parse("spot_allowed = false").unwrap();
    assert_ne!(one.hash, other.hash);
}
