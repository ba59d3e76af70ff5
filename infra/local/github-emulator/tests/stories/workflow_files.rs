//! Workflow files: what is refused, in which words, and what jobs they give.

use crate::support::{ARTICLE, REPO, Story, story};

const STEPS: &str = "steps: [{run: echo hi}]";

async fn refusal(text: &str) -> String {
    let story = story().await;
    let error = story
        .emulator
        .commit_workflow(REPO, "ci.yml", text)
        .unwrap_err();
    assert!(story.emulator.jobs().is_empty());
    error.to_string()
}

fn names(story: &Story, text: &str) -> Vec<String> {
    let run = story.commit(text);
    story
        .emulator
        .jobs_of(run)
        .into_iter()
        .map(|job| job.name)
        .collect()
}

#[tokio::test]
async fn what_is_wrong_is_said_in_one_sentence_with_line_and_advice() {
    let job = |more: &str| format!("on: push\njobs:\n  build:\n    runs-on: a\n    {more}");
    for (text, expected) in [
        (
            "on: [push\njobs: {}".to_owned(),
            "ci.yml, line 2: the file is not valid YAML",
        ),
        (
            "- a".to_owned(),
            "ci.yml: the file is not a mapping; begin it with",
        ),
        (
            String::new(),
            "ci.yml: the file is not a mapping; begin it with",
        ),
        (
            "jobs: {}".to_owned(),
            "ci.yml: the key `on` is missing; add `on: push`",
        ),
        (
            "on: push".to_owned(),
            "ci.yml: the workflow has no jobs; add at least one",
        ),
        (
            "on: push\nsteps: []\njobs: {}".to_owned(),
            "line 2: the workflow has the unknown key `steps`",
        ),
        (
            job("steps: [{run: a}]").replace("push", "pull_request"),
            "line 1: the workflow does not start at a push",
        ),
        (
            job("steps: [{run: a}]").replace("push", "{push: {branches: [dev]}}"),
            "let `on: push` include the branch `main`",
        ),
        (
            "on: push\njobs:\n  1st:\n    runs-on: a".to_owned(),
            "line 3: `1st` is not a job id",
        ),
        (
            "on: push\njobs:\n  build:\n    steps: [{run: a}]".to_owned(),
            "line 3: the job `build` has no `runs-on`",
        ),
        (job(""), "line 3: the job `build` has no steps"),
        (
            job("steps: [{name: a}]"),
            "step 1 of the job `build` has neither `run` nor `uses`",
        ),
        (
            job("steps: [{run: a, uses: b/c@v1}]"),
            "has both `run` and `uses`",
        ),
        (
            job("steps: [{run: a, shel: bash}]"),
            "line 5: step 1 of the job `build` has the unknown key `shel`",
        ),
        (
            job("steps: [{run: a, shell: pwsh}]"),
            "asks for the shell `pwsh`; use `bash` or `sh`",
        ),
        (
            job("needs: other\n    steps: [{run: a}]"),
            "needs `other`, which does not exist",
        ),
        (
            job("needs: build\n    steps: [{run: a}]"),
            "needs itself, directly or through others",
        ),
        (
            job("container: debian\n    steps: [{run: a}]"),
            "asks for a container",
        ),
        (
            job("steps: [{run: 'echo ${{ github.sha '}]"),
            "line 5: a `${{` is not closed",
        ),
        (
            job("steps: [{run: 'echo ${{ a b }}'}]"),
            "line 5: `a b` is not an expression",
        ),
        (
            job("steps: [{run: 'echo ${{ matrx.a }}'}]"),
            "line 5: `matrx` is not a context of GitHub Actions",
        ),
        (
            job("strategy: {matrix: {a: []}}\n    steps: [{run: a}]"),
            "the matrix dimension `a` holds no values",
        ),
        (
            job("steps: [{run: a}]").replace("runs-on: a", "runs-on: ${{ matrix.a }}"),
            "`runs-on` gives an empty label",
        ),
        (
            "on: push\njobs: {build: {uses: ./a.yml}}".to_owned(),
            "calls a reusable workflow",
        ),
    ] {
        let sentence = refusal(&text).await;
        assert!(
            sentence.contains(expected),
            "{text}\n→ {sentence}\nwithout: {expected}"
        );
        assert!(sentence.contains("; "), "no advice: {sentence}");
    }
}

