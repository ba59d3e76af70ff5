//! From labels to a size: the policy's text read once, and the whole decision
//! for each form that a label can have.

use criterion::{Criterion, criterion_group, criterion_main};
use domain::event::Trimmed;
use domain::policy::Policy;
use domain::sizing;
use serde_json::json;
use std::hint::black_box;

const POLICY: &str = include_str!("../../../functions/size/policy.example.toml");

const FORMS: [(&str, &[&str]); 6] = [
    ("units and MiB", &["self-hosted", "vcpu-1024-mem-4096"]),
    (
        "compound",
        &[
            "self-hosted",
            "fargate/cpu=2/mem=8/arch=arm64/disk=50/spot=true/run=12345",
        ],
    ),
    ("profile", &["self-hosted", "linux", "x64", "large"]),
    ("default", &["self-hosted", "fargate"]),
    ("too large", &["self-hosted", "fargate/cpu=64"]),
    ("not ours", &["self-hosted", "gpu"]),
];

fn event(labels: &[&str]) -> Trimmed {
    let event = json!({
        "action": "queued", "version": 1,
        "workflow_job": {"id": 1, "run_id": 2, "run_attempt": 1, "labels": labels},
        "repository": {"full_name": "my-organisation/r", "private": true, "owner": {"login": "my-organisation"}},
    });
    serde_json::from_value(event).expect("it is a trimmed event")
}

fn benches(criterion: &mut Criterion) {
    criterion.bench_function("policy text to policy", |bencher| {
        bencher.iter(|| Policy::parse(black_box(POLICY)));
    });
    let policy = Policy::parse(POLICY).expect("the example is a policy");
    let mut group = criterion.benchmark_group("label to size");
    for (name, labels) in FORMS {
        let event = event(labels);
        group.bench_function(name, |bencher| {
            bencher.iter(|| sizing::size(black_box(&policy), black_box(&event)));
        });
    }
    group.finish();
}

criterion_group!(label_to_size, benches);
criterion_main!(label_to_size);
