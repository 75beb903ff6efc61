//! The same message again gets the same reply and changes nothing; the same number with other content is refused.

use lf_center::t7203_qrcode::{self, epc_qrcd};
use lf_testkit::{Life, Step, TestCenter};
use lf_vocab::dict::RxChkStasCodg;

use crate::said::{code, send, with};

/// Sends a command twice, an hour apart where nothing lapses, and compares the replies and the history.
macro_rules! twice {
    ($life:expr, $method:ident, $side:ident, $command:ident) => {{
        let first = send!($life, $method, $side, $life.$command()).unwrap();
        let events = $life.center.audit().await.events;
        let again = send!($life, $method, $side, $life.$command()).unwrap();
        assert_eq!(format!("{first:?}"), format!("{again:?}"), stringify!($method));
        assert_eq!($life.center.audit().await.events, events, stringify!($method));
    }};
}

#[tokio::test]
async fn every_step_twice() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active);
    twice!(life, t7101_precheck, hospital, precheck_command);
    life.precheck().await.unwrap();
    twice!(life, t7102_sign, hospital, sign_command);
    life.sign().await.unwrap();
    twice!(life, t7103_upload, hospital, upload_command);
    twice!(life, t7201_authorise, pharmacy, authorise_command);
    life.authorise().await.unwrap();
    twice!(life, t7203_qrcode, pharmacy, qrcode);
    life.authorise().await.unwrap();
    twice!(life, t7204_download, pharmacy, download_command);
    twice!(life, t7205_verify, pharmacy, verify_command);
    life.verify().await.unwrap();
    twice!(life, t7206_review, pharmacy, passed);
    life.review().await.unwrap();
    // After the review the check of the signature still answers what it answered.
    twice!(life, t7205_verify, pharmacy, verify_command);
    twice!(life, t7207_sell, pharmacy, sell_command);
    life.sell().await.unwrap();
    twice!(life, t7208_undo_sale, pharmacy, undo_sale_command);
    let sale = life.sel_stoout_sn.clone();
    life.sell().await.unwrap();
    assert_eq!(life.sel_stoout_sn, sale, "a late duplicate of the very message sells nothing");
    center.clock.advance_seconds(1);
    life.sell().await.unwrap();
    assert_ne!(life.sel_stoout_sn, sale, "after 7208 it is a new sale");
    twice!(life, t2101_quote, pharmacy, settle_command);
    twice!(life, t2102_settle, pharmacy, settle_command);
    life.settle().await.unwrap();
    twice!(life, t2103_refund, pharmacy, refund_command);
    let other = center.life(&center.people.active).up_to(Step::Uploaded).await;
    twice!(other, t7104_undo, hospital, undo_command);
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
}

trait More {
    fn qrcode(&self) -> t7203_qrcode::Command;
    fn passed(&self) -> lf_center::t7206_review::Command;
}

impl More for Life<'_> {
    fn qrcode(&self) -> t7203_qrcode::Command {
        t7203_qrcode::Command {
            epc_qrcd: epc_qrcd(&self.hi_rxno(), &self.sign_digest),
            fixmedins_code: self.pharmacy.parse().unwrap(),
        }
    }
    fn passed(&self) -> lf_center::t7206_review::Command {
        self.review_command(RxChkStasCodg::Passed)
    }
}

#[tokio::test]
async fn the_same_number_with_other_content() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active);
    let mut met = Vec::new();
    life.precheck().await.unwrap();
    let other = with(life.precheck_command(), |c| c.content.mdtrtinfo.ipt_otp_no = "OP9".into());
    met.push(code(&send!(life, t7101_precheck, hospital, other)));
    life.sign().await.unwrap();
    let other = with(life.sign_command(), |c| c.original_rx_file = "JVBERi0xLjc=".into());
    met.push(code(&send!(life, t7102_sign, hospital, other)));
    life.upload().await.unwrap();
    let other = with(life.upload_command(), |c| c.phar_name = "庚药师".into());
    met.push(code(&send!(life, t7103_upload, hospital, other)));
    let mut life = life.up_to_from_authorise().await;
    let other = with(life.passed(), |c| c.rx_chk_opnn = "另一意见".into());
    met.push(code(&send!(life, t7206_review, pharmacy, other)));
    life.sell().await.unwrap();
    let other = with(life.sell_command(), |c| c.lines[0].manu_lotnum = None);
    met.push(code(&send!(life, t7207_sell, pharmacy, other)));
    life.settle().await.unwrap();
    let other = with(life.settle_command(), |c| c.stated.media_ref = None);
    met.push(code(&send!(life, t2102_settle, pharmacy, other)));
    life.refund().await.unwrap();
    let other = with(life.refund_command(), |c| c.mdtrt_id = "1".into());
    met.push(code(&send!(life, t2103_refund, pharmacy, other)));
    assert_eq!(met, ["RX-0001-01", "RX-7102-05", "RX-7103-04", "RX-7206-02", "RX-7207-03", "RX-2102-02", "RX-2103-03"]);
    assert!(center.audit().await.passes());
}

trait Onward: Sized {
    async fn up_to_from_authorise(self) -> Self;
}

impl Onward for Life<'_> {
    async fn up_to_from_authorise(mut self) -> Self {
        self.authorise().await.unwrap();
        self.download().await.unwrap();
        self.verify().await.unwrap();
        self.review().await.unwrap();
        self
    }
}
