//! What the pages show.

use askama::Template;
use qrcode::QrCode;

use super::rows::SessionRow;
use crate::dashboard::frame::Frame;

#[derive(Template)]
#[template(path = "dashboard/login.html")]
pub(super) struct LoginPage {
    pub(super) frame: Frame,
    pub(super) name: String,
    /// Whether there is no user at all.
    pub(super) is_empty: bool,
}

#[derive(Template)]
#[template(path = "dashboard/setup.html")]
pub(super) struct SetupPage {
    pub(super) frame: Frame,
    pub(super) token: String,
    pub(super) name: String,
}

#[derive(Template)]
#[template(path = "dashboard/second.html")]
pub(super) struct SecondPage {
    pub(super) frame: Frame,
}

#[derive(Template)]
#[template(path = "dashboard/enrol.html")]
pub(super) struct EnrolPage {
    pub(super) frame: Frame,
    pub(super) key: String,
    pub(super) qr: Qr,
    /// Whether the role asks for it, in the middle of a login.
    pub(super) is_must: bool,
}

#[derive(Template)]
#[template(path = "dashboard/codes.html")]
pub(super) struct CodesPage {
    pub(super) frame: Frame,
    pub(super) codes: Vec<String>,
}

#[derive(Template)]
#[template(path = "dashboard/account.html")]
pub(super) struct AccountPage {
    pub(super) frame: Frame,
    pub(super) name: String,
    pub(super) role: &'static str,
    pub(super) has_factor: bool,
    pub(super) codes_left: String,
    pub(super) is_must: bool,
    pub(super) sessions: Vec<SessionRow>,
}

#[derive(Template)]
#[template(path = "dashboard/told.html")]
pub(super) struct ToldPage {
    pub(super) frame: Frame,
    pub(super) about: String,
}

/// A QR code as a path of squares.
pub(super) struct Qr {
    pub(super) side: usize,
    pub(super) path: String,
}

impl Qr {
    /// `None` when the text is too long.
    pub(super) fn of(text: &str) -> Option<Self> {
        use std::fmt::Write as _;
        let code = QrCode::new(text).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (place, color) in code.to_colors().into_iter().enumerate() {
            if color == qrcode::Color::Dark {
                // Four modules of light around it (ISO/IEC 18004, 6.3.8).
                let _ = write!(path, "M{} {}h1v1h-1z", place % width + 4, place / width + 4);
            }
        }
        Some(Self {
            side: width + 8,
            path,
        })
    }
}
