//! The environment of a task: what a container on Fargate would see, nothing
//! of the place's own.

use std::collections::BTreeMap;
use std::path::Path;

use super::ContainerSpec;

/// Marks every process of a task, so that one that left its process group can
/// still be found.
pub(super) const TASK_MARKER: &str = "JIT_RUNNERS_LOCAL_TASK";

/// Marks every process of a place that keeps its state.
pub(crate) const PLACE_MARKER: &str = "JIT_RUNNERS_LOCAL_PLACE";

/// What the place adds to the definition's own variables.
pub(super) struct Surroundings<'s> {
    pub(super) task_id: &'s str,
    pub(super) work_folder: &'s Path,
    pub(super) path: &'s str,
    pub(super) region: &'s str,
    pub(super) endpoint: &'s str,
    pub(super) credentials: (String, String),
    pub(super) place: Option<&'s str>,
}

/// What every SDK in a task needs to know of the place.
pub(super) fn of_the_place(
    region: &str,
    endpoint: &str,
    (credentials_path, token): (String, String),
) -> BTreeMap<String, String> {
    let given = [
        ("AWS_REGION", region.to_owned()),
        ("AWS_DEFAULT_REGION", region.to_owned()),
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE".to_owned()),
        (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            format!("{endpoint}{credentials_path}"),
        ),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", token),
    ];
    given
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The whole environment of a process. The definition may override what the place gives,
/// the task's marker excepted.
pub(super) fn environment(
    surroundings: Surroundings<'_>,
    container: &ContainerSpec,
) -> BTreeMap<String, String> {
    let Surroundings {
        task_id,
        work_folder,
        path,
        region,
        endpoint,
        credentials,
        place,
    } = surroundings;
    let mut environment = of_the_place(region, endpoint, credentials);
    for (name, value) in [
        ("PATH", path.to_owned()),
        ("HOME", work_folder.display().to_string()),
        ("LANG", "C.UTF-8".to_owned()),
    ] {
        environment.insert(name.to_owned(), value);
    }
    environment.extend(container.environment.clone());
    environment.insert(TASK_MARKER.to_owned(), task_id.to_owned());
    if let Some(place) = place {
        environment.insert(PLACE_MARKER.to_owned(), place.to_owned());
    }
    environment
}
