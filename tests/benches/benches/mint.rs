//! A warm mint with everything but sockets: four calls to DynamoDB, two to
//! GitHub, all built, signed and parsed by the real clients.

use benches::in_process;
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::Value;
use std::hint::black_box;
use tokio::runtime::Builder;

fn benches(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    // GitHub's client belongs to the runtime that it was built in.
    let state = runtime.block_on(in_process::mint());
    let input = in_process::mint_input().to_string();
    criterion.bench_function("mint: warm handle without sockets", |bencher| {
        bencher.iter(|| {
            let input: Value = serde_json::from_str(black_box(&input)).expect("it is JSON");
            let answer = runtime
                .block_on(handler::answer(input, &state, &mint::handle))
                .expect("the mint succeeds");
            let answer = serde_json::to_value(&answer).expect("it can be written");
            assert_eq!(answer["outcome"], "minted");
            answer
        });
    });
}

criterion_group!(mint_group, benches);
criterion_main!(mint_group);
