//! Versions and aliases of state machines and functions, by the SDKs.

use crate::world::{ROLE, World};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_sfn::types::RoutingConfigurationListItem as Route;
use local::FunctionSettings;
use serde_json::json;

fn route(version: &str, weight: i32) -> Route {
    let route = Route::builder().state_machine_version_arn(version);
    route.weight(weight).build().unwrap()
}

fn ends_with(output: &str) -> String {
    let done = json!({"Type": "Succeed", "Output": output});
    json!({"QueryLanguage": "JSONata", "StartAt": "Done", "States": {"Done": done}}).to_string()
}

/// A machine with two versions, the first under the alias `live`.
async fn released(world: &World) -> (String, String, String, String) {
    let create = world.executions.create_state_machine().name("m");
    let create = create.role_arn(ROLE).definition(ends_with("one"));
    let created = create.publish(true).send().await.unwrap();
    let (machine, first) = (
        created.state_machine_arn,
        created.state_machine_version_arn.unwrap(),
    );
    let update = world.executions.update_state_machine();
    let update = update.state_machine_arn(&machine).publish(true);
    let updated = update.definition(ends_with("two")).send().await.unwrap();
    let alias = world.executions.create_state_machine_alias().name("live");
    let alias = alias.routing_configuration(route(&first, 100));
    let alias = alias.send().await.unwrap().state_machine_alias_arn;
    let second = updated.state_machine_version_arn.unwrap();
    (machine, first, second, alias)
}

#[tokio::test]
async fn what_is_no_version_is_refused() {
    let world = World::start().await;
    let (machine, first, ..) = released(&world).await;
    let start = world.executions.start_execution();
    let none = start.state_machine_arn(format!("{machine}:none"));
    let error = none.send().await.unwrap_err().into_service_error();
    assert!(error.is_state_machine_does_not_exist(), "{error:?}");
    for routes in [
        vec![route(&format!("{machine}:9"), 100)],
        vec![route(&first, 90)],
    ] {
        let alias = world.executions.create_state_machine_alias().name("a");
        let alias = alias.set_routing_configuration(Some(routes));
        assert!(alias.send().await.is_err());
    }
    let publish = world.executions.publish_state_machine_version();
    let publish = publish.state_machine_arn(&machine).revision_id("old");
    let error = publish.send().await.unwrap_err().into_service_error();
    assert!(error.is_conflict_exception(), "{error:?}");
    // A version that an alias leads to stays.
    let delete = world.executions.delete_state_machine_version();
    let delete = delete.state_machine_version_arn(&first).send().await;
    let error = delete.unwrap_err().into_service_error();
    assert!(error.is_conflict_exception(), "{error:?}");
    world.end().await;
}

#[tokio::test]
async fn an_execution_keeps_the_version_that_its_alias_led_to() {
    let world = World::start().await;
    let (machine, first, second, alias) = released(&world).await;
    let before = world.ended(&world.run(&alias, &json!({})).await).await;
    let update = world.executions.update_state_machine_alias();
    let update = update.state_machine_alias_arn(&alias);
    let update = update.routing_configuration(route(&second, 100));
    update.send().await.unwrap();
    let after = world.ended(&world.run(&alias, &json!({})).await).await;
    for (execution, version, output) in [(before, &first, "\"one\""), (after, &second, "\"two\"")] {
        assert_eq!(execution.output(), Some(output));
        assert_eq!(execution.state_machine_arn, machine);
        assert_eq!(execution.state_machine_version_arn.as_ref(), Some(version));
        assert_eq!(execution.state_machine_alias_arn.as_ref(), Some(&alias));
    }
    // By version, and by neither.
    let by_version = world.ended(&world.run(&first, &json!({})).await).await;
    assert_eq!(by_version.output(), Some("\"one\""));
    assert_eq!(by_version.state_machine_alias_arn, None);
    let plain = world.ended(&world.run(&machine, &json!({})).await).await;
    assert_eq!(plain.output(), Some("\"two\""));
    assert_eq!(plain.state_machine_version_arn, None);
    for (arn, count) in [(&machine, 4), (&alias, 2), (&first, 2), (&second, 1)] {
        let list = world.executions.list_executions().state_machine_arn(arn);
        let listed = list.send().await.unwrap().executions;
        assert_eq!(listed.len(), count, "{arn}");
    }

    let list = world.executions.list_state_machine_versions();
    let versions = list.state_machine_arn(&machine).send().await.unwrap();
    let versions = versions.state_machine_versions;
    let arns = versions.iter().map(|one| &one.state_machine_version_arn);
    assert_eq!(arns.collect::<Vec<_>>(), [&second, &first]);
    let describe = world.executions.describe_state_machine_alias();
    let described = describe.state_machine_alias_arn(&alias).send().await;
    let routes = described.unwrap().routing_configuration.unwrap();
    assert_eq!(routes, [route(&second, 100)]);
    world.end().await;
}

#[tokio::test]
async fn a_function_s_version_keeps_its_settings() {
    let world = World::start().await;
    let program = support::binaries().join("bootstrap");
    let deploy = |cpu: &str| {
        let mut settings = FunctionSettings::new("size", "size", program.clone());
        let policy = format!("[default]\ncpu = {cpu}\nmem = 4\n");
        settings.environment.insert("POLICY".to_owned(), policy);
        world.place.create_function(settings).unwrap();
    };
    deploy("1");
    let publish = || world.functions.publish_version().function_name("size");
    let version = |answer: aws_sdk_lambda::operation::publish_version::PublishVersionOutput| {
        answer.version.unwrap()
    };
    assert_eq!(version(publish().send().await.unwrap()), "1");
    // Nothing has changed: the same version.
    assert_eq!(version(publish().send().await.unwrap()), "1");
    let alias = world.functions.create_alias().function_name("size");
    let alias = alias.name("live").function_version("1");
    let alias = alias.send().await.unwrap().alias_arn.unwrap();
    deploy("2");
    assert_eq!(version(publish().send().await.unwrap()), "2");

    let cpu = async |name: &str| {
        let event = json!({"version": 1, "detail": {"action": "queued", "version": 1,
            "workflow_job": {"id": 1, "run_id": 2, "run_attempt": 1, "labels": ["self-hosted"]},
            "repository": {"full_name": "o/r", "private": true, "owner": {"login": "o"}}}});
        let invoke = world.functions.invoke().function_name(name);
        let answer = invoke.payload(Blob::new(event.to_string())).send().await;
        let answer = answer.unwrap();
        let out: serde_json::Value =
            serde_json::from_slice(answer.payload.unwrap().as_ref()).unwrap();
        let executed = answer.executed_version.unwrap();
        (executed, out["size"]["cpu"].as_u64().unwrap_or_default())
    };
    assert_eq!(cpu("size").await.0, "$LATEST");
    for (name, executed, cpus) in [
        ("size:1", "1", 1024),
        (alias.as_str(), "1", 1024),
        ("size:2", "2", 2048),
    ] {
        assert_eq!(cpu(name).await, (executed.to_owned(), cpus), "{name}");
    }
    let update = world.functions.update_alias().function_name("size");
    let update = update.name("live").function_version("2").send().await;
    assert_eq!(update.unwrap().function_version.unwrap(), "2");
    assert_eq!(cpu("size:live").await, ("2".to_owned(), 2048));
    let none = world
        .functions
        .get_alias()
        .function_name("size")
        .name("none");
    let error = none.send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    world.end().await;
}
