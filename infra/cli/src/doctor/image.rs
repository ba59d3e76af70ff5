//! The runner's image: how old it is, which runner is in it, whether it still
//! gets built. GitHub stops serving runners some time after a newer release.

use super::Context;
use super::aws::service::{CODEBUILD, ECR};
use super::finding::Finding;
use super::tasks;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use serde_json::{Value, json};

const PUSHED: &str = "image.pushed";
const VERSION: &str = "image.runner-version";
const BUILD: &str = "image.build";
const OLD: TimeDelta = TimeDelta::days(30);
const REBUILD: &str = "start the CodeBuild project of the image (`aws codebuild start-build`), or push an image with the newest runner";

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let images = images(context);
    if context.in_place() {
        let why = "the local place has no ECR and no CodeBuild";
        return [PUSHED, VERSION, BUILD]
            .map(|id| Finding::skipped(id, why))
            .to_vec();
    }
    let mut found = Vec::new();
    if images.is_empty() {
        for id in [PUSHED, VERSION] {
            found.push(Finding::needs(id, "the image's name", "tasks.definition"));
        }
    }
    let reads = images.iter().map(|image| image_of(context, image));
    found.extend(join_all(reads).await.into_iter().flatten());
    let builds = ["x86-64", "arm64"].map(|architecture| build(context, architecture));
    let builds: Vec<Finding> = join_all(builds).await.into_iter().flatten().collect();
    if builds.is_empty() {
        found.push(Finding::skipped(
            BUILD,
            "the stack builds no image: it was given one",
        ));
    }
    found.extend(builds);
    found
}

/// The images of all task definitions, each once.
fn images(context: &Context) -> Vec<String> {
    let mut images: Vec<String> = Vec::new();
    for (_, task) in &context.task_definitions {
        let image = task
            .as_ref()
            .ok()
            .and_then(|task| tasks::runner(task)?["image"].as_str());
        if let Some(image) = image
            && !images.iter().any(|known| known == image)
        {
            images.push(image.to_owned());
        }
    }
    images
}

/// An image in ECR.
#[derive(Debug, PartialEq, Eq)]
struct Reference<'a> {
    registry: &'a str,
    repository: &'a str,
    /// `imageTag` or `imageDigest`, and its value.
    which: (&'static str, &'a str),
}

/// None where the image is not in ECR.
fn reference(image: &str) -> Option<Reference<'_>> {
    let (host, path) = image.split_once('/')?;
    let (registry, rest) = host.split_once('.')?;
    if !rest.starts_with("dkr.ecr") {
        return None;
    }
    let (repository, which) = match path.split_once('@') {
        Some((repository, digest)) => (repository, ("imageDigest", digest)),
        None => match path.split_once(':') {
            Some((repository, tag)) => (repository, ("imageTag", tag)),
            None => (path, ("imageTag", "latest")),
        },
    };
    Some(Reference {
        registry,
        repository,
        which,
    })
}

async fn image_of(context: &Context, image: &str) -> Vec<Finding> {
    let Some(reference) = reference(image) else {
        let why = "it is not in ECR";
        let fix = "see by hand that it is rebuilt at least every month";
        return vec![
            Finding::unknown(PUSHED, why, fix).of(image),
            Finding::unknown(VERSION, why, fix).of(image),
        ];
    };
    let (which, value) = reference.which;
    let input = json!({
        "registryId": reference.registry,
        "repositoryName": reference.repository,
        "imageIds": [{which: value}],
    });
    let short = format!("{}:{value}", reference.repository);
    let pair = match context.aws.json(ECR, "DescribeImages", input).await {
        Err(fault) if fault.is_missing() => [
            Finding::wrong(PUSHED, "there is no such image", REBUILD),
            Finding::needs(VERSION, "the image", PUSHED),
        ],
        Err(fault) => [
            Finding::fault(PUSHED, &fault),
            Finding::needs(VERSION, "the image", PUSHED),
        ],
        Ok(answer) => {
            let detail = &answer["imageDetails"][0];
            [pushed(detail, Utc::now()), version(detail)]
        }
    };
    pair.map(|finding| finding.of(&short)).to_vec()
}

