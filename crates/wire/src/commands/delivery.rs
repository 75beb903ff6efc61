//! 7209 and 7210. The interface has no field for the way of delivery, the cold chain, a carrier's qualification, and who
//! hands over and takes: they are stated in `extras` (docs/open-questions.md).

use lf_center::{t7209_deliver, t7210_sign_off};
use lf_rx::delivery::{
    Carrier, CarrierLic, ColdChain, DeliverySigned, DeliveryStep, Delver, Destination, Place, Receiver, Sheet, TempRec,
};
use lf_vocab::dict::{DelvStasCodg, DelvWay};

use super::Take;
use super::extras::Extras;
use crate::defect::{Defect, Defects};
use crate::node::Node;

/// Characters of a name or a number that `extras` state.
pub const STATED_MAX: usize = 50;

/// 7209.
pub fn t7209(node: &Node<'_>) -> Result<t7209_deliver::Command, Defects> {
    let mut take = Take::default();
    let extras = Extras::of(node);
    let hi_rxno = take.it(node.parse("hi_rxno"));
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let delv_no = take.it(node.need("delv_no").map(str::to_owned));
    let delv_addr = take.it(node.need("delv_addr").map(str::to_owned));
    let delv_conner = take.it(node.need("delv_conner").map(str::to_owned));
    let delv_entp_name = take.it(node.need("delv_entp_name").map(str::to_owned));
    let delv_stas_codg = take.it(node.code("delv_stas_codg", DelvStasCodg::from_code));
    let delv_stas_time = take.it(node.required("delv_stas_time", node.moment("delv_stas_time")));
    let delv_way = take.it(delv_way(&extras));
    let dlv_fixmedins_code = take.it(extras.parse("dlv_fixmedins_code"));
    let lic = take.it(lic(&extras));
    let hdov_name = take.it(extras.short("hdov_name", STATED_MAX));
    let cold_chain = take.it(cold_chain(&extras));
    take.done(|| {
        let sheet = Sheet {
            delv_no: delv_no?,
            delv_way: delv_way?,
            to: Destination {
                delv_addr: delv_addr?,
                delv_conner: delv_conner?,
                delv_con_tel: node.string("delv_con_tel"),
                dlv_fixmedins_code: dlv_fixmedins_code?,
            },
            delv_dtce: node.qty("delv_dtce"),
            carrier: Carrier { delv_entp_no: node.string("delv_entp_no"), delv_entp_name: delv_entp_name?, lic: lic? },
            hdov_name: hdov_name?,
        };
        let step = DeliveryStep {
            sheet,
            delv_stas_codg: delv_stas_codg?,
            delv_stas_dscr: node.string("delv_stas_dscr"),
            delv_stas_time: delv_stas_time?,
            delver: node.string("delver_name").map(|delver_name| delver(node, delver_name)),
            place: place(node),
            cold_chain: cold_chain?,
        };
        Some(t7209_deliver::Command { hi_rxno: hi_rxno?, fixmedins_code: fixmedins_code?, step })
    })
}

/// 7210.
pub fn t7210(node: &Node<'_>) -> Result<t7210_sign_off::Command, Defects> {
    let mut take = Take::default();
    let extras = Extras::of(node);
    let hi_rxno = take.it(node.parse("hi_rxno"));
    let delver_name = take.it(node.need("delver_name").map(str::to_owned));
    let delv_stas_time = take.it(node.required("delv_stas_time", node.moment("delv_stas_time")));
    let rcvr_name = take.it(extras.short("rcvr_name", STATED_MAX));
    let rcvr_rltn = take.it(extras.short("rcvr_rltn", STATED_MAX));
    let cold_chain = take.it(cold_chain(&extras));
    take.done(|| {
        let rcvr_rltn = rcvr_rltn?;
        let signed = DeliverySigned {
            delver: delver(node, delver_name?),
            rcvr: rcvr_name?.map(|rcvr_name| Receiver { rcvr_name, rcvr_rltn }),
            delv_stas_time: delv_stas_time?,
            delv_stas_dscr: node.string("delv_stas_dscr"),
            chk_way_codg: node.string("chk_way_codg"),
            place: place(node),
            cold_chain: cold_chain?,
        };
        let (delv_no, delv_entp_no) = (node.string("delv_no"), node.string("delv_entp_no"));
        Some(t7210_sign_off::Command { hi_rxno: hi_rxno?, delv_no, delv_entp_no, signed })
    })
}

/// Sent, unless it is said to be fetched: that is what the interface's fields are made for.
fn delv_way(extras: &Extras<'_, '_>) -> Result<DelvWay, Defect> {
    let Some(code) = extras.word("delv_way")? else { return Ok(DelvWay::Send) };
    DelvWay::from_code(code).ok_or_else(|| extras.wrong("delv_way应为1（网订店取）或2（网订店送）"))
}

/// Number and last day stand together.
fn lic(extras: &Extras<'_, '_>) -> Result<Option<CarrierLic>, Defect> {
    let number = extras.short("delv_entp_lic_no", STATED_MAX)?;
    match (number, extras.parse("delv_entp_lic_end")?) {
        (None, None) => Ok(None),
        (Some(delv_entp_lic_no), Some(delv_entp_lic_end)) => {
            Ok(Some(CarrierLic { delv_entp_lic_no, delv_entp_lic_end }))
        }
        _ => Err(extras.wrong("delv_entp_lic_no（资质编号）和delv_entp_lic_end（有效期止）应同时填写")),
    }
}

fn cold_chain(extras: &Extras<'_, '_>) -> Result<ColdChain, Defect> {
    let number = extras.short("temp_rec_no", STATED_MAX)?;
    let temp_rec = match (number, extras.sm3("temp_rec_sm3")?) {
        (None, None) => None,
        (Some(temp_rec_no), Some(temp_rec_sm3)) => {
            Some(TempRec { temp_rec_no, temp_rec_sm3, temp_ok_flag: extras.flag("temp_ok_flag")? })
        }
        _ => return Err(extras.wrong("temp_rec_no（温度记录编号）和temp_rec_sm3应同时填写")),
    };
    match extras.flag("cold_chain_flag")? {
        Some(false) if temp_rec.is_some() => Err(extras.wrong("cold_chain_flag为0时，不应有温度记录")),
        Some(false) => Ok(ColdChain::No),
        // Who has recorded the temperatures has kept them.
        Some(true) => Ok(ColdChain::Yes { temp_rec }),
        None if temp_rec.is_some() => Ok(ColdChain::Yes { temp_rec }),
        None => Ok(ColdChain::Unsaid),
    }
}

fn delver(node: &Node<'_>, delver_name: String) -> Delver {
    let certno = node.string("delver_certno");
    Delver {
        delver_name,
        delver_cert: node.string("delver_cert_type").zip(certno),
        delver_tel: node.string("delver_tel"),
    }
}

/// Both or nothing: one number is no place.
fn place(node: &Node<'_>) -> Option<Place> {
    let (delver_lng, delver_lat) = node.string("delver_lng").zip(node.string("delver_lat"))?;
    Some(Place { delver_lng, delver_lat, delver_geo_type: node.string("delver_geo_type") })
}

#[cfg(test)]
mod tests;
