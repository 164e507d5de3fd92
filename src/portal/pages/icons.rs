//! The drawings of the pages' icons, 24 units square, in lines of the text's colour. A page carries
//! only those that it uses, each once.

use super::cards::Card;
use super::told::Warning;
use crate::config::ServiceKind;

/// An icon: the end of its name, and its drawing (SVG).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Icon {
    pub(super) name: &'static str,
    pub(super) drawing: &'static str,
}

/// The icons of notices and cards, each once.
pub(super) fn of(warnings: &[&[Warning<'_>]], cards: &[Card<'_>]) -> Vec<Icon> {
    let of_warnings = warnings.iter().copied().flatten().map(|warning| warning.icon);
    let names = of_warnings.chain(cards.iter().map(|card| card.kind.name()));
    let mut icons: Vec<Icon> = names.map(icon).collect();
    icons.sort_unstable();
    icons.dedup();
    icons
}

fn icon(name: &'static str) -> Icon {
    let drawing = match name {
        "alert" => r#"<path d="M12 3.5 2 20.5h20zM12 10v5M12 17.9v.1"/>"#,
        "check" => r#"<circle cx="12" cy="12" r="9"/><path d="m8 12.5 3 3 5-6"/>"#,
        "info" => r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 7.9V8"/>"#,
        _ => drawing(ServiceKind::ALL.iter().find(|kind| kind.name() == name).copied()),
    };
    Icon { name, drawing }
}

/// The icon of a kind of service.
const fn drawing(kind: Option<ServiceKind>) -> &'static str {
    let Some(kind) = kind else { return "" };
    match kind {
        ServiceKind::Io => {
            r#"<rect x="6" y="2.5" width="12" height="19" rx="2"/><circle cx="13.4" cy="11" r="1.9"/><path d="M9.5 9v4M11 18.5h2"/>"#
        }
        ServiceKind::Municipium => r#"<path d="M4 10v4h3l8 4V6l-8 4zM18 9a4 4 0 0 1 0 6M8 14.5V20h2.5v-4"/>"#,
        ServiceKind::Certificates => r#"<path d="M6 3h9l4 4v14H6zM15 3v4h4M9 11h7M9 14h7M9 17h4"/>"#,
        ServiceKind::Fines => {
            r#"<path d="M4 17.5v-5l2-6h12l2 6v5zM4 12.5h16M6.5 17.5V20M17.5 17.5V20M8 15v.1M16 15v.1"/>"#
        }
        ServiceKind::Payments => {
            r#"<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M3 10h18M7 15h4"/>"#
        }
        ServiceKind::Appointments => {
            r#"<rect x="4" y="5" width="16" height="16" rx="2"/><path d="M4 10h16M8 3v4M16 3v4M9 15l2 2 4-4"/>"#
        }
        ServiceKind::Sue => r#"<path d="M4 21V9.5L12 3l8 6.5V21zM10 21v-6h4v6"/>"#,
        ServiceKind::Suap => {
            r#"<path d="M5 12.5V21h14v-8.5M3 9.5 5 4h14l2 5.5a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0M10 21v-5h4v5"/>"#
        }
        ServiceKind::Youtube => {
            r#"<rect x="2.5" y="5.5" width="19" height="13" rx="4"/><path d="m10 9 5 3-5 3z"/>"#
        }
        ServiceKind::Help => {
            r#"<circle cx="12" cy="12" r="9"/><path d="M9.5 9.6A2.5 2.5 0 1 1 13 11.9c-.7.3-1 .8-1 1.7M12 16.9v.1"/>"#
        }
        ServiceKind::Emergency => {
            r#"<path d="M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A15 15 0 0 1 3 6a2 2 0 0 1 2-2z"/>"#
        }
        ServiceKind::Website => {
            r#"<path d="M3 21h18M3 9.5 12 4l9 5.5zM5.5 18v-5M10 18v-5M14 18v-5M18.5 18v-5"/>"#
        }
        ServiceKind::Other => r#"<path d="M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9"/>"#,
    }
}
