//! The arguments of `filing`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lf_ports::filing::{APPLIED_MAX, AppyChnl};
use lf_vocab::{Admdvs, Day, DrCode, FixmedinsCode, MedListCodg, PsnNo};

use super::shared::{Lawful, said};

/// `filing`.
#[derive(Args)]
pub struct FilingArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: FilingCommand,
}

/// Which database, and whose filings.
#[derive(Args)]
pub struct FilingOf {
    /// Which database, by which packs.
    #[command(flatten)]
    pub lawful: Lawful,
    /// 参保统筹区 of the person
    #[arg(long, value_name = "ADMDVS")]
    pub poolarea_no: Admdvs,
    /// 人员编号
    #[arg(long, value_name = "NO")]
    pub psn_no: PsnNo,
}

/// `filing …`
#[derive(Subcommand)]
pub enum FilingCommand {
    /// File what a 医保 department decided on a person's use of a 单独支付 drug: granted, or refused with a reason
    AddSpay(AddSpayArgs),
    /// Register a person's 门诊慢特病
    AddOpsp(AddOpspArgs),
    /// List all filings of a person, with those that ended or were refused
    List {
        /// Whose.
        #[command(flatten)]
        of: FilingOf,
    },
    /// End a filing earlier than it was made for
    End(FilingEndArgs),
    /// List a person's 用药档案 at a pharmacy: what it sold to him on prescription, and which purchase opened the file
    MedFile(MedFileArgs),
}

/// `filing med-file`.
#[derive(Args)]
pub struct MedFileArgs {
    /// Whose.
    #[command(flatten)]
    pub of: FilingOf,
    /// The pharmacy
    #[arg(long, value_name = "CODE")]
    pub fixmedins_code: FixmedinsCode,
    /// One drug only, by 医疗目录编码
    #[arg(long, value_name = "CODE")]
    pub med_list_codg: Option<MedListCodg>,
}

/// What every new filing has.
#[derive(Args)]
pub struct FilingAdd {
    /// Whose.
    #[command(flatten)]
    pub of: FilingOf,
    /// 备案号
    #[arg(long, value_name = "NO", value_parser = said)]
    pub filing_no: String,
    /// The first day
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub from: Day,
    /// The last day that still belongs [default: open]
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub last_day: Option<Day>,
    /// Who enters it
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub by: String,
}

/// `filing add-spay`.
#[derive(Args)]
pub struct AddSpayArgs {
    /// Whose, which, when.
    #[command(flatten)]
    pub add: FilingAdd,
    /// The drug, by 医疗目录编码
    #[arg(long, value_name = "CODE")]
    pub med_list_codg: MedListCodg,
    /// The institution at which it was applied for
    #[arg(long, value_name = "CODE")]
    pub fixmedins_code: FixmedinsCode,
    /// 责任医师 who advised
    #[arg(long, value_name = "CODE")]
    pub dr_code: DrCode,
    /// The doctor's name
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub dr_name: String,
    /// Who decided in the 医保 department; another person than the doctor
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub dcsn_name: String,
    /// The day of the decision
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub dcsn_date: Day,
    /// Refused, for this reason; without it the use is granted
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub refused: Option<String>,
    /// Where the person applied: 医疗机构, 服务窗口, 微信小程序, 支付宝小程序 or 个人网厅
    #[arg(long, value_name = "CHANNEL", value_parser = channel)]
    pub appy_chnl: Option<AppyChnl>,
    /// 用药申请表编号
    #[arg(long, value_name = "NO", value_parser = short)]
    pub appy_form_no: Option<String>,
    /// A medical record or test that came with the form: its SM3 is kept; may be given several times
    #[arg(long, value_name = "FILE")]
    pub paper: Vec<PathBuf>,
    /// How the person was told of the result
    #[arg(long, value_name = "TEXT", value_parser = short, requires = "told_date")]
    pub told_way: Option<String>,
    /// When
    #[arg(long, value_name = "yyyy-MM-dd", requires = "told_way")]
    pub told_date: Option<Day>,
}

fn channel(text: &str) -> Result<AppyChnl, String> {
    let words = || AppyChnl::ALL.map(AppyChnl::cn).join(", ");
    AppyChnl::from_text(text).ok_or_else(|| format!("expected one of {}", words()))
}

fn short(text: &str) -> Result<String, String> {
    let text = said(text)?;
    if text.chars().count() > APPLIED_MAX {
        return Err(format!("it has more than {APPLIED_MAX} characters"));
    }
    Ok(text)
}

/// `filing add-opsp`.
#[derive(Args)]
pub struct AddOpspArgs {
    /// Whose, which, when.
    #[command(flatten)]
    pub add: FilingAdd,
    /// 病种代码
    #[arg(long, value_name = "CODE", value_parser = said)]
    pub opsp_dise_code: String,
    /// 病种名称
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub opsp_dise_name: String,
    /// 业务申请类型, by which 5302 asks for the chosen institutions
    #[arg(long, value_name = "CODE", value_parser = said)]
    pub biz_appy_type: Option<String>,
    /// A chosen institution; may be given several times, in the person's order
    #[arg(long, value_name = "CODE")]
    pub fixmedins_code: Vec<FixmedinsCode>,
}

/// `filing end`.
#[derive(Args)]
pub struct FilingEndArgs {
    /// Whose.
    #[command(flatten)]
    pub of: FilingOf,
    /// 备案号
    #[arg(long, value_name = "NO", value_parser = said)]
    pub filing_no: String,
    /// The last day that still belongs; a day before its first takes it back
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub last_day: Day,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub rea: String,
    /// Who enters it
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub by: String,
}
