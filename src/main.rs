//! `portico`: the portal, the decisions and the administrator's commands. Holds no capability.

use std::process::ExitCode;

fn main() -> ExitCode {
    portico::app::cli::main()
}
