//! `[forward]`: how the packets of granted stations travel.

use super::reader::Section;
use super::values;

/// The plain way, which every kernel has.
pub const DEFAULT_FLOWTABLE: bool = false;
/// Where the kernel has what it is made of.
pub(super) const DEFAULT_FAST_PATH: bool = true;

/// `[forward]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forward {
    /// `flowtable`: established connections of granted stations take the kernel's short cut past
    /// routing and the `inet` chains. Limits, counters and access are judged before it all the same.
    pub flowtable: bool,
    /// `fast_path`: established connections of granted stations are handed from interface to interface by a program in
    /// the kernel ([`fastpath`](crate::net::fastpath)). Of no effect with `flowtable`.
    pub fast_path: bool,
}

impl Default for Forward {
    fn default() -> Self {
        Self {
            flowtable: DEFAULT_FLOWTABLE,
            fast_path: DEFAULT_FAST_PATH,
        }
    }
}

/// Reads the section.
pub(super) fn read(mut section: Section<'_, '_>) -> Forward {
    let flowtable = section.or("flowtable", DEFAULT_FLOWTABLE, values::boolean);
    let fast_path = section.or("fast_path", DEFAULT_FAST_PATH, values::boolean);
    section.finish();
    Forward { flowtable, fast_path }
}

#[cfg(test)]
mod tests {
    use super::Forward;
    use crate::config::Config;

    const NETWORK: &str = "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"a\"\nname = \"A\"\ncomune = \"C\"\n\
                           interface = \"br-a\"\nhost = \"wifi.comune.example.it\"\n";

    #[test]
    fn the_short_cut_is_taken_only_when_asked_for() {
        let read =
            |rest: &str| Config::parse(&format!("{NETWORK}{rest}"), "p.toml").map(|config| config.forward);
        let forward = |flowtable, fast_path| Forward { flowtable, fast_path };
        assert_eq!(read("").unwrap(), forward(false, true));
        assert_eq!(
            read("[forward]\nflowtable = true\n").unwrap(),
            forward(true, true)
        );
        assert_eq!(
            read("[forward]\nfast_path = false\n").unwrap(),
            forward(false, false)
        );
        let told = read("[forward]\nflowtable = \"yes\"\n").unwrap_err().to_string();
        assert!(told.contains("true or false is wanted here"), "{told}");
        let told = read("[forward]\nflowtables = true\n").unwrap_err().to_string();
        assert!(told.contains("flowtable"), "{told}");
    }
}
