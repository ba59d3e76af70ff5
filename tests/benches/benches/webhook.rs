//! A delivery of real size: the signature alone, signature with parsing and
//! trimming, and the whole warm handle with everything but sockets.

use benches::{in_process, payload};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::event::{read, trim};
use github::signature;
use secrecy::SecretString;
use serde_json::Value;
use std::hint::black_box;
use tokio::runtime::Builder;

fn benches(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    let body = runtime
        .block_on(payload::queued())
        .expect("there is a delivery");
    let secret = SecretString::from(payload::SECRET);
    let header = signature::sign(&secret, body.as_bytes());
    let mut group = criterion.benchmark_group("webhook");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("signature", |bencher| {
        bencher.iter(|| {
            signature::verify(
                &secret,
                Some(black_box(&header)),
                black_box(body.as_bytes()),
            )
            .expect("the signature is right");
        });
    });
    group.bench_function("signature, parse, trim", |bencher| {
        bencher.iter(|| {
            signature::verify(
                &secret,
                Some(black_box(&header)),
                black_box(body.as_bytes()),
            )
            .expect("the signature is right");
            let payload = read(body.as_bytes()).expect("it is JSON");
            let trimmed = trim(&payload, "id").expect("it is a job's event");
            serde_json::to_string(&trimmed).expect("it can be written")
        });
    });
    let event = payload::function_url_event(&secret, &body).to_string();
    let state = runtime.block_on(in_process::webhook(payload::SECRET));
    group.bench_function("warm handle without sockets", |bencher| {
        bencher.iter(|| {
            let event: Value = serde_json::from_str(black_box(&event)).expect("it is JSON");
            let answer = runtime
                .block_on(handler::answer(event, &state, &webhook::handle))
                .expect("the webhook never fails");
            assert_eq!(answer.status_code, 202);
            serde_json::to_vec(&answer).expect("it can be written")
        });
    });
    group.finish();
}

criterion_group!(webhook_group, benches);
criterion_main!(webhook_group);