fn pushed(detail: &Value, now: DateTime<Utc>) -> Finding {
    let at = detail["imagePushedAt"]
        .as_f64()
        .and_then(|seconds| DateTime::from_timestamp_millis((seconds * 1000.0) as i64));
    let Some(at) = at else {
        let fix = "look at it in ECR";
        return Finding::unknown(PUSHED, "ECR does not say when it was pushed", fix);
    };
    let days = (now - at).num_days();
    let observed = format!("pushed {}, {days} days ago", at.format("%Y-%m-%d"));
    if now - at > OLD {
        let fix = format!("{REBUILD}: GitHub stops serving runners that are too old");
        Finding::warning(PUSHED, observed, fix)
    } else {
        Finding::ok(PUSHED, observed)
    }
}

/// The runner's version, by a tag that holds one (`runner-2.330.0`).
fn version(detail: &Value) -> Finding {
    let tags = detail["imageTags"].as_array().into_iter().flatten();
    let version = tags.filter_map(Value::as_str).find_map(|tag| {
        let number = tag.rsplit(['-', '_', 'v']).next()?;
        let parts: Vec<&str> = number.split('.').collect();
        let numeric = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        (parts.len() == 3 && parts.iter().all(numeric)).then(|| number.to_owned())
    });
    match version {
        Some(version) => Finding::ok(VERSION, format!("runner {version}")),
        None => Finding::unknown(
            VERSION,
            "no tag of the image names the runner's version",
            "its age is what counts; a tag such as runner-2.330.0 would tell it here",
        ),
    }
}

/// The last build for one architecture; none where the stack has no such project.
async fn build(context: &Context, architecture: &str) -> Option<Finding> {
    let project = format!("{}-image-{architecture}", context.deployment.names.fleet());
    let input = json!({"projectName": project, "sortOrder": "DESCENDING"});
    let listed = match context
        .aws
        .json(CODEBUILD, "ListBuildsForProject", input)
        .await
    {
        Err(fault) if fault.is_missing() => return None,
        Err(fault) => return Some(Finding::fault(BUILD, &fault).of(project)),
        Ok(answer) => answer["ids"][0].clone(),
    };
    if listed.is_null() {
        return Some(Finding::wrong(BUILD, "it has never built", REBUILD).of(project));
    }
    let input = json!({"ids": [listed]});
    let finding = match context.aws.json(CODEBUILD, "BatchGetBuilds", input).await {
        Err(fault) => Finding::fault(BUILD, &fault),
        Ok(answer) => match answer["builds"][0]["buildStatus"].as_str() {
            Some("SUCCEEDED") => Finding::ok(BUILD, "its last build succeeded"),
            Some("IN_PROGRESS") => Finding::ok(BUILD, "a build is under way"),
            status => Finding::wrong(
                BUILD,
                format!("its last build ended as {}", status.unwrap_or("unknown")),
                "read the build's log, mend what it says, and build again",
            ),
        },
    };
    Some(finding.of(project))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_from_elsewhere_is_not_looked_for_in_ecr() {
        for image in [
            "local-process",
            "ghcr.io/actions/actions-runner:2.330.0",
            "a/b",
        ] {
            assert_eq!(reference(image), None, "{image}");
        }
    }

    #[test]
    fn tags_and_digests_are_told_apart() {
        let host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
        let tagged = format!("{host}/jit-runners-runner:x86_64");
        let found = reference(&tagged).unwrap();
        assert_eq!(
            (found.registry, found.repository),
            ("123456789012", "jit-runners-runner")
        );
        assert_eq!(found.which, ("imageTag", "x86_64"));
        let pinned = format!("{host}/a/b@sha256:0");
        assert_eq!(
            reference(&pinned).unwrap().which,
            ("imageDigest", "sha256:0")
        );
    }

    #[test]
    fn only_a_whole_version_counts() {
        let of = |tag: &str| version(&json!({"imageTags": ["x86_64", tag]})).observed;
        assert!(of("build-12").starts_with("no tag"));
        assert!(of("2.x.0").starts_with("no tag"));
        assert_eq!(of("runner-2.330.0"), "runner 2.330.0");
        assert_eq!(of("v2.330.0"), "runner 2.330.0");
    }
}
