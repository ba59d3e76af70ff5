//! Nothing secret leaves by the console: no hand-over key, no token or key that
//! GitHub gave out, whatever is asked for.

use crate::given::{answer_mints, http, mounted, newest};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use support::{World, workflows};

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_holds_a_secret() {
    let world = World::start().await;
    answer_mints(&world, &[(403, 1)]);
    world.commit(&workflows::one("echo served"));
    world.executions_have_ended(1).await;
    let (console, base) = mounted(&world).await;
    // The stream tells from here on.
    let stream = http()
        .get(format!("{base}api/events"))
        .send()
        .await
        .unwrap();
    let arn = world.failed().await.unwrap();
    world.redrive(&arn).await;
    world.all_jobs_are_over().await;
    let name = newest(&world).await;

    let mut addresses: Vec<String> = [
        "api/fleet",
        "api/overview",
        "api/executions",
        "api/executions?q=served",
    ]
    .map(str::to_owned)
    .to_vec();
    let of = |rest: &str| format!("api/executions/{name}{rest}");
    addresses.extend(
        [
            "",
            "/graph.svg",
            "/graph.svg?standalone=1",
            "/events?limit=1000",
        ]
        .map(of),
    );
    let sources = [
        "task",
        "webhook",
        "size",
        "mint",
        "verify-removal",
        "escalate",
    ];
    addresses.extend(sources.map(|source| of(&format!("/log?source={source}"))));
    let mut texts = Vec::new();
    for address in addresses {
        let answer = http().get(format!("{base}{address}")).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{address}");
        texts.push((address, answer.text().await.unwrap()));
    }
    console.shutdown().await;
    texts.push(("the stream".to_owned(), stream.text().await.unwrap()));

    let whole = texts
        .iter()
        .find(|(address, _)| *address == of(""))
        .unwrap();
    let whole: Value = serde_json::from_str(&whole.1).unwrap();
    assert_eq!(whole["row"]["details"]["outcome"], "served", "{whole}");
    let keys = world.executions().await.into_iter();
    let keys: Vec<String> = keys.flat_map(|one| one.handover_keys).collect();
    assert!(!keys.is_empty(), "a runner was handed over");
    let issued = world.stage.github.issued_secrets().into_iter();
    let issued = issued.map(|one| one.value.expose_secret().to_owned());
    let own = world.stage.webhook_secret.expose_secret().to_owned();
    for secret in keys.into_iter().chain(issued).chain([own]) {
        for (address, text) in &texts {
            assert!(!text.contains(&secret), "{address} tells a secret");
        }
    }
    world.nothing_is_left().await;
}
