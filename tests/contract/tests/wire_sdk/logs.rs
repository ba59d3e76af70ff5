//! CloudWatch Logs: refusals as the SDK's error types, and every page in its
//! order, both ways.

use crate::world::World;
use aws_sdk_cloudwatchlogs::operation::filter_log_events::FilterLogEventsOutput;
use aws_sdk_cloudwatchlogs::types::{FilteredLogEvent, OrderBy};
use local::clock::Clock;

const GROUP: &str = "/ecs/jit-runners";

/// Streams `a`, `b` and `c`; line `n` of all is printed by one after the other,
/// ten milliseconds apart.
async fn filled(lines: i64) -> World {
    let world = World::start().await;
    let begin = Clock::system().now();
    for number in 0..lines {
        let at = begin + std::time::Duration::from_millis(10 * number as u64);
        let stream = ["a", "b", "c"][number as usize % 3];
        let logs = world.place.logs();
        logs.append(GROUP, stream, at, &format!("line {number}"));
    }
    world
}

fn numbers<'a>(messages: impl Iterator<Item = Option<&'a str>>) -> Vec<i64> {
    messages
        .map(|message| {
            message
                .unwrap()
                .trim_start_matches("line ")
                .parse()
                .unwrap()
        })
        .collect()
}

/// The events of all pages, none of which is empty.
fn events_of(pages: Vec<FilterLogEventsOutput>) -> Vec<FilteredLogEvent> {
    assert!(pages.iter().all(|page| !page.events().is_empty()));
    let events = pages.into_iter().filter_map(|page| page.events);
    events.flatten().collect()
}

