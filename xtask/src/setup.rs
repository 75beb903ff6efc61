//! `cargo xtask setup`: what a fresh machine lacks, and how it gets it.
//!
//! Every need is a row of one table; a later part of the project adds a row. On
//! Debian and Ubuntu missing packages are installed when we may; elsewhere, or
//! without the right, the message says what to do.

use anyhow::{Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// Something the build or the tests need from the system.
struct Need {
    what: &'static str,
    why: &'static str,
    present: fn() -> bool,
    from: From,
    /// Not needed to build and run the server.
    tests_only: bool,
}

/// For what a machine is made ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Building and running the server: the demo.
    Run,
    /// All tests too.
    Test,
}

/// Where it comes from.
enum From {
    Apt(&'static [&'static str]),
    Rustup(&'static str),
}

const NEEDS: &[Need] = &[
    Need {
        what: "a C compiler",
        why: "SQLite and the allocator are built from their C sources",
        present: has_c_compiler,
        from: From::Apt(&["gcc"]),
        tests_only: false,
    },
    Need {
        what: "the C library's headers",
        why: "SQLite and the allocator are built from their C sources",
        present: has_c_headers,
        from: From::Apt(&["libc6-dev"]),
        tests_only: false,
    },
    Need {
        what: "a Chinese font",
        why: "prescriptions and settlement sheets are printed with it",
        present: has_chinese_font,
        from: From::Apt(&["fonts-wqy-microhei"]),
        tests_only: false,
    },
    Need {
        what: "PostgreSQL server",
        why: "the tests of the store start one of their own",
        present: has_postgresql,
        from: From::Apt(&["postgresql"]),
        tests_only: true,
    },
    Need {
        what: "rustfmt",
        why: "the test command checks the layout of the code",
        present: || succeeds("cargo", &["fmt", "--version"]),
        from: From::Rustup("rustfmt"),
        tests_only: true,
    },
    Need {
        what: "clippy",
        why: "the test command runs the lints",
        present: || succeeds("cargo", &["clippy", "--version"]),
        from: From::Rustup("clippy"),
        tests_only: true,
    },
];

/// Installs what the purpose lacks, and says what was done.
///
/// # Errors
/// When something is missing and could not be installed; the message says how to mend it.
pub fn run(purpose: Purpose) -> Result<()> {
    let mut unmet = Vec::new();
    let mut refreshed = false;
    for need in NEEDS.iter().filter(|need| purpose == Purpose::Test || !need.tests_only) {
        if (need.present)() {
            println!("setup: {}: present", need.what);
            continue;
        }
        println!("setup: {}: missing; needed because {}", need.what, need.why);
        match &need.from {
            From::Apt(packages) => install_by_apt(packages, &mut refreshed),
            From::Rustup(component) => {
                announced("rustup", &["component", "add", component]);
            }
        }
        if (need.present)() {
            println!("setup: {}: installed", need.what);
        } else {
            unmet.push(format!("{}: run `{}`", need.what, by_hand(&need.from)));
        }
    }
    if !unmet.is_empty() {
        bail!("setup could not install everything:\n  {}", unmet.join("\n  "));
    }
    Ok(())
}

fn by_hand(from: &From) -> String {
    match from {
        From::Apt(packages) => format!("sudo apt-get install {} (or your system's equivalent)", packages.join(" ")),
        From::Rustup(component) => format!("rustup component add {component}"),
    }
}

/// Tries as root, or by `sudo` when it asks for no password; stays silent about failure,
/// because the caller looks again.
fn install_by_apt(packages: &[&str], refreshed: &mut bool) {
    if !on_path("apt-get") {
        return;
    }
    let prefix: &[&str] = if is_root() {
        &[]
    } else if succeeds("sudo", &["-n", "true"]) {
        &["sudo", "-n"]
    } else {
        return;
    };
    let run = |arguments: &[&str]| {
        let all = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
        announced(all[0], &all[1..])
    };
    if !*refreshed {
        *refreshed = run(&["update", "-q"]);
    }
    run(&[&["install", "-y", "-q", "--no-install-recommends"], packages].concat());
}

fn announced(program: &str, arguments: &[&str]) -> bool {
    println!("setup: $ {program} {}", arguments.join(" "));
    Command::new(program).args(arguments).status().is_ok_and(|status| status.success())
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn has_c_compiler() -> bool {
    std::env::var("CC").is_ok_and(|cc| succeeds(&cc, &["--version"]))
        || ["cc", "gcc", "clang"].iter().any(|cc| on_path(cc))
}

fn has_c_headers() -> bool {
    // Only where apt could help is the place of the headers known.
    !on_path("apt-get") || Path::new("/usr/include/stdio.h").exists()
}

/// Where `paper_fonts` of the server's configuration looks.
fn has_chinese_font() -> bool {
    const FONTS: [&str; 3] = [
        "truetype/wqy/wqy-microhei.ttc",
        "wenquanyi/wqy-microhei/wqy-microhei.ttc",
        "opentype/noto/NotoSansCJK-Regular.ttc",
    ];
    FONTS.iter().any(|font| Path::new("/usr/share/fonts").join(font).is_file())
}

/// Debian keeps the server's programs beside the path, one folder for each version.
fn has_postgresql() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin/initdb")).any(|initdb| initdb.is_file()) || on_path("initdb")
}

fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
