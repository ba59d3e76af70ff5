//! Labels: read, written and read again; sizes that are never smaller than asked.

use std::sync::LazyLock;

use domain::event::{Repository, Trimmed, WorkflowJob};
use domain::label::{self, Ask, Label};
use domain::policy::Policy;
use domain::sizing::size;
use domain::steps::{Architecture, Decision, SizeOutput, Version};
use domain::{fargate, rate_limit};
use proptest::prelude::*;

/// Read once: a case tests labels, not the policy.
static NARROW: LazyLock<Policy> = LazyLock::new(|| {
    Policy::parse("other_labels = 'default-size'\n[maximum]\ncpu = 8\nmem = 32").unwrap()
});
static WIDE: LazyLock<Policy> = LazyLock::new(|| Policy::parse("").unwrap());

fn sized(policy: &Policy, labels: Vec<String>) -> SizeOutput {
    let event = Trimmed {
        action: "queued".to_owned(),
        delivery_id: String::new(),
        version: Version,
        workflow_job: WorkflowJob {
            labels,
            ..WorkflowJob::default()
        },
        repository: Repository {
            full_name: "o/r".to_owned(),
            private: true,
            ..Repository::default()
        },
        organization: None,
        sender: None,
    };
    size(policy, &event)
}

/// Text that is often nearly a label of ours.
fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,20}",
        "(?i)fargate(/(cpu|mem|disk|arch|spot|run|x)=[0-9a-z.]{0,5}){0,4}/?",
        "(?i)vcpu-[0-9]{0,12}-mem-[0-9a-z]{0,12}",
        "profile[-=][a-z]{0,5}",
        Just("arm64".to_owned()),
    ]
}

/// What a compound label can ask for, in quarters of a vCPU or GB.
fn ask() -> impl Strategy<Value = Ask> {
    let quarters = || proptest::option::of(1_u32..1000);
    let architecture = prop_oneof![Just(Architecture::X86_64), Just(Architecture::Arm64)];
    (
        quarters(),
        quarters(),
        proptest::option::of(1_u32..300),
        proptest::option::of(architecture),
        proptest::option::of(any::<bool>()),
        proptest::option::of(prop::sample::select(vec!["large", "a", "x.y-z_1"])),
    )
        .prop_map(
            |(cpu, memory, storage_gib, architecture, spot, profile)| Ask {
                cpu: cpu.map(|quarters| quarters * 256),
                memory_mib: memory.map(|quarters| quarters * 256),
                storage_gib,
                architecture,
                spot,
                profile: profile.map(str::to_owned),
            },
        )
}

/// The label that asks for it, its keys from `first` on in turn.
fn written(ask: &Ask, first: usize, upper: bool) -> String {
    let quarters = |number: u32| f64::from(number) / 1024.0;
    let mut keys: Vec<String> = [
        ask.cpu.map(|cpu| format!("cpu={}", quarters(cpu))),
        ask.memory_mib.map(|mib| format!("mem={}", quarters(mib))),
        ask.storage_gib.map(|gib| format!("disk={gib}")),
        ask.architecture
            .map(|one| format!("arch={}", label::architecture(one))),
        ask.spot.map(|spot| format!("spot={spot}")),
        ask.profile.as_ref().map(|name| format!("profile={name}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    keys.push("run=1-2-3".to_owned());
    let turn = first % keys.len();
    keys.rotate_left(turn);
    let text = format!("fargate/{}", keys.join("/"));
    if upper { text.to_uppercase() } else { text }
}

proptest! {
    #![proptest_config(super::config())]

    #[test]
    fn any_labels_are_answered(labels in proptest::collection::vec(label(), 0..5)) {
        let answer = sized(&NARROW, labels);
        prop_assert!(fargate::is_valid(answer.size.cpu, answer.size.memory_mib));
        prop_assert!((20..=200).contains(&answer.size.storage_gib));
        prop_assert!(answer.size.cpu <= 8192 && answer.size.memory_mib <= 32 * 1024);
        prop_assert_eq!(answer.decision == Decision::Rejected, answer.reason.contains(": "), "{}", answer.reason);
    }

    #[test]
    fn an_accepted_size_is_never_smaller_than_asked(cpu in 1u32..40_000, memory in 1u32..260_000) {
        let answer = sized(&WIDE, vec![format!("vcpu-{cpu}-mem-{memory}")]);
        prop_assert!(fargate::is_valid(answer.size.cpu, answer.size.memory_mib));
        if answer.decision == Decision::Accepted {
            prop_assert!(answer.size.cpu >= cpu && answer.size.memory_mib >= memory);
        } else {
            prop_assert!(cpu > 32_768 || memory > 244 * 1024, "{}", answer.reason);
        }
    }

    #[test]
    fn rounding_up_takes_the_least_that_is_enough(cpu in 1u32..40_000, memory in 1u32..260_000) {
        // The reference goes through all sizes, in steps of 1 GB (and the half).
        let enough = fargate_sizes().filter(|(c, m)| *c >= cpu && *m >= memory);
        prop_assert_eq!(fargate::round_up(cpu, memory), enough.min());
    }

    #[test]
    fn any_label_is_read_or_refused(text in "\\PC{0,60}") {
        let _ = label::parse(&text, |name| name == "large");
    }

    #[test]
    fn what_is_written_is_read_in_any_order_and_case(ask in ask(), first in 0_usize..7, upper in any::<bool>()) {
        let text = written(&ask, first, upper);
        let read = label::parse(&text, |_| false);
        prop_assert_eq!(read, Ok(Label::Ours(ask)), "{}", text);
    }

    #[test]
    fn nobody_comes_back_before_the_time(remaining in any::<u64>(), who in "\\PC{0,20}", now in any::<i64>()) {
        let seconds = rate_limit::come_back(remaining, &who, now);
        prop_assert!(seconds >= remaining.max(1));
        prop_assert!(seconds - remaining.max(1) <= rate_limit::spread(remaining.max(1)));
        prop_assert_eq!(seconds, rate_limit::come_back(remaining, &who, now));
    }
}

/// Every pair that Fargate has, found by asking for each.
fn fargate_sizes() -> impl Iterator<Item = (u32, u32)> {
    static ALL: LazyLock<Vec<(u32, u32)>> = LazyLock::new(|| {
        let cpus = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768];
        let memories = (1..=244 * 2).map(|half| half * 512);
        let pairs = memories.flat_map(|memory| cpus.map(|cpu| (cpu, memory)));
        pairs
            .filter(|(cpu, memory)| fargate::is_valid(*cpu, *memory))
            .collect()
    });
    ALL.iter().copied()
}
