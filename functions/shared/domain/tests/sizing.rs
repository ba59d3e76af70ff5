//! Labels and policy to a decision: rejections first, then sizes.

use domain::event::{Repository, Trimmed, trim};
use domain::policy::Policy;
use domain::sizing::size;
use domain::steps::{Architecture, Capacity, Decision, Size, SizeOutput};
use serde_json::json;

const POLICY: &str = "
[default]
cpu = 1
mem = 2
[profiles.large]
cpu = 4
mem = 16
[profiles.cheap]
spot = true
arch = \"arm64\"
";

fn event(labels: &[&str]) -> Trimmed {
    trim(
        &json!({
            "action": "queued",
            "workflow_job": {"id": 1, "run_id": 2, "run_attempt": 1, "labels": labels},
            "repository": {"full_name": "org/app", "private": true, "owner": {"login": "org"}},
        }),
        "delivery",
    )
    .expect("it is a job event")
}

fn sized(policy: &str, labels: &[&str]) -> SizeOutput {
    let policy = Policy::parse(policy).expect("the test's policy is good");
    size(&policy, &event(labels))
}

fn rejected(policy: &str, labels: &[&str], parts: &[&str]) {
    let answer = sized(policy, labels);
    assert_eq!(
        answer.decision,
        Decision::Rejected,
        "{labels:?}: {answer:?}"
    );
    for part in parts {
        assert!(
            answer.reason.contains(part),
            "{part:?} is missing in: {}",
            answer.reason
        );
    }
}

fn accepted(policy: &str, labels: &[&str]) -> Size {
    let answer = sized(policy, labels);
    assert_eq!(
        answer.decision,
        Decision::Accepted,
        "{labels:?}: {}",
        answer.reason
    );
    assert_eq!(answer.reason, "");
    answer.size
}

fn accepted_size(labels: &[&str]) -> (u32, u32) {
    let size = accepted(POLICY, labels);
    (size.cpu, size.memory_mib)
}

#[test]
fn more_than_fargate_has_is_rejected_with_the_most_it_has() {
    rejected(
        "",
        &["self-hosted", "fargate/cpu=64/mem=128"],
        &["`fargate/cpu=64/mem=128`", "64 vCPU", "at most 32 vCPU"],
    );
    rejected(
        "",
        &["vcpu-65536-mem-131072"],
        &["`vcpu-65536-mem-131072`", "64 vCPU", "32 vCPU"],
    );
    rejected(
        "",
        &["fargate/cpu=1/mem=245"],
        &["245 GB", "at most 244 GB"],
    );
    rejected("", &["fargate/disk=201"], &["201 GiB", "200 GiB"]);
    rejected("", &["vcpu-99999999999999-mem-1"], &["at most 32 vCPU"]);
}

#[test]
fn more_than_the_policy_allows_is_rejected_with_the_nearest() {
    let policy = "[maximum]\ncpu = 4\nmem = 16\ndisk = 50";
    rejected(
        policy,
        &["Fargate/CPU=8"],
        &[
            "`Fargate/CPU=8`",
            "8 vCPU",
            "maximum is 4 vCPU with 16 GB",
            "cpu=4/mem=16",
        ],
    );
    rejected(
        policy,
        &["fargate/cpu=2/mem=17"],
        &["2 vCPU with 17 GB", "nearest allowed is cpu=4/mem=16"],
    );
    rejected(
        policy,
        &["fargate/disk=60"],
        &["60 GiB", "maximum is 50 GiB", "disk=50"],
    );
    rejected(
        "[maximum]\ncpu=4\nmem=4",
        &["fargate/cpu=4/mem=4"],
        &["next size is 4 vCPU with 8 GB", "cpu=2/mem=4"],
    );
}

#[test]
fn unreadable_labels_of_ours_are_rejected() {
    rejected(
        "",
        &["fargate/gpu=1"],
        &["`gpu`", "cpu, mem, arch, disk, spot, profile, run, id"],
    );
    rejected("", &["fargate/large"], &["`large`", "key=value"]);
    rejected("", &["fargate/cpu=two"], &["`two`", "a number above 0"]);
    rejected("", &["fargate/cpu=-1"], &["`-1`"]);
    rejected("", &["fargate/cpu=0"], &["`0`"]);
    rejected("", &["fargate/cpu=nan"], &["`nan`"]);
    rejected("", &["fargate/cpu=1e3"], &["`1e3`"]);
    rejected("", &["fargate/cpu=1/CPU=2"], &["`cpu` twice"]);
    rejected("", &["fargate/arch=riscv"], &["x64 or arm64"]);
    rejected("", &["fargate/spot=maybe"], &["true or false"]);
    rejected("", &["fargate/run="], &["something unique"]);
    rejected("", &["vcpu-many-mem-4096"], &["`many`", "whole number"]);
    rejected("", &["vcpu-1024-mem-0"], &["`0`"]);
}

#[test]
fn contradictions_are_rejected_with_both_labels() {
    rejected(
        POLICY,
        &["vcpu-1024-mem-4096", "large"],
        &["`vcpu-1024-mem-4096`", "`large`", "both set the size"],
    );
    rejected(POLICY, &["large", "cheap"], &["`large` and `cheap`"]);
    rejected(POLICY, &["arm64", "fargate/arch=x64"], &["the processor"]);
    rejected(POLICY, &["x64", "arm64", "large"], &["the processor"]);
    rejected(
        POLICY,
        &["fargate/spot=true", "fargate/spot=false/cpu=1"],
        &["the capacity"],
    );
    rejected(POLICY, &["windows", "large"], &["`windows`", "Linux"]);
}

