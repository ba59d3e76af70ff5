//! Filter patterns: what is refused and in which words, and what is found.

use serde_json::{Value, json};

use crate::world::{World, refused, text};

const GROUP: &str = "/aws/lambda/echo";

const LINES: [&str; 7] = [
    "[ERROR 400] bad request",
    "[ERROR 401] unauthorized request",
    "[WARN 400] \"quoted\" request",
    r#"{"level":"info","job_id":7,"fields":{"state":"queued","tries":[1,20]}}"#,
    r#"{"level":"error","job_id":8,"fields":{"state":"failed"}}"#,
    r#"{"level":"error","job_id":"8","a b":"c*d"}"#,
    "[1,2]",
];

async fn filled() -> World {
    let world = World::start().await;
    for line in LINES {
        let now = local::clock::Clock::system().now();
        world.place.logs().append(GROUP, "one", now, line);
    }
    world
}

async fn filter(world: &World, pattern: &str) -> Result<Vec<usize>, String> {
    let input = json!({"logGroupName": GROUP, "filterPattern": pattern});
    let answer = world.call("Logs_20140328.FilterLogEvents", input).await;
    if answer.is_err() {
        let (name, message) = refused(answer);
        assert_eq!(name, "InvalidParameterException");
        return Err(message);
    }
    let answer = answer.unwrap();
    let messages = answer["events"].as_array().unwrap().iter();
    let number = |event: &Value| LINES.iter().position(|line| *line == event["message"]);
    Ok(messages.map(|event| number(event).unwrap()).collect())
}

#[tokio::test]
async fn what_is_not_supported_is_refused_by_its_name() {
    let world = filled().await;
    for (pattern, words) in [
        ("%ERR.*%", "regular expressions"),
        ("ERROR %ERR.*%", "regular expressions"),
        ("[ip, user, ...]", "space-delimited patterns"),
        ("bad-request", "\"bad-request\" has the character '-'"),
        ("\"bad", "is not closed"),
        ("ERROR \"\"", "is empty"),
        ("ERROR -", "stands without a term"),
        ("{ $.level IS TRUE }", "the operator IS is not supported"),
        (
            "{ $.level NOT EXISTS }",
            "the operator NOT is not supported",
        ),
        ("{ $.level = %e% }", "regular expressions"),
        ("{ $.*.state = \"x\" }", "wildcards in selectors"),
        ("{ $.a[*] = 1 }", "wildcards in selectors"),
        ("{ $.level > \"x\" }", "> compares numbers only"),
        ("{ $.level = }", "a value is missing"),
        ("{ level = 1 }", "a selector ($.field) is missing"),
        ("{ $ = 1 }", "must name a field"),
        ("{ $.level }", "an operator must follow a selector"),
        ("{ $.level = 1", "is not closed"),
        ("{ ($.level = 1 }", "parenthesis ( is not closed"),
        ("{ $.level = 1 $.job_id = 2 }", "is not expected"),
        ("{ $.level = 1 || }", "a selector ($.field) is missing"),
    ] {
        let message = filter(&world, pattern).await.unwrap_err();
        assert!(message.contains(words), "{pattern}: {message}");
    }
    let deep = format!("{{{}$.a = 1{}}}", "(".repeat(400), ")".repeat(400));
    let message = filter(&world, &deep).await.unwrap_err();
    assert!(message.contains("nested deeper"), "{message}");
    let message = filter(&world, &"x".repeat(1025)).await.unwrap_err();
    assert!(
        message.contains("length less than or equal to 1024"),
        "{message}"
    );
    world.end().await;
}

#[tokio::test]
async fn terms_are_found_anywhere_and_in_the_same_case() {
    let world = filled().await;
    let all: Vec<usize> = (0..LINES.len()).collect();
    for (pattern, wanted) in [
        ("", &all[..]),
        ("  ", &all),
        ("ERROR", &[0, 1]),
        ("error", &[4, 5]),
        ("ERROR request", &[0, 1]),
        ("ERROR -401", &[0]),
        ("-request", &[3, 4, 5, 6]),
        ("\"bad request\"", &[0]),
        ("request -\"bad request\" -WARN", &[1]),
        ("\"\\\"quoted\\\"\"", &[2]),
        ("?ERROR ?WARN", &[0, 1, 2]),
        ("?\"bad request\" ?queued", &[0, 3]),
        // Optional terms beside others count for nothing.
        ("request ?nowhere", &[0, 1, 2]),
        ("nowhere", &[]),
    ] {
        assert_eq!(filter(&world, pattern).await.unwrap(), wanted, "{pattern}");
    }
    world.end().await;
}

#[tokio::test]
async fn fields_of_json_lines_are_compared() {
    let world = filled().await;
    for (pattern, wanted) in [
        ("{ $.level = \"error\" }", &[4, 5][..]),
        ("{$.level=error}", &[4, 5]),
        ("{ $.level != \"error\" }", &[3]),
        ("{ $.level = \"ERROR\" }", &[]),
        ("{ $.level = \"e*r\" }", &[4, 5]),
        ("{ $.level = * }", &[3, 4, 5]),
        ("{ $.job_id = 8 }", &[4]),
        ("{ $.job_id != 8 }", &[3]),
        ("{ $.job_id = \"8\" }", &[5]),
        ("{ $.job_id >= 7 && $.job_id < 8 }", &[3]),
        ("{ $.job_id <= 7.5 }", &[3]),
        ("{ $.job_id > -1 }", &[3, 4]),
        ("{ $.fields.state = \"queued\" }", &[3]),
        ("{ $.fields.tries[1] = 20 }", &[3]),
        ("{ $[\"a b\"] = \"c*d\" }", &[5]),
        ("{ $.missing != 1 }", &[]),
        // && binds closer than ||.
        (
            "{ $.job_id = 7 || $.level = error && $.job_id = 8 }",
            &[3, 4],
        ),
        (
            "{ ($.job_id = 7 || $.level = error) && $.job_id = 8 }",
            &[4],
        ),
    ] {
        assert_eq!(filter(&world, pattern).await.unwrap(), wanted, "{pattern}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_functions_own_lines_are_found() {
    let world = World::start().await;
    world.function("echo");
    let body = bytes::Bytes::from_static(b"{}");
    let invoked = world.place.lambda().invoke("echo", body).await.unwrap();
    let input =
        json!({"logGroupName": GROUP, "filterPattern": format!("\"{}\" -END", invoked.request_id)});
    let found = crate::world::until("the report is read", async || {
        let found = world.call("Logs_20140328.FilterLogEvents", input.clone());
        let found = found.await.unwrap()["events"].as_array().unwrap().clone();
        (found.len() == 2).then_some(found)
    })
    .await;
    assert!(text(&found[0]["message"]).starts_with("START"));
    assert!(text(&found[1]["message"]).starts_with("REPORT"));
    world.end().await;
}
