//! The field dictionary: every fact a rule may speak of, under its national name in `snake_case`.
//! Serves all gates; `docs/FACTS.md` is generated from it. Names follow epc.md and fsi.md; facts the
//! interface does not carry (registration, duty, consent …) are named in its style and marked.
//!
//! Invariants: a field has one kind, one scope and one need; a derived field is computed, never set.

/// What a fact is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A code or a word.
    Text,
    /// Yes or no.
    Flag,
    /// A whole number.
    Int,
    /// A decimal with that many places, kept as a scaled integer.
    Dec(u32),
    /// Money in fen.
    Fen,
    /// A day or a moment.
    Time,
    /// Several words.
    Set,
}

/// Where a fact stands: once a case, or once in every line of a repeated node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Once in a case.
    Case,
    /// A prescribed line, node `rxdrugdetail`.
    Line,
    /// A diagnosis, node `diseinfo`.
    Dise,
    /// A sold or settled line, node `rx_sale_drug_detl` (7207) or `drugdetail` (2101, 2102).
    Sale,
}

impl Scope {
    /// The repeated scopes, in order.
    pub const REPEATED: [Scope; 3] = [Scope::Line, Scope::Dise, Scope::Sale];

    /// The name of the node.
    pub const fn name(self) -> &'static str {
        match self {
            Scope::Case => "case",
            Scope::Line => "rxdrugdetail",
            Scope::Dise => "diseinfo",
            Scope::Sale => "rx_sale_drug_detl",
        }
    }

    /// The scope of a repeated node's name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::REPEATED.into_iter().find(|scope| scope.name() == name)
    }
}

/// Whether a rule may rely on the fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Always there: the interface requires it, or the center knows it.
    Must,
    /// May be absent; a rule that uses it says what then follows.
    May,
    /// Computed from other facts; absent when they are.
    Derived,
}

macro_rules! fields {
    ($($variant:ident $name:literal $kind:expr, $scope:ident $need:ident $cn:literal;)+) => {
        /// A fact a rule may speak of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Field { $(#[doc = concat!("`", $name, "` ", $cn)] $variant,)+ }

        impl Field {
            /// All fields, in the order of the dictionary.
            pub const ALL: &'static [Field] = &[$(Field::$variant,)+];

            /// The national name in `snake_case`.
            pub const fn name(self) -> &'static str { match self { $(Field::$variant => $name,)+ } }

            /// What it is made of.
            pub const fn kind(self) -> Kind { match self { $(Field::$variant => $kind,)+ } }

            /// Where it stands.
            pub const fn scope(self) -> Scope { match self { $(Field::$variant => Scope::$scope,)+ } }

            /// Whether a rule may rely on it.
            pub const fn need(self) -> Need { match self { $(Field::$variant => Need::$need,)+ } }

            /// The Chinese name.
            pub const fn cn(self) -> &'static str { match self { $(Field::$variant => $cn,)+ } }

            /// The field of a name. Line fields that share a name with a case field are told apart by `scope`.
            pub fn from_name(name: &str, scope: Scope) -> Option<Field> {
                let same = |field: &&Field| field.name() == name && field.scope() == scope;
                Self::ALL.iter().find(same).copied()
            }
        }
    };
}

const DAYS: Kind = Kind::Dec(2);
const QTY: Kind = Kind::Dec(4);
const PRIC: Kind = Kind::Dec(6);

