//! Who may deliver: source addresses by CIDR. The address is what Lambda or API
//! Gateway saw (`requestContext`), never a header that a sender can write.

use std::net::IpAddr;

use handler::Settings;
use ipnet::IpNet;

use crate::answer::Answer;

/// `GITHUB_HOOK_CIDRS`; empty: anybody, the signature decides alone.
#[derive(Debug, Default)]
pub(crate) struct Sources(Vec<IpNet>);

impl Sources {
    pub(crate) fn read(settings: &mut Settings) -> Self {
        let text = settings.or("GITHUB_HOOK_CIDRS", "");
        let mut nets = Vec::new();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            match part.parse() {
                Ok(net) => nets.push(net),
                Err(_) => settings.problem(format!(
                    "GITHUB_HOOK_CIDRS holds {part:?} but must be CIDRs such as 192.30.252.0/22 or 2a0a:a440::/29, separated by commas"
                )),
            }
        }
        Self(nets)
    }

    /// An address that is not known is not allowed.
    pub(crate) fn check(&self, address: Option<&str>) -> Result<(), Answer> {
        if self.0.is_empty() {
            return Ok(());
        }
        let known: Option<IpAddr> = address.and_then(|address| address.parse().ok());
        let known = known.map(|address| address.to_canonical());
        if known.is_some_and(|address| self.0.iter().any(|net| net.contains(&address))) {
            return Ok(());
        }
        let known = known.map(|address| address.to_string());
        tracing::warn!(
            address = known.as_deref().unwrap_or("unknown"),
            status = 403,
            "source address refused"
        );
        Err(Answer::new(
            403,
            "Deliveries from this source address are not taken: GITHUB_HOOK_CIDRS does not hold it.",
        ))
    }
}
