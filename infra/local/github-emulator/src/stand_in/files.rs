//! The files that a step speaks through: GITHUB_ENV, GITHUB_OUTPUT, GITHUB_PATH.

use std::path::{Path, PathBuf};

use tokio::fs;

/// The command files of one step.
pub(super) struct Files {
    folder: PathBuf,
    number: u32,
}

impl Files {
    /// Makes them empty.
    pub(super) async fn create(folder: &Path, number: u32) -> std::io::Result<Self> {
        let files = Self {
            folder: folder.to_owned(),
            number,
        };
        for (_, path) in files.all() {
            fs::write(path, "").await?;
        }
        Ok(files)
    }

    /// The names of the variables that point to them.
    pub(super) fn all(&self) -> [(&'static str, PathBuf); 4] {
        let path = |name: &str| self.folder.join(format!("{name}_{}", self.number));
        [
            ("GITHUB_ENV", path("set_env")),
            ("GITHUB_OUTPUT", path("set_output")),
            ("GITHUB_PATH", path("add_path")),
            ("GITHUB_STEP_SUMMARY", path("step_summary")),
        ]
    }

    /// Variables for the steps that follow.
    pub(super) async fn variables(&self) -> Vec<(String, String)> {
        pairs(&self.read("set_env").await)
    }

    /// The step's outputs.
    pub(super) async fn outputs(&self) -> Vec<(String, String)> {
        pairs(&self.read("set_output").await)
    }

    /// Folders that go in front of PATH.
    pub(super) async fn paths(&self) -> Vec<String> {
        let text = self.read("add_path").await;
        text.lines()
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }

    async fn read(&self, name: &str) -> String {
        let path = self.folder.join(format!("{name}_{}", self.number));
        fs::read_to_string(path).await.unwrap_or_default()
    }
}

/// `name=value` lines, and `name<<DELIMITER` with lines up to the delimiter.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (plain, long) = (line.find('='), line.find("<<"));
        match (plain, long) {
            (equals, Some(at)) if equals.is_none_or(|equals| at < equals) => {
                let end = &line[at + 2..];
                let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
                found.push((line[..at].to_owned(), value.join("\n")));
            }
            (Some(at), _) => found.push((line[..at].to_owned(), line[at + 1..].to_owned())),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn a_line_without_a_value_is_passed_over() {
        assert_eq!(
            pairs("nonsense\na=b=c\n"),
            [("a".to_owned(), "b=c".to_owned())]
        );
    }

    #[test]
    fn a_value_of_several_lines_ends_at_its_delimiter() {
        let text = "a<<END\none\ntwo=2\nEND\nb=3\n";
        assert_eq!(
            pairs(text),
            [
                ("a".to_owned(), "one\ntwo=2".to_owned()),
                ("b".to_owned(), "3".to_owned())
            ]
        );
    }
}
