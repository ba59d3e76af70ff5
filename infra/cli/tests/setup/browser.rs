//! The whole way in a real browser: the App is created and installed by clicks,
//! a fleet is deployed with what was stored, its webhook is set, and a job is
//! served.

use crate::story::{KEY, SECRET, Story};
use github_emulator::JobStatus;
use jit_runners::fleet;
use jit_runners::stage::{POLICY, REPOSITORY};
use std::path::{Path, PathBuf};
use std::time::Duration;

const WORKFLOW: &str = "on: push\njobs:\n  hello:\n    runs-on: [self-hosted, vcpu-256-mem-512]\n    steps:\n      - run: echo hello\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Clicks through; the addresses that the browser asked for.
async fn click(start: &str) -> Option<String> {
    let folder = root().join("tests/browser");
    let chromium = std::env::var_os("CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
    let missing = if !Path::new(&chromium).exists() {
        "chromium (Debian's package of that name)"
    } else if !folder.join("node_modules/playwright-core").exists() {
        "playwright-core (npm ci in tests/browser)"
    } else {
        let output = tokio::process::Command::new("node")
            .arg("setup.mjs")
            .arg(start)
            .arg(root().join("target/screenshots"))
            .current_dir(folder)
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(Duration::from_secs(180), output).await;
        let output = output.expect("the browser ends").unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let complained = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}\n{complained}");
        return Some(said);
    };
    assert!(
        std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
        "{missing} is not here: install it first"
    );
    eprintln!("skipped: there is no {missing}");
    None
}

#[tokio::test]
async fn a_fleet_with_the_app_that_was_clicked_together_serves_a_job() {
    let story = Story::begin().await;
    let mut setup = story.create(&[]);
    let start = crate::page::address(&mut setup).await;
    let Some(asked) = click(&start).await else {
        return;
    };
    let created = setup.ended().await;
    assert_eq!(created.status.code(), Some(0), "{}", created.complained);
    let own = start.rsplit_once('/').unwrap().0;
    for line in asked.lines() {
        let origin = line.strip_prefix("asked ").unwrap();
        let known = origin == own || origin == story.github.base_url();
        assert!(known, "the browser asked {origin}");
    }

    let written = story.written().unwrap();
    let deployed = deploy(&story, &written).await;
    story.github.create_repository(REPOSITORY, true);
    let aws = story.place.endpoint();
    let mut ends = vec![created];
    for more in [&[][..], &["--new-secret"]] {
        let words = [&["--webhook"][..], more].concat();
        let hooked = story.start(&aws, &words).ended().await;
        assert_eq!(hooked.status.code(), Some(0), "{}", hooked.complained);
        assert!(
            hooked.said.contains(&deployed.webhook_url),
            "{}",
            hooked.said
        );
        assert!(hooked.said.contains("A ping arrived"), "{}", hooked.said);
        ends.push(hooked);
    }

    let file = ".github/workflows/hello.yml";
    let run = story.github.commit_workflow(REPOSITORY, file, WORKFLOW);
    let run = run.unwrap();
    let over = story
        .github
        .wait_until(Duration::from_secs(180), |github| {
            let jobs = github.jobs_of(run);
            !jobs.is_empty() && jobs.iter().all(|job| job.status == JobStatus::Completed)
        })
        .await;
    assert!(over, "{:?}", story.github.deliveries());
    let gone = story
        .github
        .wait_until(Duration::from_secs(60), |github| {
            github.leftovers().runners.is_empty()
        })
        .await;
    assert!(gone, "{:?}", story.github.leftovers());
    let ends: Vec<_> = ends.iter().collect();
    story.end(&ends, "").await;
}

/// What CDK would deploy, with the secrets and the settings that setup made.
async fn deploy(story: &Story, written: &serde_json::Value) -> fleet::Fleet {
    let github = &written["github"];
    let settings = fleet::Settings {
        binaries: fleet::Binaries::in_folder(support::binaries()).unwrap(),
        in_process: None,
        app: fleet::App {
            api_url: github["apiUrl"].as_str().unwrap().to_owned(),
            id: github["appId"].as_u64().unwrap(),
            installation_id: github["installationId"].as_u64().unwrap(),
            key: story.secret(KEY).await.unwrap().into(),
            webhook_secret: story.secret(SECRET).await.unwrap().into(),
        },
        image: None,
        app_key_in_kms: false,
        policy: POLICY.to_owned(),
        scope: "organization",
        runner_group: 1,
        end_margin_seconds: 600,
        reconcile: std::collections::BTreeMap::new(),
        reconcile_schedule: None,
    };
    fleet::deploy(&story.place, &settings, &fleet::Release::default()).unwrap()
}
