//! `paper`: a stored prescription and its settlement as files, the same every time, or plainly nothing.

use super::{Folder, ran};

/// A demo that ran, and the number of the prescription that was paid.
pub fn demo(folder: &Folder) -> String {
    let (code, out, error) = ran(folder, &["demo", "--once", "--data", "d"]);
    assert_eq!(code, 0, "{out}{error}");
    let number = out.split("医保处方编号 ").nth(1).unwrap();
    number.chars().take(30).collect()
}

#[test]
fn a_prescription_and_its_settlement_are_printed_again_as_they_were() {
    // proves HB-1.14
    let folder = Folder::new();
    let hi_rxno = demo(&folder);
    let print = |more: &[&str], out: &str| {
        let fixed = ["--database", "sqlite://d/center.db", "--printed", "2026-11-22 10:00:00", "--out", out];
        ran(&folder, &[&["paper"], more, &fixed].concat())
    };
    for (what, size) in [("prescription", "a5"), ("prescription", "a4"), ("settlement", "slip")] {
        let arguments = [what, "--hi-rxno", &hi_rxno, "--size", size];
        for out in ["1.pdf", "2.pdf"] {
            let (code, said, error) = print(&arguments, out);
            assert_eq!(code, 0, "{said}{error}");
            assert!(said.starts_with(&format!("{out}: 1 page(s), ")), "{said}");
        }
        let read = |out: &str| std::fs::read(folder.join(out)).unwrap();
        assert!(read("1.pdf").starts_with(b"%PDF-") && read("1.pdf") == read("2.pdf"), "{what} {size}");
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(folder.join("1.pdf")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let paid = std::fs::read(folder.join("2.pdf")).unwrap();
    let (code, _, error) = print(&["settlement", "--hi-rxno", &hi_rxno, "--size", "slip", "--refund"], "3.pdf");
    assert_eq!(code, 0, "{error}");
    assert_ne!(std::fs::read(folder.join("3.pdf")).unwrap(), paid);
    let unknown = lf_vocab::HiRxno::new("360900".parse().unwrap(), "2020-01-01".parse().unwrap(), 1).unwrap();
    let (code, _, error) = print(&["prescription", "--hi-rxno", unknown.as_str()], "4.pdf");
    assert!(code == 1 && error.contains("no prescription"), "{code} {error}");
    let other = ["settlement", "--setl-id", "360900000000000000000000000000", "--fixmedins-code", "P36090200106"];
    assert_eq!(print(&other, "4.pdf").0, 1);
    assert!(!folder.join("4.pdf").exists());
    for size in ["a5", "a4", "slip"] {
        for paper in ["prescription", "settlement"] {
            let file = std::fs::read(folder.join("d").join(format!("{paper}-{size}.pdf"))).unwrap();
            assert!(file.starts_with(b"%PDF-"), "{paper} {size}");
        }
    }
}

#[test]
fn a_missing_font_names_the_package_and_a_file_that_is_none_is_not_taken() {
    let folder = Folder::new();
    let unknown = lf_vocab::HiRxno::new("360900".parse().unwrap(), "2020-01-01".parse().unwrap(), 1).unwrap();
    let with = |font: &str| {
        ran(&folder, &["paper", "prescription", "--hi-rxno", unknown.as_str(), "--out", "x.pdf", "--font", font])
    };
    let (code, _, error) = with("nowhere.ttc");
    assert_eq!(code, 2);
    assert!(error.contains("nowhere.ttc") && error.contains("apt-get install fonts-wqy-microhei"), "{error}");
    std::fs::write(folder.join("font.ttf"), b"no font").unwrap();
    let (code, _, error) = with("font.ttf");
    assert!(code == 2 && error.contains("not a TrueType or OpenType font"), "{error}");
}
