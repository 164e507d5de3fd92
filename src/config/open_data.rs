//! `[open_data]`: where the comune publishes what is exported.

use super::reader::Section;
use super::values;

/// The comune decides to publish.
pub const DEFAULT_PAGE: bool = false;

/// `[open_data]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenData {
    /// `url`: the folder under which exported files can be read, with a slash at the end.
    pub url: Option<String>,
    /// `page`: whether the portal shows the public page of figures.
    pub page: bool,
}

/// Reads the section.
pub(super) fn read(mut section: Section<'_, '_>) -> OpenData {
    let url = section.optional("url", values::url).map(|found| {
        let mut url = found.value;
        if !url.ends_with('/') {
            url.push('/');
        }
        url
    });
    let page = section.or("page", DEFAULT_PAGE, values::boolean);
    section.finish();
    OpenData { url, page }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn a_folder_ends_with_a_slash() {
        let head = "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"a\"\nname = \"A\"\ncomune = \"C\"\n\
                    interface = \"br-a\"\nhost = \"wifi.comune.example.it\"\n[open_data]\n";
        let url =
            |line: &str| Config::parse(&format!("{head}{line}"), "p.toml").map(|config| config.open_data.url);
        assert_eq!(url("").unwrap(), None);
        let told = url("url = \"https://dati.comune.example.it/wifi\"").unwrap();
        assert_eq!(told.as_deref(), Some("https://dati.comune.example.it/wifi/"));
        assert!(url("url = \"dati\"").is_err());
    }
}
