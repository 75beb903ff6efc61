//! Why a row of 3501–3507 is not taken: closed, in the order in which a row is examined.

lf_rx::refusals! {
    /// Why a row of goods is not taken (3501–3507). The ledger is as before then.
    StockRefusal {
        CntNotPositive = "RX-3500-01", "接口规范 3501–3506 数量", "数量应大于0";
        CntTooLarge = "RX-3500-02", "本中心 数量上限", "数量超过单行上限10000000";
        SplitUnknown = "RX-3500-03", "接口规范 trdn_flag", "该药品没有最小制剂单位与包装的换算关系，不能拆零";
        CntNotWhole = "RX-3500-04", "接口规范 最小计价包装单位", "数量不是最小单位的整数倍；整盒按包装数、拆零按最小制剂单位数填写";
        DatesWrong = "RX-3500-05", "接口规范 manu_date、expy_end", "有效期止早于生产日期";
        InFuture = "RX-3500-06", "接口规范 业务时间", "业务时间晚于当前时间";
        TooManyCodes(usize) = "RX-3500-07", "本中心 追溯码上限", "一行的追溯码{0}个，超过上限1000个";
        CodeTwice(String) = "RX-3500-08", "接口规范 drugtracinfo", "追溯码{0}在本次上传中重复";
        CodesMissing = "RX-3500-09", "接口规范 3505A：药品追溯码必传", "没有药品追溯码；无码药品请先用3592B获取虚拟追溯码";
        CodesNotPacks(i64, usize) = "RX-3500-10", "一盒一码", "整盒{0}盒，追溯码{1}个，应当一盒一码";
        LotUnknown(String) = "RX-3500-11", "接口规范 fixmedins_bchno", "本机构没有批次{0}，请先上传采购或盘存";
        LotOther(&'static str) = "RX-3500-12", "接口规范 fixmedins_bchno", "该批次流水号已用于另一商品：{0}不同";
        Expired(lf_vocab::Day) = "RX-3500-13", "赣医保字〔2024〕9号 四（二）；药品管理法第九十八条", "该批次有效期至{0}，过期药品不得销售";
        NotSoldSo = "RX-3500-14", "接口规范 3506", "退货数量超过本次就医在该批次的销售数量";
        Short = "RX-3500-15", "赣医保字〔2024〕9号 一（五）票账货一致", "该批次账面库存不足";
        BalanceTooLarge = "RX-3500-16", "本中心 数量上限", "该批次累计数量超出范围";
        NothingToDelete = "RX-3500-17", "接口规范 3507", "该批次没有此类数据可删除";
        CodeOtherLot(String) = "RX-3500-18", "接口规范 drug_trac_codg", "追溯码{0}属于本机构另一批次";
        CodeSold(String) = "RX-3500-19", "一盒药品的追溯码只应有一次被扫码销售的记录", "追溯码{0}已有销售记录，不能再次入库或销售";
        CodeOpened(String) = "RX-3500-20", "接口规范 trdn_flag", "追溯码{0}的包装已拆零，余量不足本次数量，也不能整盒销售";
        CodeNotSold(String) = "RX-3500-21", "接口规范 3506", "追溯码{0}不是本次就医售出的，不能退货";
        VirtualUnknown(String) = "RX-3500-22", "接口规范 3592B", "虚拟追溯码{0}不是本中心为该批次发放的";
        DocUsed = "RX-3500-23", "接口规范 35xx 单据号", "同一批次、同一单据的数据已上传，且本次内容不同";
    }
}