fields! {
    // Dates: each may be the `reckoned` one.
    PrscTime "prsc_time" Kind::Time, Case Must "开方时间";
    ValiEndTime "vali_end_time" Kind::Time, Case Must "有效截止时间";
    MdtrtTime "mdtrt_time" Kind::Time, Case May "就诊时间";
    DiagTimeMin "diag_time_min" Kind::Time, Case May "最早诊断时间";
    UpldTime "upld_time" Kind::Time, Case Must "处方上传时间";
    AuthTime "auth_time" Kind::Time, Case Must "流转授权时间";
    DldTime "dld_time" Kind::Time, Case Must "处方下载时间";
    RxChkTime "rx_chk_time" Kind::Time, Case Must "处方审核时间";
    StooutTime "stoout_time" Kind::Time, Case Must "销售出库时间";
    DelvStasTime "delv_stas_time" Kind::Time, Case Must "配送状态变更时间";
    SetlTime "setl_time" Kind::Time, Case Must "结算时间";
    PrintTime "print_time" Kind::Time, Case May "处方打印时间";
    RetnTime "retn_time" Kind::Time, Case Must "退单时间";
    OrigSetlTime "orig_setl_time" Kind::Time, Case Must "原结算时间";
    AppyTime "appy_time" Kind::Time, Case Must "申请时间";

    // 7101 data
    RxTypeCode "rx_type_code" Kind::Text, Case Must "处方类别代码";
    BizTypeCode "biz_type_code" Kind::Text, Case Must "业务类型代码";
    RxExraAttrCode "rx_exra_attr_code" Kind::Text, Case May "处方附加属性代码";
    RxDrugCnt "rx_drug_cnt" QTY, Case Must "药品类目数（剂数）";
    ValiDays "vali_days" Kind::Int, Case Must "处方有效天数";
    LongRxFlag "long_rx_flag" Kind::Flag, Case Must "长期处方标志";
    ReptFlag "rept_flag" Kind::Flag, Case Must "复用（多次）使用标志";
    MaxReptCnt "max_rept_cnt" Kind::Int, Case May "最大使用次数";
    InsuPlcNo "insu_plc_no" Kind::Text, Case May "参保地编号";
    MdtrtareaNo "mdtrtarea_no" Kind::Text, Case May "就医地编号";
    WireDefectCnt "wire_defect_cnt" Kind::Int, Case May "报文校验缺陷数";

    // 7101 mdtrtinfo and what the center knows of the people
    FixmedinsCode "fixmedins_code" Kind::Text, Case Must "定点医疗机构编号";
    MedType "med_type" Kind::Text, Case Must "医疗类别";
    OtpIptFlag "otp_ipt_flag" Kind::Text, Case Must "门诊住院标识";
    Insutype "insutype" Kind::Text, Case May "险种类型";
    PatnAge "patn_age" Kind::Dec(1), Case Must "年龄";
    PatnAgeDays "patn_age_days" Kind::Int, Case May "年龄（日）";
    PatnWt "patn_wt" Kind::Dec(2), Case May "患者体重";
    Gend "gend" Kind::Text, Case Must "性别";
    MaindiagCode "maindiag_code" Kind::Text, Case Must "主诊断代码";
    DiseCodg "dise_codg" Kind::Text, Case May "病种编码";
    DrCode "dr_code" Kind::Text, Case Must "开方医保医师代码";
    DrProfttlCodg "dr_profttl_codg" Kind::Text, Case Must "医生职称编码";
    HospLv "hosp_lv" Kind::Text, Case May "医院等级";
    IssPoolareaNo "iss_poolarea_no" Kind::Text, Case May "开方机构统筹区编号";
    PharPoolareaNo "phar_poolarea_no" Kind::Text, Case May "药店统筹区编号";
    IssFixmedinsFlag "iss_fixmedins_flag" Kind::Flag, Case Must "开方机构为医保定点";
    IssCircFlag "iss_circ_flag" Kind::Flag, Case May "开方机构已完成处方流转改造";
    IssPublFlag "iss_publ_flag" Kind::Flag, Case May "开方机构为公立医疗机构";
    DrRegFlag "dr_reg_flag" Kind::Flag, Case Must "医师在本机构注册为医保医师";
    DrPracType "dr_prac_type" Kind::Text, Case May "医师执业类别（1临床2口腔3公共卫生4中医）";
    DrPracScope "dr_prac_scope" Kind::Set, Case May "医师执业范围";
    PsnAgreFlag "psn_agre_flag" Kind::Flag, Case May "患者同意处方流转";
    LongEvalFlag "long_eval_flag" Kind::Flag, Case May "长期处方已评估并记入病历";
    LongPsnConfFlag "long_psn_conf_flag" Kind::Flag, Case May "患者已确认长期处方";
    ExtdDaysReaFlag "extd_days_rea_flag" Kind::Flag, Case May "医师已注明延长用量理由";

    // 互联网医院问诊
    ItntConsFlag "itnt_cons_flag" Kind::Flag, Case May "有互联网问诊记录";
    ItntDrugHisFlag "itnt_drug_his_flag" Kind::Flag, Case May "问诊记录载有用药史";
    ItntAlgsHisFlag "itnt_algs_his_flag" Kind::Flag, Case May "问诊记录载有过敏史";
    ItntSympFlag "itnt_symp_flag" Kind::Flag, Case May "问诊记录载有临床症状";
    ItntFstdiagFlag "itnt_fstdiag_flag" Kind::Flag, Case May "问诊记录载有首诊医院时间和诊断";
    ItntFstdiagSameFlag "itnt_fstdiag_same_flag" Kind::Flag, Case May "诊断与首诊诊断一致";
    ItntOverlapCnt "itnt_overlap_cnt" Kind::Int, Case May "同时接诊的其他参保人数";
    ItntCondChgFlag "itnt_cond_chg_flag" Kind::Flag, Case May "病情发生变化";
    ItntLicFlag "itnt_lic_flag" Kind::Flag, Case May "互联网医院执业许可有效";
    ItntParentFlag "itnt_parent_flag" Kind::Flag, Case May "依托本省医保定点实体医疗机构";
    ItntSuppAgreFlag "itnt_supp_agre_flag" Kind::Flag, Case May "互联网医保服务补充协议有效";
    ItntDrRegFlag "itnt_dr_reg_flag" Kind::Flag, Case May "医师注册在互联网医院";
    ItntInPharFlag "itnt_in_phar_flag" Kind::Flag, Case May "在药店问诊区问诊";
    ItntAgrePairFlag "itnt_agre_pair_flag" Kind::Flag, Case May "与药店的远程问诊协议有效";
    ItntPsnSelfFlag "itnt_psn_self_flag" Kind::Flag, Case May "由参保人本人或其家属陈述";

    // 药店：审核、销售、结算、退单
    PharFixmedinsCode "phar_fixmedins_code" Kind::Text, Case Must "药店定点编号";
    PharRegFlag "phar_reg_flag" Kind::Flag, Case Must "审方药师为医保平台登记有效的执业药师";
    PharDutyFlag "phar_duty_flag" Kind::Flag, Case May "执业药师在岗";
    PharSignFlag "phar_sign_flag" Kind::Flag, Case May "药师已签字";
    RxSignVerifyFlag "rx_sign_verify_flag" Kind::Flag, Case Must "处方签名已验签";
    RxChkStasCodg "rx_chk_stas_codg" Kind::Text, Case Must "处方审核状态代码";
    RxLineMissCnt "rx_line_miss_cnt" Kind::Int, Case Must "未买足的处方药品数";
    PrintFlag "print_flag" Kind::Flag, Case May "处方已打印";
    PsnMatchFlag "psn_match_flag" Kind::Flag, Case May "人证相符";
    FaceScore "face_score" Kind::Int, Case May "人脸比对分数（0至100）";
    PsnMatchReaFlag "psn_match_rea_flag" Kind::Flag, Case May "写明人工核对理由";
    MediaRefFlag "media_ref_flag" Kind::Flag, Case May "有结算影像索引";
    SetlCnt "setl_cnt" Kind::Int, Case Must "处方已结算次数";
    FundFlag "fund_flag" Kind::Flag, Case Must "申请统筹基金支付";
    OrigRouteFlag "orig_route_flag" Kind::Flag, Case Must "按原支付途径退回";

    // 纸质处方与外配理由
    PaperFlag "paper_flag" Kind::Flag, Case May "纸质处方（电子处方的打印件不是）";
    PaperDrSignFlag "paper_dr_sign_flag" Kind::Flag, Case May "纸质处方有医保医师签名";
    PaperSealFlag "paper_seal_flag" Kind::Flag, Case May "纸质处方盖有外配处方专用章";
    PaperNoUniqFlag "paper_no_uniq_flag" Kind::Flag, Case May "纸质处方编号连续且唯一";
    PaperSituCode "paper_situ_code" Kind::Text, Case May "经办机构规定的使用纸质处方情形";
    OutReaDrgFlag "out_rea_drg_flag" Kind::Flag, Case May "以DRG/DIP支付标准为由外配";
    TmpBuyFlag "tmp_buy_flag" Kind::Flag, Case May "已尝试临时采购";
    HospChkFlag "hosp_chk_flag" Kind::Flag, Case May "医疗机构药师已审方";
    PharPresetFlag "phar_preset_flag" Kind::Flag, Case May "医疗机构替患者指定药店";
    IptFlowReaFlag "ipt_flow_rea_flag" Kind::Flag, Case May "住院期间流转已写明确需理由";
    OutRuleFlag "out_rule_flag" Kind::Flag, Case May "已按本地公立医疗机构院外调配处方管理规定办理";
    OutRea "out_rea" Kind::Text, Case May "外配理由（1暂时无法配备，2患者自行选择，9其他）";
    TmpBuyNo "tmp_buy_no" Kind::Text, Case May "临时采购记录的编号";
    TmpBuyRea "tmp_buy_rea" Kind::Text, Case May "没有临时采购的原因";

    // 资格：机构、药店、医师、参保人
    IssOpspFlag "iss_opsp_flag" Kind::Flag, Case May "开方机构具备门诊特定病种治疗资格";
    IssDualchnlFlag "iss_dualchnl_flag" Kind::Flag, Case May "开方机构为双通道定点医疗机构";
    IssSpayFlag "iss_spay_flag" Kind::Flag, Case May "开方机构为单独支付药品定点医疗机构";
    PharOppoolFlag "phar_oppool_flag" Kind::Flag, Case May "门诊统筹定点零售药店";
    PharDualchnlFlag "phar_dualchnl_flag" Kind::Flag, Case May "双通道定点零售药店";
    PharOpspFlag "phar_opsp_flag" Kind::Flag, Case May "门诊特定病种定点零售药店";
    PharSpayFlag "phar_spay_flag" Kind::Flag, Case May "单独支付药品定点零售药店";
    DrSpayFlag "dr_spay_flag" Kind::Flag, Case May "开方医师为单独支付药品责任医师";
    PsnQualFlag "psn_qual_flag" Kind::Flag, Case May "单独支付药品用药资格备案有效";
    PsnOpspFlag "psn_opsp_flag" Kind::Flag, Case May "参保人已登记本病种的门诊慢特病待遇";
    PsnInsuFlag "psn_insu_flag" Kind::Flag, Case May "正常享受医保待遇";
    OutInsuFlag "out_insu_flag" Kind::Flag, Case May "省内异地参保";
    IssCrossFlag "iss_cross_flag" Kind::Flag, Case May "开方机构已开通省内异地直接结算";
    PharCrossFlag "phar_cross_flag" Kind::Flag, Case May "药店已开通省内异地直接结算";
    FstBuyFlag "fst_buy_flag" Kind::Flag, Case May "首次到本药店购买单独支付药品";
    AppyFormFlag "appy_form_flag" Kind::Flag, Case May "有用药申请（复查评估）表";

    // 配送
    DelvWay "delv_way" Kind::Text, Case May "网上订购的取药方式（1网订店取、2网订店送）";
    DelvStasCodg "delv_stas_codg" Kind::Text, Case May "配送状态编码";
    DelvSignFlag "delv_sign_flag" Kind::Flag, Case May "本次为配送签收";
    DlvToIssFlag "dlv_to_iss_flag" Kind::Flag, Case May "配送至开具处方的医疗机构";
    ColdChainFlag "cold_chain_flag" Kind::Flag, Case May "按冷链运输";
    TempRecFlag "temp_rec_flag" Kind::Flag, Case May "有运输途中的温度记录，且温度在规定范围内";
    DelvEntpQualFlag "delv_entp_qual_flag" Kind::Flag, Case May "配送企业的资质在配送当日有效";
    HdovFlag "hdov_flag" Kind::Flag, Case May "载明药店保管、交接的责任人";
    DelverFlag "delver_flag" Kind::Flag, Case May "载明配送员";
    RcvrFlag "rcvr_flag" Kind::Flag, Case May "载明签收人";

    // 准入与存档
    AppyType "appy_type" Kind::Text, Case Must "申请的服务（双通道、门特、门诊统筹；定点医疗机构为单独支付）";
    PathGeneFlag "path_gene_flag" Kind::Flag, Case May "具有相应诊疗技术和病理或基因检测能力";
    KeySpecFlag "key_spec_flag" Kind::Flag, Case May "适用专科经省市卫健部门确定为临床重点专科";
    PharDsgnFlag "phar_dsgn_flag" Kind::Flag, Case May "已取得定点零售药店资格";
    PnltFlag "pnlt_flag" Kind::Flag, Case May "曾受处罚或被暂停、中止、解除协议";
    PnltTime "pnlt_time" Kind::Time, Case May "最近一次处罚或暂停、中止、解除协议的日期";
    CancFlag "canc_flag" Kind::Flag, Case May "曾被取消资格或退出";
    CancTime "canc_time" Kind::Time, Case May "被取消资格或退出的日期";
    CancBrchFlag "canc_brch_flag" Kind::Flag, Case May "因违规被取消资格（自愿退出为否）";
    InjSvcFlag "inj_svc_flag" Kind::Flag, Case May "申请开通注射类药品服务";
    SetlBegnTime "setl_begn_time" Kind::Time, Case May "启动医保结算业务的日期";
    PharLcsCnt "phar_lcs_cnt" Kind::Int, Case May "在岗且登记有效的执业药师人数";
    NegoShare "nego_share" PRIC, Case May "配备的谈判药品占全部谈判药品的比例";
    QltySysFlag "qlty_sys_flag" Kind::Flag, Case May "药品质量管理制度健全";
    NetFlag "net_flag" Kind::Flag, Case May "按骨干网络建设指南接入";
    IntfTestFlag "intf_test_flag" Kind::Flag, Case May "接口改造和接入验收通过";
    SupvFlag "supv_flag" Kind::Flag, Case May "具备智能监管功能";
    SetlFuncFlag "setl_func_flag" Kind::Flag, Case May "具备患者直接结算（待遇结算）功能";
    PsiUpldFlag "psi_upld_flag" Kind::Flag, Case May "实时上传进销存";
    PsiBookFlag "psi_book_flag" Kind::Flag, Case May "进销存台账完整并定期盘点";
    TracUpldFlag "trac_upld_flag" Kind::Flag, Case May "能采集上传药品追溯码";
    VideoFlag "video_flag" Kind::Flag, Case May "结算区有视频监控和人脸识别设备";
    ItntRxFlag "itnt_rx_flag" Kind::Flag, Case May "承接互联网医院处方";
    ConsAreaFlag "cons_area_flag" Kind::Flag, Case May "有单独的问诊区";
    ConsDevFlag "cons_dev_flag" Kind::Flag, Case May "问诊区设备齐备";
    HiAreaFlag "hi_area_flag" Kind::Flag, Case May "有独立的医保药品分区";
    PromPsiFlag "prom_psi_flag" Kind::Flag, Case May "已承诺全部药品进销存上传";
    PromPricFlag "prom_pric_flag" Kind::Flag, Case May "已作价格和服务承诺";
    PromOutFlag "prom_out_flag" Kind::Flag, Case May "已承诺不代理、不转让、不委托";
    KeepRole "keep_role" Kind::Text, Case May "保存者（医疗机构、零售药店）";
    DstrTime "dstr_time" Kind::Time, Case May "拟销毁的日期";

    // 零星报销
    RxFlowFlag "rx_flow_flag" Kind::Flag, Case May "处方已通过医保电子处方流转中心流转售药";
    AppyIssFlag "appy_iss_flag" Kind::Flag, Case May "零星报销材料交到开具处方的医疗机构";
    IssCityFlag "iss_city_flag" Kind::Flag, Case May "开方机构为参保统筹区内的定点医疗机构";
    AppyRxFlag "appy_rx_flag" Kind::Flag, Case May "零星报销已交处方";
    AppyInvoFlag "appy_invo_flag" Kind::Flag, Case May "零星报销已交发票";
    AppyListFlag "appy_list_flag" Kind::Flag, Case May "零星报销已交费用明细清单";

    // rxdrugdetail
    MedListCodg "med_list_codg" Kind::Text, Line Must "医保药品编码";
    DrugGenname "drug_genname" Kind::Text, Line Must "药品通用名";
    RxItemTypeCode "rx_item_type_code" Kind::Text, Line Must "处方项目分类代码";
    TcmdrugTypeCode "tcmdrug_type_code" Kind::Text, Line May "中药类别代码";
    HospPrepFlag "hosp_prep_flag" Kind::Flag, Line Must "医疗机构制剂标志";
    MedcDays "medc_days" DAYS, Line Must "用药天数";
    DrugCnt "drug_cnt" QTY, Line Must "药品总用药量";
    SinDoscnt "sin_doscnt" QTY, Line May "单次用量";
    UsedFrquCodg "used_frqu_codg" Kind::Text, Line May "使用频次编码";
    HospApprFlag "hosp_appr_flag" Kind::Text, Line Must "医院审批标志";
    SelfPayRea "self_pay_rea" Kind::Text, Line May "自费原因类型";
    ChrgitmLv "chrgitm_lv" Kind::Text, Line May "收费项目等级";
    ListFlag "list_flag" Kind::Flag, Line May "属开方日医保药品目录";
    ChldMedcFlag "chld_medc_flag" Kind::Flag, Line May "儿童专科用药";
    SpecDrugClass "spec_drug_class" Kind::Text, Line May "特殊管理药品类别";
    SpecDosform "spec_dosform" Kind::Text, Line May "特殊管理药品剂型类（注射剂、控缓释制剂、其他）";
    DrugTag "drug_tag" Kind::Set, Line May "药品标签";
    DiseMatchFlag "dise_match_flag" Kind::Flag, Line May "用于所诊断病种或接续治疗";
    PayLmtFlag "pay_lmt_flag" Kind::Flag, Line May "符合医保限定支付范围";
    LmtGend "lmt_gend" Kind::Text, Line May "限定性别（1男2女）";
    LmtChldFlag "lmt_chld_flag" Kind::Flag, Line May "限儿童";
    LmtHospLv "lmt_hosp_lv" Kind::Int, Line May "限定机构级别（三级3、二级2、一级1）";
    LmtIptFlag "lmt_ipt_flag" Kind::Flag, Line May "限住院";
    LmtInsu "lmt_insu" Kind::Text, Line May "限定保险类型（工伤、生育）";
    LmtDays "lmt_days" DAYS, Line May "限定支付疗程（天）";
    LmtOther "lmt_other" Kind::Text, Line May "系统不能判断的支付限制";
    SuppDays "supp_days" DAYS, Line May "按用法用量折算的可用天数";
    SuppDaysLess "supp_days_less" DAYS, Line May "少开一个最小包装的可用天数";
    SuppUnkn "supp_unkn" Kind::Text, Line May "可用天数不能折算的原因";
    DspoWay "dspo_way" Kind::Text, Line May "对提醒的处理方式（1继续执行医嘱，2返回修改医嘱）";
    DspoWayRea "dspo_way_rea" Kind::Text, Line May "对提醒的处理原因";
    VagueUseFlag "vague_use_flag" Kind::Flag, Line May "用法含遵医嘱自用等含糊字句";
    OverDosFlag "over_dos_flag" Kind::Flag, Line May "超剂量使用";
    OverDosSignFlag "over_dos_sign_flag" Kind::Flag, Line May "超剂量已注明原因并再次签名";
    SelfCnstFlag "self_cnst_flag" Kind::Flag, Line May "目录外用药已取得患者知情同意";
    RunsUntil "runs_until" Kind::Time, Line May "此前处方的同通用名药品可用至";
    OverlapCnt "overlap_cnt" Kind::Int, Line May "同通用名药品尚未用完的此前处方数";
    OverlapDays "overlap_days" DAYS, Line May "此前处方的同通用名药品尚可用天数";
    HeldDays "held_days" DAYS, Line May "连同此前处方尚余药量的可用天数";
    CourseDays "course_days" DAYS, Line May "连同此前相接处方的疗程天数";

    // diseinfo
    DiagCode "diag_code" Kind::Text, Dise Must "诊断代码";
    DiagType "diag_type" Kind::Text, Dise Must "诊断类别";
    MaindiagFlag "maindiag_flag" Kind::Flag, Dise Must "主诊断标志";
    DiagTime "diag_time" Kind::Time, Dise Must "诊断时间";

    // rx_sale_drug_detl (7207), drugdetail (2101, 2102)
    SaleMedListCodg "med_list_codg" Kind::Text, Sale Must "医保药品编码";
    SaleDrugGenname "drug_genname" Kind::Text, Sale Must "药品通用名";
    InRxFlag "in_rx_flag" Kind::Flag, Sale Must "属本处方所开药品";
    PrscCnt "prsc_cnt" QTY, Sale May "处方数量";
    DrugTotlcnt "drug_totlcnt" QTY, Sale Must "销售数量";
    ExpyEnd "expy_end" Kind::Time, Sale May "有效期止";
    TracCnt "trac_cnt" Kind::Int, Sale Must "药品追溯码数";
    TracMissCnt "trac_miss_cnt" Kind::Int, Sale May "没有追溯码的包装数";
    TracExmpFlag "trac_exmp_flag" Kind::Flag, Sale May "免追溯码或无码库药品";
    TrdnFlag "trdn_flag" Kind::Flag, Sale May "拆零标志";
    TracSoldFlag "trac_sold_flag" Kind::Flag, Sale May "追溯码已售";
    Pric "pric" PRIC, Sale Must "销售单价";
    PayStdPric "pay_std_pric" PRIC, Sale May "医保支付标准";
    SelPric "sel_pric" PRIC, Sale May "集采中选价";
    PlatPric "plat_pric" PRIC, Sale May "省药采平台挂网价";
    NegoFlag "nego_flag" Kind::Flag, Sale May "协议期内谈判药品";
    SaleChrgitmLv "chrgitm_lv" Kind::Text, Sale May "收费项目等级";
    SaleListFlag "list_flag" Kind::Flag, Sale May "属结算日医保药品目录";
    SaleDrugTag "drug_tag" Kind::Set, Sale May "药品标签";
    SpayListFlag "spay_list_flag" Kind::Flag, Sale May "属本地单独支付药品目录";
    SaleSpecDosform "spec_dosform" Kind::Text, Sale May "特殊管理药品剂型类（注射剂、控缓释制剂、其他）";
    DrugQualFlag "drug_qual_flag" Kind::Flag, Sale May "参保人对本药品的用药资格备案有效";
    RenewFailFlag "renew_fail_flag" Kind::Flag, Sale May "续约失败被调出的协议期内谈判药品";
    DlvFeeFlag "dlv_fee_flag" Kind::Flag, Sale May "配送服务费";

    // Computed.
    RxdrugdetailCnt "rxdrugdetail_cnt" Kind::Int, Case Derived "处方明细行数";
    RxDrugKinds "rx_drug_kinds" Kind::Int, Case Derived "西药和中成药种数";
    ValiClockDays "vali_clock_days" Kind::Int, Case Derived "有效期天数（按24小时计，不足进一）";
    ValiExclDays "vali_excl_days" Kind::Int, Case Derived "有效期天数（开方当日不计）";
    ValiInclDays "vali_incl_days" Kind::Int, Case Derived "有效期天数（开方当日计入）";
    StooutExclDays "stoout_excl_days" Kind::Int, Case Derived "开方至购药的天数（开方当日不计）";
    ValiEndMatchFlag "vali_end_match_flag" Kind::Flag, Case Derived "有效截止时间等于开方时间加有效天数";
    RetnSameMonthFlag "retn_same_month_flag" Kind::Flag, Case Derived "退单与结算在同一月";
    SamePoolFlag "same_pool_flag" Kind::Flag, Case Derived "开方机构与药店在同一统筹区";
    KeptYears "kept_years" Kind::Int, Case Derived "开具至拟销毁的整年数";
    PnltYears "pnlt_years" Kind::Int, Case Derived "处罚至申请的整年数";
    CancYears "canc_years" Kind::Int, Case Derived "取消资格或退出至申请的整年数";
    SetlYears "setl_years" Kind::Int, Case Derived "启动医保结算至申请的整年数";
    HospGrade "hosp_grade" Kind::Int, Case Derived "医疗机构级别（三级3、二级2、一级1、无等级0）";
    MedcDaysDscr "medc_days_dscr" Kind::Text, Line Derived "用药天数（所开数量可用更久的，并写明可用天数）";
    SameProvFlag "same_prov_flag" Kind::Flag, Case Derived "开方机构与药店在同一省";
}

