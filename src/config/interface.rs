//! Names of network interfaces.

use std::fmt;

/// A Linux interface name: 1 to 15 bytes of letters, digits, `.`, `_`, `-` (`IFNAMSIZ`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InterfaceName(String);

impl InterfaceName {
    /// `None` if the kernel, nftables or the shell would not take the name as it is.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let legal = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
        let begins_well = name
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
        (legal && begins_well && name.len() <= 15).then(|| Self(name.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::InterfaceName;

    #[test]
    fn only_names_that_need_no_quoting_are_taken() {
        for good in ["br0", "br-piazza", "eth0.100", "wlp3s0"] {
            assert_eq!(InterfaceName::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            ".",
            "..",
            "-x",
            "a b",
            "a/b",
            "sixteen_letters_",
            "br\"0",
            "città",
        ] {
            assert_eq!(InterfaceName::new(bad), None, "{bad}");
        }
    }
}