#[tokio::test]
async fn a_repository_that_does_not_exist_is_said() {
    let story = story().await;
    let error = story
        .emulator
        .commit_workflow("nowhere", "ci.yml", ARTICLE)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "ci.yml: there is no repository `nowhere` to commit it to; create the repository first"
    );
}

#[tokio::test]
async fn the_article_s_file_gives_two_jobs_with_labels_of_their_own() {
    let story = story().await;
    let run = story.commit(ARTICLE);
    let jobs = story.emulator.jobs_of(run);
    let jobs: Vec<_> = jobs
        .iter()
        .map(|job| (job.name.as_str(), job.labels.join(",")))
        .collect();
    assert_eq!(
        jobs,
        [
            ("run-it (1)", "self-hosted,1".to_owned()),
            ("run-it (2)", "self-hosted,2".to_owned())
        ]
    );
}

#[tokio::test]
async fn a_matrix_is_expanded_with_its_exclusions_and_inclusions() {
    let story = story().await;
    let matrix = "{os: [a, b], v: [1, 2], exclude: [{os: a, v: 2}], \
                  include: [{os: b, extra: x}, {os: c, v: 3}]}";
    let text = format!(
        "on: push\njobs: {{t: {{strategy: {{matrix: {matrix}}}, runs-on: '${{{{ matrix.os }}}}', {STEPS}}}}}"
    );
    assert_eq!(
        names(&story, &text),
        ["t (a, 1)", "t (b, 1, x)", "t (b, 2, x)", "t (c, 3)"]
    );
}

#[tokio::test]
async fn a_matrix_of_inclusions_alone_and_one_from_json_work() {
    let story = story().await;
    let text = format!(
        "on: push\njobs:\n  t:\n    strategy: {{matrix: {{include: [{{size: s}}, {{size: l}}]}}}}\n    \
         runs-on: ['${{{{ matrix.size }}}}']\n    name: size ${{{{ matrix.size }}}}\n    {STEPS}\n  \
         u:\n    strategy: {{matrix: '${{{{ fromJSON(''{{\"n\":[1,2]}}'') }}}}'}}\n    \
         runs-on: ${{{{ format('n-{{0}}', matrix.n) }}}}\n    {STEPS}\n"
    );
    let run = story.commit(&text);
    let jobs = story.emulator.jobs_of(run);
    let jobs: Vec<String> = jobs
        .iter()
        .map(|job| format!("{}: {}", job.name, job.labels.join(",")))
        .collect();
    assert_eq!(jobs, ["size s: s", "size l: l", "u (1): n-1", "u (2): n-2"]);
}

#[tokio::test]
async fn runs_on_takes_text_lists_groups_and_lists_from_expressions() {
    let story = story().await;
    for (runs_on, labels) in [
        ("self-hosted", "self-hosted"),
        ("[self-hosted, X64]", "self-hosted,X64"),
        (
            "{group: Default, labels: [self-hosted, big]}",
            "self-hosted,big",
        ),
        ("{group: Default}", ""),
        // Numbers and truth values without marks are labels like any other.
        ("[self-hosted, 1, 2.5, true]", "self-hosted,1,2.5,true"),
        ("7", "7"),
        ("{labels: [self-hosted, 2]}", "self-hosted,2"),
        (
            "${{ fromJSON('[\"self-hosted\",\"a\"]') }}",
            "self-hosted,a",
        ),
        ("${{ github.ref_name == 'main' && 'yes' || 'no' }}", "yes"),
    ] {
        let run = story.commit(&format!(
            "on: push\njobs:\n  t:\n    runs-on: {runs_on}\n    {STEPS}"
        ));
        assert_eq!(
            story.emulator.jobs_of(run)[0].labels.join(","),
            labels,
            "{runs_on}"
        );
    }
}
