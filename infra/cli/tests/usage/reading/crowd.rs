//! A thousand executions list in seconds.

use super::start_at;
use local::{Place, Settings};
use std::time::{Duration, Instant};
use support::crowd::Crowd;

/// Far more than it takes, since machines are slow and share their cores.
const SECONDS: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_executions_list_in_seconds() {
    let place = Place::start(Settings::default()).await.unwrap();
    let members = Crowd::of(1000).fill(&place).await;
    let endpoint = place.endpoint();
    let count = |status: &str| members.iter().filter(|one| one.status == status).count();
    for (words, wanted) in [
        (&["jobs", "--limit", "1000"][..], 1000),
        (&["jobs"], 100),
        (&["jobs", "--status", "running"], count("RUNNING")),
        (&["jobs", "--status", "failed"], count("FAILED")),
        (&["jobs", "--error", "--limit", "1000"], count("FAILED")),
    ] {
        let began = Instant::now();
        let ended = start_at(&endpoint, words).ended().await;
        let took = began.elapsed();
        assert_eq!(ended.complained, "");
        let lines = ended.said.lines().count() - 1;
        println!("{words:?}: {lines} jobs in {} ms", took.as_millis());
        // The running ones come on top of the newest.
        let running = count("RUNNING");
        assert!(
            (wanted..=wanted + running).contains(&lines),
            "{words:?}: {lines}"
        );
        assert!(took < SECONDS, "{words:?}: {took:?}");
    }
    let one = &members[0];
    let id = one.job_id.to_string();
    let ended = start_at(&endpoint, &["show", &id]).ended().await;
    assert!(ended.said.contains(&one.job), "{}", ended.said);
    place.shutdown().await;
}
