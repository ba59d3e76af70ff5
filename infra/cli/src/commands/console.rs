//! `jit-runners console`: the web page of a fleet, on AWS or in a local place.

use crate::output;
use crate::setup::{browser, random_text};
use crate::signals::Signals;
use crate::target::Target;
use ::console::{Bound, Console as Server, PATH, Settings};
use anyhow::{Context as _, Result};
use clap::Args;
use observe::fleet::Fleet;
use secrecy::{ExposeSecret as _, SecretString};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// The shortest token that a person may choose.
const SHORTEST: usize = 16;
/// The exit code of wrong usage.
const WRONG_USAGE: u8 = 2;

#[derive(Debug, Args)]
pub(super) struct Console {
    #[command(flatten)]
    target: Target,
    /// The address to listen on; any but loopback asks visitors for a token, and needs TLS in front of it
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    bind: IpAddr,
    /// The port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 4580, value_name = "N")]
    port: u16,
    /// What visitors have to bring along; a random one where --bind is not loopback
    #[arg(
        long,
        env = "JIT_RUNNERS_CONSOLE_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    token: Option<SecretString>,
    /// Show everything, change nothing: no redrive, no cancel
    #[arg(long)]
    read_only: bool,
    /// A name or address, without a port, that browsers reach the console by: behind a proxy, or on another machine
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Open the page in the browser
    #[arg(long, overrides_with = "no_open")]
    open: bool,
    /// Only print the page's address; so it is where --open is not given
    #[arg(long)]
    no_open: bool,
}

impl Console {
    pub(super) async fn run(self) -> Result<ExitCode> {
        if let Some(wrong) = self.wrong() {
            eprintln!("jit-runners: {wrong}: see jit-runners console --help");
            return Ok(ExitCode::from(WRONG_USAGE));
        }
        let mut signals = Signals::listen()?;
        log();
        let fleet = Fleet::new(&self.target.config().await?, self.target.names());
        let bound = Bound::open(SocketAddr::new(self.bind, self.port))
            .await
            .with_context(|| {
                format!(
                    "port {} on {} cannot be opened: choose another by --port, or 0 for a free one",
                    self.port, self.bind
                )
            })?;
        let address = bound.address()?;
        let token = token_for(address, self.token);
        let name = fleet.names().fleet().to_owned();
        let mut allowed_hosts = self.allow_host;
        let base = url(allowed_hosts.first(), address);
        if !address.ip().is_unspecified() {
            allowed_hosts.push(host(address.ip()));
        }
        let settings = Settings {
            read_only: self.read_only,
            token: token.clone(),
            allowed_hosts,
            ..Settings::of(&fleet)
        };
        let server = bound.serve(Server::new(fleet, settings));
        let page = match &token {
            None => format!("{base}{PATH}/"),
            Some(token) => {
                let query = form_urlencoded::Serializer::new(String::new())
                    .append_pair("token", token.expose_secret())
                    .finish();
                format!("{base}{PATH}/?{query}")
            }
        };
        output::result(&format!(
            "The console of the fleet {name} is at {page}\nCtrl-C stops it.\n"
        ));
        if self.open {
            browser::open(&page);
        }
        signals.asked_to_end().await;
        server.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }

    /// What cannot be meant.
    fn wrong(&self) -> Option<String> {
        let short = |token: &SecretString| token.expose_secret().len() < SHORTEST;
        if self.token.as_ref().is_some_and(short) {
            return Some(format!(
                "the token is too short to keep anybody out: give {SHORTEST} characters or more, or none for a random one"
            ));
        }
        if self.bind.is_unspecified() && self.allow_host.is_empty() {
            return Some(format!(
                "--bind {} listens on every address, so the console cannot know its own name: give the one that browsers use by --allow-host",
                self.bind
            ));
        }
        let usable = |name: &String| {
            let name = name.strip_prefix('[').map_or(name.as_str(), |rest| {
                rest.strip_suffix(']')
                    .filter(|rest| rest.parse::<Ipv6Addr>().is_ok())
                    .map_or("", |_| "v6")
            });
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        };
        let odd = self.allow_host.iter().find(|name| !usable(name))?;
        Some(format!(
            "--allow-host {odd:?} is no host: give a name or an address without scheme, port and path, an IPv6 address in brackets"
        ))
    }
}

/// What visitors have to bring along: nothing on loopback unless asked for, else
/// never nothing.
fn token_for(address: SocketAddr, given: Option<SecretString>) -> Option<SecretString> {
    given.or_else(|| (!address.ip().is_loopback()).then(|| random_text().into()))
}

/// What browsers reach it by.
fn url(name: Option<&String>, address: SocketAddr) -> String {
    match name {
        Some(name) if !address.ip().is_loopback() => format!("http://{name}:{}", address.port()),
        _ => format!("http://{address}"),
    }
}

/// An address as a request's Host has it.
fn host(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// What the console does, on standard error; RUST_LOG says how much.
fn log() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error,console=info"));
    // A program that logs already keeps its way.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> SocketAddr {
        address.parse().unwrap()
    }

    #[test]
    fn off_loopback_there_is_always_a_random_token() {
        let random = |address| token_for(at(address), None);
        for address in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1"] {
            assert!(random(address).is_none(), "{address}");
        }
        for address in ["0.0.0.0:1", "192.0.2.7:1", "[::]:1", "[2001:db8::7]:1"] {
            let (one, other) = (random(address).unwrap(), random(address).unwrap());
            assert!(one.expose_secret().len() >= 43, "{address}");
            assert_ne!(one.expose_secret(), other.expose_secret());
        }
        let given = token_for(at("0.0.0.0:1"), Some("chosen-by-a-person".into()));
        assert_eq!(given.unwrap().expose_secret(), "chosen-by-a-person");
    }

    #[test]
    fn the_address_is_what_browsers_reach() {
        let name = "console.example".to_owned();
        assert_eq!(url(None, at("127.0.0.1:7")), "http://127.0.0.1:7");
        assert_eq!(url(Some(&name), at("127.0.0.1:7")), "http://127.0.0.1:7");
        assert_eq!(
            url(Some(&name), at("0.0.0.0:7")),
            "http://console.example:7"
        );
        assert_eq!(url(None, at("[2001:db8::7]:7")), "http://[2001:db8::7]:7");
        assert_eq!(host(at("[2001:db8::7]:7").ip()), "[2001:db8::7]");
    }
}