const COUNT: usize = Field::ALL.len();

/// The place of each field among those of its scope.
const SLOTS: [u16; COUNT] = {
    let mut slots = [0; COUNT];
    let mut next = [0; 4];
    let mut at = 0;
    while at < COUNT {
        let scope = Field::ALL[at].scope() as usize;
        slots[at] = next[scope];
        next[scope] += 1;
        at += 1;
    }
    slots
};

const SIZES: [usize; 4] = {
    let mut sizes = [0; 4];
    let mut at = 0;
    while at < COUNT {
        sizes[Field::ALL[at].scope() as usize] += 1;
        at += 1;
    }
    sizes
};

impl Field {
    pub(crate) const fn slot(self) -> usize {
        SLOTS[self as usize] as usize
    }
}

impl Scope {
    pub(crate) const fn size(self) -> usize {
        SIZES[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_within_a_scope_and_found() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.name(), field.scope()), Some(*field), "{}", field.name());
        }
    }

    #[test]
    fn slots_fill_their_scope_without_holes() {
        for scope in [Scope::Case, Scope::Line, Scope::Dise, Scope::Sale] {
            let mut slots: Vec<_> = Field::ALL.iter().filter(|f| f.scope() == scope).map(|f| f.slot()).collect();
            slots.sort_unstable();
            assert_eq!(slots, (0..scope.size()).collect::<Vec<_>>());
        }
    }
}
