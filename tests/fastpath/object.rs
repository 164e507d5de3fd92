//! The program that is shipped is what its source gives.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_object_is_what_its_source_gives() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/net/fastpath");
    let built = tempfile::tempdir().unwrap();
    let built = built.path().join("fastpath.bpf.o");
    // The headers of the machine that builds, whatever it is.
    let headers = format!("-I/usr/include/{}-linux-gnu", std::env::consts::ARCH);
    let output = Command::new("clang-14")
        .current_dir(&folder)
        .args([
            "-O2",
            "-target",
            "bpf",
            "-mcpu=v3",
            "-Wall",
            "-Wextra",
            "-Wno-unused-parameter",
            "-Werror",
        ])
        .args([&headers, "-c", "fastpath.bpf.c", "-o"])
        .arg(&built)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let (shipped, built) = (
        fs::read(folder.join("fastpath.bpf.o")).unwrap(),
        fs::read(built).unwrap(),
    );
    assert!(
        shipped == built,
        "src/net/fastpath/fastpath.bpf.o is not what fastpath.bpf.c gives: build it again"
    );
}
