//! EventBridge Scheduler: refusals as the SDK's error types, and a schedule from its
//! creation to the execution that it starts.

use crate::world::{ROLE, World, until};
use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, ScheduleState, Target};
use serde_json::json;

fn window(mode: FlexibleTimeWindowMode) -> FlexibleTimeWindow {
    FlexibleTimeWindow::builder().mode(mode).build().unwrap()
}

fn target(arn: &str) -> Target {
    let target = Target::builder()
        .arn(arn)
        .role_arn(ROLE)
        .input(r#"{"tier":1}"#);
    target.build().unwrap()
}

#[tokio::test]
async fn refusals_are_the_sdks_own_errors() {
    let world = World::start().await;
    let create = |expression: &str, mode| {
        let create = world.schedules.create_schedule().name("reconcile");
        create
            .schedule_expression(expression)
            .flexible_time_window(window(mode))
            .target(target(
                "arn:aws:lambda:us-east-1:123456789012:function:none",
            ))
            .state(ScheduleState::Disabled)
            .send()
    };
    let error = create("rate(0 minutes)", FlexibleTimeWindowMode::Off).await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_validation_exception(), "{error:?}");
    let error = create("rate(1 minute)", FlexibleTimeWindowMode::Flexible).await;
    assert!(
        error
            .unwrap_err()
            .into_service_error()
            .is_validation_exception()
    );
    create("rate(1 minute)", FlexibleTimeWindowMode::Off)
        .await
        .unwrap();
    let error = create("rate(1 minute)", FlexibleTimeWindowMode::Off).await;
    assert!(
        error
            .unwrap_err()
            .into_service_error()
            .is_conflict_exception()
    );
    let error = world.schedules.get_schedule().name("none").send().await;
    assert!(
        error
            .unwrap_err()
            .into_service_error()
            .is_resource_not_found_exception()
    );
    let error = world.schedules.delete_schedule().name("none").send().await;
    assert!(
        error
            .unwrap_err()
            .into_service_error()
            .is_resource_not_found_exception()
    );
    world.end().await;
}

#[tokio::test]
async fn a_schedule_starts_an_execution_and_is_listed_updated_and_deleted() {
    let world = World::start().await;
    let states = json!({"Done": {"Type": "Succeed"}});
    let machine = world.machine("m", "Done", states).await;
    let created = world
        .schedules
        .create_schedule()
        .name("reconcile")
        .schedule_expression("rate(2 minutes)")
        .flexible_time_window(window(FlexibleTimeWindowMode::Off))
        .target(target(&machine))
        .send()
        .await
        .unwrap();
    let execution = until("the schedule has fired", || async {
        world.place.step_functions().executions().pop()
    })
    .await;
    let ended = world.ended(&execution).await;
    assert_eq!(ended.input.as_deref(), Some(r#"{"tier":1}"#));
    let schedule = world
        .schedules
        .get_schedule()
        .name("reconcile")
        .send()
        .await
        .unwrap();
    assert_eq!(schedule.arn.as_deref(), Some(created.schedule_arn()));
    assert_eq!(schedule.state, Some(ScheduleState::Enabled));
    assert_eq!(schedule.target.unwrap().arn, machine);
    assert!(schedule.creation_date.is_some());
    let update = world.schedules.update_schedule().name("reconcile");
    update
        .schedule_expression("cron(0 4 * * ? *)")
        .flexible_time_window(window(FlexibleTimeWindowMode::Off))
        .target(target(&machine))
        .state(ScheduleState::Disabled)
        .send()
        .await
        .unwrap();
    let list = world.schedules.list_schedules().name_prefix("rec");
    let listed = list.state(ScheduleState::Disabled).send().await.unwrap();
    assert_eq!(listed.schedules()[0].name(), Some("reconcile"));
    let delete = world.schedules.delete_schedule().name("reconcile");
    delete.send().await.unwrap();
    let listed = world.schedules.list_schedules().send().await.unwrap();
    assert!(listed.schedules().is_empty());
    world.end().await;
}
