//! Whatever the labels and the policy say: no panic, and an accepted size is
//! one that Fargate has and no smaller than what was asked.

use domain::event::{Repository, Trimmed, WorkflowJob};
use domain::policy::Policy;
use domain::sizing::size;
use domain::steps::{Decision, Version};
use domain::{fargate, label};
use proptest::prelude::*;

fn event(labels: Vec<String>) -> Trimmed {
    Trimmed {
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
    }
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_labels_are_answered(labels in proptest::collection::vec(label(), 0..5)) {
        let policy = Policy::parse("other_labels = 'default-size'\n[maximum]\ncpu = 8\nmem = 32").unwrap();
        let answer = size(&policy, &event(labels));
        prop_assert!(fargate::is_valid(answer.size.cpu, answer.size.memory_mib));
        prop_assert!((20..=200).contains(&answer.size.storage_gib));
        prop_assert!(answer.size.cpu <= 8192 && answer.size.memory_mib <= 32 * 1024);
        prop_assert_eq!(answer.decision == Decision::Rejected, answer.reason.contains(": "), "{}", answer.reason);
    }

    #[test]
    fn an_accepted_size_is_never_smaller_than_asked(cpu in 1u32..40_000, memory in 1u32..260_000) {
        let policy = Policy::parse("").unwrap();
        let answer = size(&policy, &event(vec![format!("vcpu-{cpu}-mem-{memory}")]));
        prop_assert!(fargate::is_valid(answer.size.cpu, answer.size.memory_mib));
        if answer.decision == Decision::Accepted {
            prop_assert!(answer.size.cpu >= cpu && answer.size.memory_mib >= memory);
        } else {
            prop_assert!(cpu > 32_768 || memory > 244 * 1024, "{}", answer.reason);
        }
    }

    #[test]
    fn any_label_is_read_or_refused(text in "\\PC{0,60}") {
        let _ = label::parse(&text, |name| name == "large");
    }

    #[test]
    fn any_policy_is_read_or_refused(text in "(\\[?(default|maximum|limits|profiles\\.[a-z]{1,3})\\]?\n|(cpu|mem|disk|total_seconds) ?= ?-?[0-9a-z.]{1,6}\n){0,6}") {
        if let Ok(policy) = Policy::parse(&text) {
            for size in policy.profiles.values().chain([&policy.default]) {
                prop_assert!(fargate::is_valid(size.cpu, size.memory_mib));
            }
        }
    }
}
