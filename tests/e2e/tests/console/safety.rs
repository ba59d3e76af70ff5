//! Who may ask the console for what: by the Host, the token, the origin of a
//! change; and the headers that every answer has. All over HTTP, as other
//! people's pages, names and programs would ask.

use crate::given::{answer, csrf, failed, http, mounted, newest, redrive, served, tidy};
use reqwest::Method;
use serde_json::json;
use support::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// What every console answers to, whatever it is asked for.
const ADDRESSES: [&str; 6] = [
    "",
    "assets/app.js",
    "api/fleet",
    "api/executions",
    "api/executions/no-such",
    "no/such/thing",
];

/// What a server says to bytes that no client of ours would send.
async fn raw(base: &str, request: &str) -> String {
    let authority = base.strip_prefix("http://").unwrap();
    let authority = authority.split('/').next().unwrap();
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await.unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_names_of_its_own_are_answered() {
    let world = World::start().await;
    let (console, base) = served(&world, |settings| {
        settings.allowed_hosts = vec!["console.example".to_owned()];
    })
    .await;
    let asked_as = |host: &str, address: &str| {
        let request = http().get(format!("{base}{address}"));
        answer(request.header("host", host))
    };
    // A name that somebody else has pointed at this machine (DNS rebinding).
    for host in [
        "attacker.example",
        "127.0.0.1.attacker.example",
        "attacker.example:4580",
        "console.example.attacker.example",
        "0.0.0.0",
        "user@127.0.0.1",
    ] {
        for address in ADDRESSES {
            let (status, said) = asked_as(host, address).await;
            assert_eq!(status, 421, "{host} {address}: {said}");
            assert_eq!(said["error"], "HostNotAllowed");
        }
    }
    for host in [
        "localhost",
        "LOCALHOST:4580",
        "127.0.0.1:1",
        "[::1]:4580",
        "console.example",
        "Console.Example:443",
    ] {
        let (status, said) = asked_as(host, "api/fleet").await;
        assert_eq!(status, 200, "{host}: {said}");
    }
    for request in [
        "GET /console/api/fleet HTTP/1.1\r\nHost: localhost\r\nHost: attacker.example\r\nConnection: close\r\n\r\n",
        "GET http://attacker.example/console/api/fleet HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /console/api/fleet HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n",
    ] {
        let said = raw(&base, request).await;
        let refused = [" 421 ", " 400 "];
        let first = said.lines().next().unwrap_or_default();
        assert!(
            refused.iter().any(|status| first.contains(status)),
            "{request}: {said}"
        );
        assert!(!said.contains("csrf"), "{request}: {said}");
    }
    console.shutdown().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_keeps_everything_else_out() {
    let world = World::start().await;
    let (console, base) = mounted(&world).await;
    for address in ADDRESSES {
        for method in [Method::GET, Method::POST, Method::DELETE, Method::OPTIONS] {
            let request = http().request(method.clone(), format!("{base}{address}"));
            let answer = request.header("origin", "http://attacker.example");
            let answer = answer.send().await.unwrap();
            let of = |name: &str| {
                let value = answer.headers().get(name);
                value.map(|value| value.to_str().unwrap().to_owned())
            };
            let policy = of("content-security-policy").unwrap();
            for part in [
                "default-src 'none'",
                "script-src 'self'",
                "connect-src 'self'",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
            ] {
                assert!(policy.contains(part), "{method} {address}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(of("x-content-type-options").as_deref(), Some("nosniff"));
            assert_eq!(of("referrer-policy").as_deref(), Some("no-referrer"));
            let shared = answer.headers().keys();
            let shared = shared.filter(|name| name.as_str().starts_with("access-control"));
            assert_eq!(shared.count(), 0, "{method} {address} is for one origin");
            if method != Method::GET {
                assert!(answer.status().is_client_error(), "{method} {address}");
            }
        }
    }
    // Ways out of the folder of assets.
    for name in [
        "..%2fCargo.toml",
        "%2e%2e%2findex.html",
        "..",
        "app.js%00",
        "/etc/passwd",
    ] {
        let said = raw(
            &base,
            &format!("GET /console/assets/{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        )
        .await;
        assert!(said.starts_with("HTTP/1.1 404"), "{name}: {said}");
    }
    console.shutdown().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_has_to_come_from_the_console_s_own_page() {
    let world = failed(1).await;
    let (console, base) = mounted(&world).await;
    let name = newest(&world).await;
    let (csrf, own) = (csrf(&base).await, base.trim_end_matches("/console/"));
    let body = json!({"names": [name], "dry_run": false}).to_string();
    let good = [
        ("content-type", "application/json"),
        ("x-csrf-token", csrf.as_str()),
        ("origin", own),
        ("sec-fetch-site", "same-origin"),
    ];
    // Each of them alone makes it somebody else's.
    for (header, value) in [
        ("content-type", "text/plain"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-csrf-token", ""),
        ("x-csrf-token", "0123456789abcdef"),
        ("origin", "http://attacker.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
    ] {
        for address in [
            "api/redrive".to_owned(),
            format!("api/executions/{name}/cancel"),
        ] {
            let mut request = http().post(format!("{base}{address}")).body(body.clone());
            for (known, right) in good {
                request = request.header(known, if known == header { value } else { right });
            }
            let (status, said) = answer(request).await;
            assert_eq!(status, 403, "{header}: {value}: {said}");
            assert_eq!(said["error"], "ForbiddenOrigin");
        }
    }
    // A read that another site's page asks for.
    let read = http().get(format!("{base}api/executions"));
    let (status, _) = answer(read.header("sec-fetch-site", "cross-site")).await;
    assert_eq!(status, 403);
    // A change by a read, and what is no redrive.
    let (status, _) = answer(http().get(format!("{base}api/redrive"))).await;
    assert_eq!(status, 405);
    for (wrong, wanted) in [
        (json!({}), 400),
        (json!({"names": []}), 400),
        (json!({"names": [name], "filter": {}}), 400),
        (json!({"filter": {"repo": "a"}}), 400),
        (json!({"filter": {"status": "RUNNING"}}), 400),
        (json!({"names": [name], "dryrun": true}), 400),
        (json!({"names": ["x".repeat(2_000_000)]}), 413),
    ] {
        let request = http().post(format!("{base}api/redrive"));
        let request = request.header("x-csrf-token", &csrf).json(&wrong);
        let (status, said) = answer(request).await;
        assert_eq!(status, wanted, "{said}");
    }
    assert!(world.failed().await.is_some(), "nothing was redriven");

    let mut request = http().post(format!("{base}api/redrive")).body(body);
    for (name, value) in good {
        request = request.header(name, value);
    }
    let (status, said) = answer(request).await;
    assert_eq!((status, &said["count"]), (200, &json!(1)), "{said}");
    world.all_jobs_are_over().await;
    console.shutdown().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_only_shows_changes_nothing_for_anybody() {
    let world = failed(1).await;
    let (console, base) = served(&world, |settings| settings.read_only = true).await;
    let name = newest(&world).await;
    let csrf = csrf(&base).await;
    let cancel = http().post(format!("{base}api/executions/{name}/cancel"));
    let cancel = cancel.header("x-csrf-token", &csrf).json(&json!({}));
    for request in [redrive(&base, &csrf, &name), cancel] {
        let (status, said) = answer(request).await;
        assert_eq!(
            (status, &said["error"]),
            (403, &json!("ReadOnly")),
            "{said}"
        );
    }
    let (_, fleet) = answer(http().get(format!("{base}api/fleet"))).await;
    assert_eq!(fleet["read_only"], true);
    assert!(world.failed().await.is_some(), "it is as it was");
    console.shutdown().await;
    tidy(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_a_token_nobody_comes_in_without_it() {
    let world = World::start().await;
    let secret = "a token/of+this&test=";
    let (console, base) = served(&world, |settings| {
        settings.token = Some(secret.to_owned().into());
    })
    .await;
    for address in ADDRESSES {
        for request in [
            http().get(format!("{base}{address}")),
            http()
                .get(format!("{base}{address}"))
                .query(&[("token", "a token")]),
            http()
                .get(format!("{base}{address}"))
                .header("cookie", "jit-runners-console=x"),
            http().get(format!("{base}{address}")).bearer_auth(secret),
            http()
                .post(format!("{base}{address}"))
                .query(&[("token", secret)]),
        ] {
            let (status, said) = answer(request).await;
            assert_eq!(status, 401, "{address}: {said}");
            assert_eq!(said["error"], "TokenMissing", "{address}");
        }
    }
    let visit = http().get(&base).query(&[("token", secret)]);
    let welcome = visit.send().await.unwrap();
    assert_eq!(welcome.status().as_u16(), 303);
    let of = |name: &str| welcome.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(of("location"), "./", "without the token");
    let cookie = of("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    assert!(
        !cookie.contains("token"),
        "the cookie is not the token: {cookie}"
    );
    let pair = cookie.split(';').next().unwrap().to_owned();
    let (status, fleet) = answer(
        http()
            .get(format!("{base}api/fleet"))
            .header("cookie", &pair),
    )
    .await;
    assert_eq!(status, 200, "{fleet}");
    // Coming in is not yet changing: the page's own token is asked for as well.
    let change = redrive(&base, "", "any").header("cookie", &pair);
    let (status, said) = answer(change).await;
    assert_eq!(
        (status, &said["error"]),
        (403, &json!("ForbiddenOrigin")),
        "{said}"
    );
    // The door beside the console keeps the token for the console.
    let root = base.trim_end_matches("console/");
    let lead = http()
        .get(root)
        .query(&[("token", secret)])
        .send()
        .await
        .unwrap();
    assert_eq!(lead.status().as_u16(), 307);
    console.shutdown().await;
    world.nothing_is_left().await;
}
