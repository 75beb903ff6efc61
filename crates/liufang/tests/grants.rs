//! `liufang grant` on a new database: what may be granted, what may not, and that ending forgets nothing.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::PathBuf;
use std::process::Command;

struct Region(PathBuf);

impl Region {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!(
            "liufang-grants-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let region = Self(folder);
        assert_eq!(region.ran(&["keys", "new", "store.key.toml", "--store"]).0, 0);
        assert_eq!(region.ran(&["migrate", "--database", "sqlite://center.db"]).0, 0);
        region
    }

    fn ran(&self, args: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_liufang")).args(args).current_dir(&self.0).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code().unwrap(), text)
    }

    fn grant(&self, args: &[&str], admdvs: &str) -> (i32, String) {
        self.ran(&[&["grant"], args, &["--database", "sqlite://center.db", "--admdvs", admdvs]].concat())
    }

    fn add(&self, provision: &str, admdvs: &str, days: &[&str]) -> (i32, String) {
        let who = ["--filing-no", "备〔2024〕1号", "--consent", "省局", "--paper", "复函", "--by", "甲"];
        self.grant(&[&["add", provision], days, &who].concat(), admdvs)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn grants_are_entered_listed_and_ended() {
    let region = Region::new();
    let half_year = ["--from", "2025-01-01", "--last-day", "2025-06-30"];
    let (code, said) = region.add("420000/origin.transition", "420200", &half_year);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("no. 1 to 420200, 2025-01-01 to 2025-06-30"), "{said}");
    for (provision, admdvs, days, why) in [
        ("420000/origin.transition", "420200", &["--from", "2025-06-30"][..], "重叠"),
        ("420000/origin.transition", "360900", &half_year, "不适用于360900"),
        ("420000/origin.same_pool", "420200", &half_year, "没有留给批准的余地"),
        ("420000/paper.extension", "420200", &half_year, "最长92日"),
        (
            "420000/origin.transition",
            "420300",
            &["--from", "2025-01-02", "--last-day", "2025-01-01"],
            "before the first",
        ),
    ] {
        let (code, said) = region.add(provision, admdvs, days);
        assert!(code == 2 && said.contains(why), "{provision} {admdvs}: {said}");
    }
    let (code, said) = region.add("420000/origin.transition", "420200", &["--from", "2025-07-01"]);
    assert!(code == 0 && said.contains("no. 2 to 420200, from 2025-07-01 on"), "{said}");
    let end = |no: &str, last_day: &str| {
        let who = ["--rea", "复函", "--by", "乙", "--last-day", last_day];
        region.grant(&[&["end", "420000/origin.transition", no][..], &who].concat(), "420200")
    };
    let (code, said) = end("1", "2025-03-31");
    assert!(code == 0 && said.contains("ends with 2025-03-31"), "{said}");
    let (code, said) = end("1", "2025-04-30");
    assert!(code == 2 && said.contains("ends on 2025-03-31 already"), "a grant is not made longer: {said}");
    assert_eq!(end("2", "2025-01-01").0, 0);
    assert_eq!(end("3", "2025-01-01").0, 2);
    let (code, said) = region.grant(&["list"], "420200");
    assert_eq!(code, 0, "{said}");
    for told in [
        "no. 1 for 420200: 1 2025-01-01 to 2025-03-31",
        "省局，复函，备案备〔2024〕1号；甲",
        "ended: 复函；乙",
        "taken back before it began",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert!(region.grant(&["list"], "420300").1.contains("nothing was granted"));
}

/// HB-4.5: both references present. Consent, filing number, paper and who enters it are never blank nor left out.
#[test]
fn a_grant_without_consent_or_filing_number_is_not_entered() {
    let region = Region::new();
    let days = ["--from", "2025-01-01", "--last-day", "2025-06-30"];
    let who = ["--filing-no", "备〔2024〕1号", "--consent", "省局", "--paper", "复函", "--by", "甲"];
    for at in (0..who.len()).step_by(2) {
        let mut blank = who;
        blank[at + 1] = "  ";
        let left_out = [&who[..at], &who[at + 2..]].concat();
        for said in [&blank[..], &left_out] {
            let add = [&["add", "420000/origin.transition"], &days[..], said].concat();
            let (code, told) = region.grant(&add, "420200");
            assert!(code == 2 && told.contains(who[at]), "{told}");
        }
    }
    let (_, listed) = region.grant(&["list"], "420200");
    assert!(listed.contains("nothing was granted"), "{listed}");
}

#[test]
fn what_may_be_granted_is_asked_of_the_packs_that_are_named() {
    let region = Region::new();
    let law = region.0.join("law");
    lf_testkit::write_law(&law);
    let pack = law.join("420000/wpcf.toml");
    let (printed, longer) = ("grant = { max = 1, max_days = 92 }", "grant = { max = 1, max_days = 366 }");
    let text = std::fs::read_to_string(&pack).unwrap();
    assert!(text.contains(printed));
    std::fs::write(&pack, text.replacen(printed, longer, 1)).unwrap();
    let half_year = ["--from", "2025-01-01", "--last-day", "2025-06-30"];
    let (code, said) = region.add("420000/paper.extension", "420200", &half_year);
    assert!(code == 2 && said.contains("最长92日"), "{said}");
    let (code, said) = region.add("420000/paper.extension", "420200", &[&half_year[..], &["--packs", "law"]].concat());
    assert_eq!(code, 0, "{said}");
    // The center's own law hears nothing of it.
    let (code, said) = region.grant(&["list"], "420200");
    assert!(code == 1 && said.contains("has no effect"), "{said}");
    assert_eq!(region.grant(&["list", "--packs", "law"], "420200").0, 0);
}
