//! Which occurrences a fault is for: words that the occurrence must have.

/// Whether every word of `on` is one of the subject's. `*` stands for any text.
pub(crate) fn fits(on: &str, subject: &[&str]) -> bool {
    on.split_whitespace()
        .all(|word| subject.iter().any(|part| is_like(word, part)))
}

/// Without regard to case, as GitHub's names and AWS's differ in it.
fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    // There is always a first part.
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn every_word_must_be_one_of_the_subjects() {
        let subject = [
            "mint-runner",
            "POST",
            "/orgs/acme/actions/runners/generate-jitconfig",
        ];
        for on in [
            "",
            "mint-runner",
            "post",
            "POST mint-runner",
            "*/generate-jitconfig",
            "/orgs/*",
            "/orgs/*/runners/*",
            "*",
        ] {
            assert!(fits(on, &subject), "{on}");
        }
        for on in [
            "mint",
            "GET",
            "POST get-job",
            "*/runners",
            "/repos/*",
            "runners",
        ] {
            assert!(!fits(on, &subject), "{on}");
        }
        assert!(!fits("a*a", &["a"]), "parts do not overlap");
    }
}
