//! `aws scheduler`: a schedule is created, looked at and refused.

use crate::command::Story;

#[tokio::test]
async fn a_schedule_is_created_and_looked_at() {
    let Some(story) = Story::start().await else {
        return;
    };
    let target = r#"{"Arn": "arn:aws:lambda:us-east-1:123456789012:function:reconcile", "RoleArn": "arn:aws:iam::123456789012:role/r"}"#;
    let create = |expression: &'static str| {
        [
            "scheduler",
            "create-schedule",
            "--name",
            "reconcile",
            "--state",
            "DISABLED",
            "--flexible-time-window",
            "Mode=OFF",
            "--target",
            target,
            "--schedule-expression",
            expression,
        ]
    };
    let said = story.refused(&create("every(5 minutes)")).await;
    assert!(said.contains("(ValidationException)"), "{said}");
    let created = story.aws(&create("rate(5 minutes)")).await;
    let seen = story
        .aws(&["scheduler", "get-schedule", "--name", "reconcile"])
        .await;
    assert_eq!(seen["Arn"], created["ScheduleArn"]);
    assert_eq!(seen["State"], "DISABLED");
    assert_eq!(seen["ScheduleExpression"], "rate(5 minutes)");
    story.end().await;
}
