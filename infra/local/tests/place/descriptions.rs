//! What a checker reads of a deployment: a function's settings and URL, a
//! table's backups, and the sign by which it knows the place.

use serde_json::{Value, json};

use crate::world::World;

async fn get(world: &World, path: &str) -> (u16, Value, String) {
    let url = format!("{}{path}", world.place.endpoint());
    let answer = world.http.get(url).send().await.unwrap();
    let server = answer.headers()["server"].to_str().unwrap().to_owned();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap(), server)
}

#[tokio::test]
async fn what_does_not_exist_is_refused_and_still_signed() {
    let world = World::start().await;
    for path in [
        "/2015-03-31/functions/none/configuration",
        "/2021-10-31/functions/none/url",
        "/2099-01-01/nothing",
    ] {
        let (status, _, server) = get(&world, path).await;
        assert_eq!((status, server.as_str()), (404, local::SERVER), "{path}");
    }
    let refused = world
        .call(
            "DynamoDB_20120810.DescribeContinuousBackups",
            json!({"TableName": "none"}),
        )
        .await
        .unwrap_err();
    assert!(
        refused.1["__type"]
            .as_str()
            .unwrap()
            .ends_with("#TableNotFoundException")
    );
    world.end().await;
}

#[tokio::test]
async fn a_function_tells_its_settings_and_its_url() {
    let world = World::start().await;
    world.function_with("echo", |settings| {
        settings
            .environment
            .insert("POLICY".to_owned(), "x = 1".to_owned());
    });
    let (status, settings, _) = get(&world, "/2015-03-31/functions/echo/configuration").await;
    assert_eq!(status, 200);
    assert_eq!(settings["Handler"], "echo");
    assert_eq!(
        settings["Environment"]["Variables"],
        json!({"POLICY": "x = 1"})
    );
    let (status, url, _) = get(&world, "/2021-10-31/functions/echo/url").await;
    assert_eq!(status, 200);
    assert_eq!(url["FunctionUrl"], world.place.function_url("echo"));
    assert_eq!(url["AuthType"], "NONE");
    world.end().await;
}

#[tokio::test]
async fn a_table_has_no_backups_here() {
    let world = World::start().await;
    world.claims_table().await;
    let answer = world
        .call(
            "DynamoDB_20120810.DescribeContinuousBackups",
            json!({"TableName": "claims"}),
        )
        .await
        .unwrap();
    let backups = &answer["ContinuousBackupsDescription"];
    assert_eq!(
        backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        "DISABLED"
    );
    world.end().await;
}
