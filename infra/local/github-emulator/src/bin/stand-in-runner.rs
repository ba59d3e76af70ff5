//! `stand-in-runner run [--jitconfig CONFIG]`: one job in the place of the
//! official runner. Without the flag, the configuration comes from
//! `ACTIONS_RUNNER_INPUT_JITCONFIG`.

use std::process::ExitCode;

use github_emulator::stand_in::{self, Options, exit_code};
use secrecy::SecretString;

const VARIABLE: &str = "ACTIONS_RUNNER_INPUT_JITCONFIG";
const USAGE: &str = "usage: stand-in-runner run [--jitconfig CONFIG]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let given = match arguments[..] {
        ["--version"] => return tell(stand_in::VERSION),
        ["--help" | "-h"] => return tell(USAGE),
        ["run"] => std::env::var(VARIABLE).ok(),
        ["run", "--jitconfig", config] => Some(config.to_owned()),
        _ => return fail(USAGE),
    };
    let Some(config) = given else {
        return fail(
            "There is no JIT configuration; set ACTIONS_RUNNER_INPUT_JITCONFIG or pass --jitconfig.",
        );
    };
    let options = Options {
        jit_config: SecretString::from(config),
        version_exit_code: std::env::var("ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE")
            .is_ok_and(|value| value == "1"),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => ExitCode::from(runtime.block_on(stand_in::run(&options))),
        Err(error) => fail(&format!("An error occurred: {error}")),
    }
}

#[expect(clippy::print_stdout, reason = "the answer to --help and --version")]
fn tell(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}

fn fail(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::from(exit_code::TERMINATED)
}
