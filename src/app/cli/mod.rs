//! The command line: one file per command.

mod audit;
mod backup;
mod check;
mod control;
mod demo;
mod doctor;
mod export;
mod net;
mod news;
mod register;
mod replay;
mod run;
mod selftest;
mod settings;
mod station;
mod token;
mod user;
mod works;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Captive portal and access controller for free municipal Wi-Fi (WiFi4EU).
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  portico demo                              a whole lab with phones on this machine
  portico check /etc/portico/portico.toml   every mistake of a configuration, with line and column
  portico run --config /etc/portico/portico.toml";

#[derive(Debug, Subcommand)]
enum Command {
    Audit(audit::Args),
    Demo(demo::Args),
    Run(run::Args),
    Check(check::Args),
    Doctor(doctor::Args),
    Export(export::Args),
    Net(net::Args),
    News(news::NewsArgs),
    Notice(news::NoticeArgs),
    Register(register::Args),
    Replay(replay::Args),
    Status(control::StatusArgs),
    Reload(control::ReloadArgs),
    Revoke(control::RevokeArgs),
    Selftest(selftest::Args),
    Settings(settings::Args),
    Station(station::Args),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
    Token(token::Args),
    User(user::Args),
    Works(works::Args),
}

/// Reads the command line, runs the command, prints what went wrong.
#[must_use]
#[expect(
    clippy::print_stderr,
    reason = "a command's failure is told on standard error"
)]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome: anyhow::Result<ExitCode> = match cli.command {
        Command::Audit(args) => audit::run(args),
        Command::Demo(args) => demo::run(&args),
        Command::Run(args) => run::run(args),
        Command::Check(args) => check::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Net(args) => net::run(&args),
        Command::News(args) => news::news(args),
        Command::Notice(args) => news::notice(args),
        Command::Register(args) => register::run(args),
        Command::Replay(args) => replay::run(&args),
        Command::Status(args) => control::status(&args),
        Command::Reload(args) => control::reload(&args),
        Command::Revoke(args) => control::revoke(args),
        Command::Selftest(args) => selftest::run(&args),
        Command::Settings(args) => settings::run(&args),
        Command::Station(args) => station::run(args),
        Command::Backup(args) => backup::back_up(&args),
        Command::Restore(args) => backup::restore(&args),
        Command::Token(args) => token::run(args),
        Command::User(args) => user::run(args),
        Command::Works(args) => works::run(args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("portico: {error:#}");
        ExitCode::FAILURE
    })
}