#[test]
fn unknown_profiles_are_rejected_with_the_known_ones() {
    for label in ["profile=huge", "profile-huge", "fargate/profile=huge"] {
        rejected(
            POLICY,
            &["self-hosted", label],
            &[label, "`huge`", "it has cheap, large"],
        );
    }
    rejected("", &["profile-huge"], &["it has no profiles"]);
}

#[test]
fn spot_is_rejected_where_the_policy_forbids_it() {
    rejected(
        "spot_allowed = false",
        &["fargate/spot=true"],
        &["`fargate/spot=true`", "spot=false"],
    );
    accepted("spot_allowed = false", &["fargate/spot=false"]);
}

#[test]
fn too_many_and_too_long_labels_are_rejected() {
    let many: Vec<String> = (0..101).map(|n| format!("l{n}")).collect();
    let mut labels: Vec<&str> = many.iter().map(String::as_str).collect();
    labels[0] = "fargate";
    rejected("", &labels, &["101 labels", "at most 100"]);
    rejected(
        "",
        &["fargate", &"x".repeat(300)],
        &["longer than 256 bytes"],
    );
}

#[test]
fn repositories_are_checked_before_labels() {
    let check = |policy: &str, repository: Repository| {
        let mut event = event(&["fargate/gpu=1"]);
        event.repository = repository;
        size(&Policy::parse(policy).unwrap(), &event).reason
    };
    let private = |name: &str| Repository {
        full_name: name.to_owned(),
        private: true,
        ..Repository::default()
    };
    let public = |name: &str| Repository {
        private: false,
        ..private(name)
    };

    let reason = check("[repositories]\nallow = [\"org/*\"]", private("other/app"));
    assert!(
        reason.contains("other/app") && reason.contains("(org/*)"),
        "{reason}"
    );
    let reason = check("[repositories]\nallow = []", private("org/app"));
    assert!(reason.contains("it is empty"), "{reason}");
    for policy in [
        "",
        "[repositories]\nallow = [\"*\"]",
        "[repositories]\npublic = [\"org/web\"]",
    ] {
        let reason = check(policy, public("org/app"));
        assert!(reason.contains("org/app is public"), "{reason}");
    }
    for (policy, repository) in [
        ("", private("any/thing")),
        ("[repositories]\nallow = [\"org/*\"]", private("ORG/app")),
        ("[repositories]\npublic = [\"org/web\"]", public("org/web")),
    ] {
        let reason = check(policy, repository);
        assert!(reason.contains("`gpu`"), "{reason}");
    }
}

#[test]
fn jobs_without_a_label_of_ours_are_not_for_us() {
    for labels in [
        &["self-hosted", "1"][..],
        &["ubuntu-latest"],
        &["self-hosted", "linux", "arm64"],
        &[],
    ] {
        assert_eq!(sized("", labels).decision, Decision::NotForUs, "{labels:?}");
    }
    let policy = "other_labels = \"default-size\"";
    for labels in [&["ubuntu-latest"][..], &["self-hosted", "windows"], &[]] {
        assert_eq!(
            sized(policy, labels).decision,
            Decision::NotForUs,
            "{labels:?}"
        );
    }
    let size = accepted(policy, &["self-hosted", "1", "arm64"]);
    assert_eq!((size.cpu, size.architecture), (1024, Architecture::Arm64));
}

#[test]
fn every_form_of_label_gets_its_size() {
    assert_eq!(
        accepted_size(&["self-hosted", "vcpu-1024-mem-4096"]),
        (1024, 4096)
    );
    assert_eq!(accepted_size(&["VCPU-1000-MEM-4000"]), (1024, 4096));
    assert_eq!(accepted_size(&["fargate/mem=8/cpu=2"]), (2048, 8192));
    assert_eq!(
        accepted_size(&["fargate/cpu=0.25/mem=0.5/run=77"]),
        (256, 512)
    );
    assert_eq!(accepted_size(&["fargate/cpu=2"]), (2048, 4096));
    assert_eq!(accepted_size(&["fargate/mem=9"]), (2048, 9216));
    assert_eq!(accepted_size(&["fargate/cpu=32/mem=244"]), (32768, 249_856));
    assert_eq!(accepted_size(&["fargate"]), (1024, 2048));
    assert_eq!(accepted_size(&["fargate/run=1-2"]), (1024, 2048));
    for label in [
        "large",
        "LARGE",
        "profile=large",
        "profile-large",
        "fargate/profile=large/id=a",
    ] {
        assert_eq!(
            accepted_size(&[label, "anything", "vcpu-fast"]),
            (4096, 16_384),
            "{label}"
        );
    }
    assert_eq!(
        accepted_size(&["fargate/profile=large/cpu=8"]),
        (8192, 16_384)
    );
    assert_eq!(
        accepted_size(&["vcpu-512-mem-1024", "fargate/run=5"]),
        (512, 1024)
    );
    assert_eq!(accepted_size(&["large", "Large"]), (4096, 16_384));
}

#[test]
fn the_other_keys_are_obeyed() {
    let size = accepted(
        "",
        &["fargate/cpu=1/mem=2/arch=arm64/disk=50/spot=true", "arm64"],
    );
    assert_eq!(
        (size.architecture, size.storage_gib, size.capacity),
        (Architecture::Arm64, 50, Capacity::Spot)
    );
    assert_eq!(accepted("", &["fargate/disk=5"]).storage_gib, 20);
    let cheap = accepted(POLICY, &["cheap"]);
    assert_eq!(
        (cheap.architecture, cheap.capacity),
        (Architecture::Arm64, Capacity::Spot)
    );
    assert_eq!(
        accepted(POLICY, &["fargate/profile=cheap/spot=false"]).capacity,
        Capacity::OnDemand
    );
}