#[tokio::test]
async fn what_aws_refuses_is_refused_by_its_name() {
    let world = filled(3).await;
    let get = || world.logs.get_log_events().log_group_name(GROUP);
    let filter = || world.logs.filter_log_events().log_group_name(GROUP);
    let none = get().log_stream_name("none").send().await;
    let error = none.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    for request in [
        get().log_stream_name("a").limit(0),
        get().log_stream_name("a").limit(10_001),
        get().log_stream_name("a").next_token("nonsense"),
        get().log_stream_name("a").start_time(2).end_time(1),
        get().log_stream_name("a").log_group_identifier(GROUP),
    ] {
        let error = request.send().await.unwrap_err().into_service_error();
        assert!(error.is_invalid_parameter_exception(), "{error:?}");
    }
    let many = (0..101).map(|number| number.to_string()).collect();
    for request in [
        filter().log_stream_names("a").log_stream_name_prefix("a"),
        filter().set_log_stream_names(Some(many)),
        filter().limit(10_001),
        filter().next_token("nonsense"),
        filter().filter_pattern("%regex%"),
    ] {
        let error = request.send().await.unwrap_err().into_service_error();
        assert!(error.is_invalid_parameter_exception(), "{error:?}");
    }
    let error = filter().log_stream_names("none").send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    let streams = || world.logs.describe_log_streams().log_group_name(GROUP);
    for request in [
        streams().limit(51),
        streams().next_token("nonsense"),
        streams()
            .order_by(OrderBy::LastEventTime)
            .log_stream_name_prefix("a"),
    ] {
        let error = request.send().await.unwrap_err().into_service_error();
        assert!(error.is_invalid_parameter_exception(), "{error:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_stream_is_read_from_its_end_and_from_its_head() {
    let world = filled(30).await;
    let stream: Vec<i64> = (0..30).step_by(3).collect();
    let get = |token: Option<String>, head: Option<bool>| {
        let request = world.logs.get_log_events().log_group_name(GROUP);
        let request = request.log_stream_name("a").limit(4);
        let request = request.set_next_token(token).set_start_from_head(head);
        async {
            let page = request.send().await.unwrap();
            let seen = numbers(page.events().iter().map(|event| event.message()));
            (
                seen,
                page.next_forward_token.unwrap(),
                page.next_backward_token.unwrap(),
            )
        }
    };
    // The newest come first, each page in order of time; then back to the head.
    let (seen, newest, mut back) = get(None, None).await;
    assert_eq!(seen, stream[6..]);
    for wanted in [&stream[2..6], &stream[..2], &[]] {
        let (seen, _, before) = get(Some(back.clone()), None).await;
        assert_eq!(seen, wanted);
        assert_eq!(
            before == back,
            wanted.is_empty(),
            "the same token is the end"
        );
        back = before;
    }
    // From the head on, to the end and no further.
    let (seen, mut forward, _) = get(None, Some(true)).await;
    assert_eq!(seen, stream[..4]);
    for wanted in [&stream[4..8], &stream[8..], &[], &[]] {
        let (seen, after, _) = get(Some(forward.clone()), Some(true)).await;
        assert_eq!(seen, wanted);
        assert_eq!(
            after == forward,
            wanted.is_empty(),
            "the same token is the end"
        );
        forward = after;
    }
    assert_eq!(newest, forward);
    // What is printed later is found by the last token.
    let later = Clock::system().now() + std::time::Duration::from_secs(60);
    world.place.logs().append(GROUP, "a", later, "line 99");
    let (seen, _, back) = get(Some(forward), Some(true)).await;
    assert_eq!(seen, [99]);
    assert_eq!(get(Some(back), Some(true)).await.0, stream[6..]);
    world.end().await;
}

#[tokio::test]
async fn a_search_interleaves_the_streams_and_its_pages_are_whole() {
    let world = filled(50).await;
    let all: Vec<i64> = (0..50).collect();
    let filter = || world.logs.filter_log_events().log_group_name(GROUP);
    let pages = filter().limit(7).into_paginator().send();
    let events = events_of(pages.collect::<Result<Vec<_>, _>>().await.unwrap());
    let seen = numbers(events.iter().map(|event| event.message()));
    assert_eq!(seen, all);
    let mut ids: Vec<_> = events.iter().map(|event| event.event_id()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 50);
    // Newest first, where that is asked for.
    let pages = filter().limit(7).start_from_head(false);
    let pages = pages.into_paginator().send();
    let events = events_of(pages.collect::<Result<Vec<_>, _>>().await.unwrap());
    let seen = numbers(events.iter().map(|event| event.message()));
    assert!(seen.iter().rev().eq(&all), "{seen:?}");
    // Some streams, some time; the end is part of it, unlike in GetLogEvents.
    let time = |number: usize| events[49 - number].timestamp().unwrap();
    let some = filter().log_stream_names("a").log_stream_names("c");
    let some = some.start_time(time(3)).end_time(time(8)).send().await;
    let some = some.unwrap();
    let seen = numbers(some.events().iter().map(|event| event.message()));
    assert_eq!((seen, some.next_token()), (vec![3, 5, 6, 8], None));
    let of_one = world.logs.get_log_events().log_group_name(GROUP);
    let of_one = of_one.log_stream_name("a").start_from_head(true);
    let of_one = of_one.start_time(time(3)).end_time(time(9)).send().await;
    let of_one = of_one.unwrap();
    let seen = numbers(of_one.events().iter().map(|event| event.message()));
    assert_eq!(seen, [3, 6]);
    world.end().await;
}

#[tokio::test]
async fn a_page_ends_where_it_would_be_larger_than_aws_sends() {
    let world = World::start().await;
    let long = "x".repeat(300 * 1024);
    for _ in 0..8 {
        let now = Clock::system().now();
        world.place.logs().append(GROUP, "a", now, &long);
    }
    let filter = || world.logs.filter_log_events().log_group_name(GROUP);
    let first = filter().send().await.unwrap();
    assert_eq!(first.events().len(), 3);
    let rest = filter()
        .set_next_token(first.next_token)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (rest.events().len(), rest.next_token().is_some()),
        (3, true)
    );
    world.end().await;
}

#[tokio::test]
async fn groups_and_streams_are_listed_page_by_page() {
    let world = filled(30).await;
    let begin = Clock::system().now();
    for number in 0..60 {
        // The higher the number, the older the last event.
        let at = begin - std::time::Duration::from_secs(number);
        let (group, stream) = (format!("/many/{number:02}"), format!("{number:02}"));
        let logs = world.place.logs();
        logs.append(&group, "s", at, "line");
        logs.append("/streams", &stream, at, "line");
    }
    let groups = world.logs.describe_log_groups();
    let groups = groups.log_group_name_prefix("/many/");
    let first = groups.clone().send().await.unwrap();
    assert_eq!(
        (first.log_groups().len(), first.next_token().is_some()),
        (50, true)
    );
    let all = groups.limit(7).into_paginator().items().send();
    let all = all.collect::<Result<Vec<_>, _>>().await.unwrap();
    let names: Vec<_> = all
        .iter()
        .map(|one| one.log_group_name().unwrap())
        .collect();
    assert!(names.len() == 60 && names.is_sorted(), "{names:?}");
    assert!(all[0].arn().unwrap().ends_with(":log-group:/many/00:*"));
    let arn = all[0].log_group_arn().unwrap();
    let by_arn = world.logs.describe_log_streams().log_group_identifier(arn);
    assert_eq!(by_arn.send().await.unwrap().log_streams().len(), 1);
    let list = async |order: OrderBy, descending: bool| {
        let streams = world.logs.describe_log_streams().log_group_name("/streams");
        let streams = streams.order_by(order).descending(descending).limit(13);
        let all = streams.into_paginator().items().send();
        let all = all.collect::<Result<Vec<_>, _>>().await.unwrap();
        let name = |one: &aws_sdk_cloudwatchlogs::types::LogStream| one.log_stream_name.clone();
        all.iter().map(|one| name(one).unwrap()).collect::<Vec<_>>()
    };
    let up: Vec<String> = (0..60).map(|number| format!("{number:02}")).collect();
    let down: Vec<String> = up.iter().rev().cloned().collect();
    assert_eq!(list(OrderBy::LogStreamName, false).await, up);
    assert_eq!(list(OrderBy::LogStreamName, true).await, down);
    assert_eq!(list(OrderBy::LastEventTime, false).await, down);
    assert_eq!(list(OrderBy::LastEventTime, true).await, up);
    world.end().await;
}
