//! What `portico news` and `portico notice` are told.

use std::path::PathBuf;

use super::input;
use crate::model::NoticeColor;

const NEWS_EXAMPLES: &str = "Examples:
  portico news add --title \"Mercato anticipato a venerdì\" --text \"Il mercato di sabato si tiene venerdì 24.\"
  portico news add --title \"Presepe vivente\" --text-file presepe.txt --picture presepe.jpg \\
      --picture-alt \"Il presepe in piazza\" --network piazza --pin --from 2026-12-08 --until 2026-12-24T20:00
  portico news list
  portico news remove 3fa9

A text has paragraphs apart by an empty line, lists of lines that begin with \"- \", headings with \"# \".";

const NOTICE_EXAMPLES: &str = "Examples:
  portico notice add \"Scuole chiuse domani per neve\" --color red --until 2026-12-05T14:00
  portico notice add \"Via Milano chiusa per lavori\" --color yellow --network piazza \\
      --link https://www.comune.example.it/viabilita
  portico notice list
  portico notice remove 81c0";

/// Writes news for the pages, pins it, removes it.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = NEWS_EXAMPLES)]
pub(in crate::app::cli) struct NewsArgs {
    #[command(flatten)]
    pub(super) place: Place,
    #[command(subcommand)]
    pub(super) command: NewsCommand,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum NewsCommand {
    /// Adds an item and prints its name.
    Add(Box<AddNews>),
    /// Lists the items written here, and what of the feeds is pinned or hidden.
    List(ListArgs),
    /// Shows an item before the others: an own one, or a feed's by its whole name.
    Pin(Named),
    /// Shows an item where its date puts it.
    Unpin(Named),
    /// Removes an own item, or hides one of a feed by its whole name.
    Remove(Named),
    /// Shows again what was hidden.
    Restore(Named),
}

/// Writes urgent notices, which stand above everything else.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = NOTICE_EXAMPLES)]
pub(in crate::app::cli) struct NoticeArgs {
    #[command(flatten)]
    pub(super) place: Place,
    #[command(subcommand)]
    pub(super) command: NoticeCommand,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum NoticeCommand {
    /// Adds a notice and prints its name.
    Add(AddNotice),
    /// Lists the notices written here.
    List(ListArgs),
    /// Removes an own notice, or hides one of a feed by its whole name.
    Remove(Named),
}

#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// Configuration file: it says where the state directory is and which networks there are.
    #[arg(long, global = true, default_value = "/etc/portico/portico.toml")]
    pub(super) config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct AddNews {
    /// One line, at most 160 characters.
    #[arg(long)]
    pub(super) title: String,
    /// The text.
    #[arg(long, conflicts_with = "text_file")]
    pub(super) text: Option<String>,
    /// File with the text, UTF-8.
    #[arg(long, value_name = "FILE")]
    pub(super) text_file: Option<PathBuf>,
    /// Picture: JPEG, PNG or WebP of at most 4 MiB. It is cut to 16:9 and made small.
    #[arg(long, value_name = "FILE")]
    pub(super) picture: Option<PathBuf>,
    /// What the picture shows, for those who do not see it.
    #[arg(long, value_name = "TEXT", requires = "picture", default_value = "")]
    pub(super) picture_alt: String,
    /// Show it before the others.
    #[arg(long)]
    pub(super) pin: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct AddNotice {
    /// One line, at most 140 characters.
    pub(super) text: String,
    /// red and orange: danger; yellow: attention; green: all clear; blue: information; purple: other.
    #[arg(long, value_parser = input::color)]
    pub(super) color: NoticeColor,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Common {
    /// Address of a page with more, https://…
    #[arg(long, value_name = "URL")]
    pub(super) link: Option<String>,
    /// Language of the text, two letters.
    #[arg(long, default_value = "it")]
    pub(super) lang: String,
    /// From when on it is shown: 2026-12-20T08:00 in the gateway's time zone, or a day, from its beginning.
    #[arg(long, value_name = "TIME")]
    pub(super) from: Option<String>,
    /// Until when it is shown: 2026-12-24T20:00 in the gateway's time zone, or a day, its end included.
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<String>,
    /// Only on this network; may be said again for others.
    #[arg(long = "network", value_name = "ID")]
    pub(super) networks: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Named {
    /// Its name as `list` shows it; of own ones the first four digits or more.
    pub(super) id: String,
}
