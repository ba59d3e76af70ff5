//! What the docs show can be used as it stands.

use contract::repo;
use domain::policy::Policy;

#[test]
fn the_demo_s_policy_is_one() {
    Policy::parse(&repo::read("infra/cli/policies/demo.toml")).unwrap();
}

#[test]
fn every_key_of_the_compound_label_is_documented() {
    let text = repo::read("docs/labels.md");
    for key in domain::label::KEYS {
        assert!(
            text.contains(&format!("{key}=")) || text.contains(&format!("`{key}`")),
            "docs/labels.md does not mention the key {key}"
        );
    }
}

#[test]
fn every_link_in_the_docs_leads_somewhere() {
    let pages = [
        "README.md",
        "docs/architecture.md",
        "docs/cli.md",
        "docs/costs.md",
        "docs/decisions/README.md",
        "docs/doctor.md",
        "docs/faults.md",
        "docs/fidelity.md",
        "docs/getting-started.md",
        "docs/github-app.md",
        "docs/labels.md",
        "docs/operations.md",
        "docs/performance.md",
        "docs/reliability.md",
        "docs/security.md",
        "infra/image/README.md",
        "docs/unverified.md",
        "docs/upgrades.md",
        "infra/cdk/README.md",
        "statemachine/README.md",
    ];
    for page in pages {
        let folder = repo::root().join(page).parent().unwrap().to_owned();
        for link in repo::read(page).split("](").skip(1) {
            let target = link.split(')').next().unwrap();
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            let path = target.split('#').next().unwrap();
            assert!(folder.join(path).exists(), "{page}: {target}");
        }
    }
}

#[test]
fn every_picture_is_small_and_shown_somewhere() {
    const MOST: u64 = 150_000;
    let folder = repo::root().join("docs/pictures");
    let pages = ["README.md", "docs/operations.md"].map(repo::read).concat();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let size = entry.metadata().unwrap().len();
        assert!(size < MOST, "{name} has {size} bytes");
        assert!(
            pages.contains(&format!("pictures/{name})")),
            "{name} is shown on no page"
        );
        seen += 1;
    }
    assert!(seen >= 4, "{seen} pictures");
}
