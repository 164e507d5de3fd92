//! How the programs are linked.

fn main() {
    println!("cargo::rerun-if-changed=src/build.rs");
    let of = |name: &str| std::env::var(name).unwrap_or_default();
    // A program that may be loaded anywhere holds a list of its own addresses: 24 bytes each, or a bit
    // each in this form (glibc 2.36, musl 1.2.4).
    if of("PROFILE") == "release" && of("CARGO_CFG_TARGET_OS") == "linux" {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
