//! Where things stand: within the margins, on some page, together.

use super::*;
use crate::block::{Fields, Head, Table};
use crate::size::{SLIP_MAX, mm};
use crate::text::tests::Squares;

fn sheet(blocks: Vec<Block>) -> Sheet {
    Sheet { title: "题".to_owned(), running: "续页".to_owned(), footer: "脚注".to_owned(), blocks }
}

fn texts(page: &Page) -> Vec<(Len, Len, String)> {
    let mut texts = Vec::new();
    for item in &page.items {
        if let What::Text { text, .. } = &item.what {
            texts.push((item.y, item.x, text.clone()));
        }
    }
    texts.sort();
    texts
}

fn words(page: &Page) -> Vec<String> {
    texts(page).into_iter().map(|(_, _, text)| text).collect()
}

fn para(text: &str) -> Block {
    Block::para(Style::Body, text)
}

fn everything() -> Vec<Block> {
    let mut fields = Fields::default();
    fields.put("标签", "值").put("很长的标签", "很长的值".repeat(40)).put("空", "  ").put("", "无标签");
    let row =
        |n: usize| vec![format!("第{n}行药品名称{}", "很长".repeat(n % 9)), "12.34".to_owned(), "0.00".to_owned()];
    let head = Head {
        code: Some("123".to_owned()),
        lines: vec![(Style::Title, "名称很长的医院".repeat(6)), (Style::Strong, "处方笺".to_owned())],
        numbers: vec!["3".repeat(300)],
        corner: vec!["普通".to_owned(), "长期".to_owned()],
    };
    vec![
        Block::Head(head),
        Block::Rule,
        fields.block(6),
        Block::Table(Table { titles: vec!["药品", "金额", "自费"], rows: (0..90).map(row).collect(), chief: 1 }),
        Block::entry(Style::Strong, "左边".repeat(60), "右边"),
        Block::Sign(vec!["医师签名", "审核", "调配", "核对", "发药"]),
        Block::Keep((0..60).map(|n| para(&format!("留{n}"))).collect()),
        Block::indented(Style::Small, "缩进".repeat(200)),
        Block::Fill,
        Block::Gap,
        para("末行"),
    ]
}

#[test]
fn nothing_leaves_its_paper_or_is_lost() {
    for size in Size::ALL {
        let of = size.measures();
        let laid = layout(&sheet(everything()), size, &Squares);
        for page in &laid.pages {
            for item in &page.items {
                let (width, above, below) = match &item.what {
                    What::Text { text, size, .. } => (Squares.width(text, *size), *size, *size / 4),
                    What::Line { dx, dy, .. } => ((*dx).max(0), 0, *dy),
                    What::Frame { width, height } => (*width, 0, *height),
                    What::Code { side, .. } => (*side, 0, *side),
                };
                assert!(item.x >= of.side && item.x + width <= page.width - of.side, "{size} {item:?}");
                assert!(item.y - above >= 0 && item.y + below <= page.height, "{size} {item:?}");
            }
        }
        let all: String = laid.pages.iter().flat_map(words).collect();
        for n in 0..90 {
            assert!(all.contains(&format!("第{n}行")), "{size} {n}");
        }
        for n in 0..60 {
            assert!(all.contains(&format!("留{n}")), "{size} {n}");
        }
        assert_eq!(all.matches("很长的值").count(), 40, "{size}");
        assert_eq!(all.matches('左').count(), 60, "{size}");
        assert_eq!(all.matches("缩进").count(), 200, "{size}");
        assert_eq!(all.matches('院').count(), 6, "{size}");
        assert!(all.contains("无标签") && all.contains("末行") && !all.contains("空："), "{size}");
    }
}

#[test]
fn no_two_texts_of_a_page_lie_on_each_other() {
    for size in Size::ALL {
        for page in layout(&sheet(everything()), size, &Squares).pages {
            let texts = texts(&page);
            for (at, (y, x, text)) in texts.iter().enumerate() {
                let end = x + Squares.width(text, 8_500);
                let clash = texts[at + 1..].iter().find(|(y2, x2, _)| y2 == y && *x2 < end && x2 >= x);
                assert_eq!(clash, None, "{size} {text}");
            }
        }
    }
}

#[test]
fn a_page_takes_what_just_fits_and_the_next_page_the_line_after() {
    let of = Size::A5.measures();
    let row = of.letters.body * of.line / 100;
    let room = of.height - of.top - of.bottom - of.letters.small * of.line / 100;
    let most = usize::try_from(room / row).unwrap();
    let pages =
        |count: usize| layout(&sheet((0..count).map(|n| para(&n.to_string())).collect()), Size::A5, &Squares).pages;
    assert_eq!(pages(most).len(), 1);
    let two = pages(most + 1);
    assert_eq!(two.len(), 2);
    assert_eq!(words(&two[0]).last(), Some(&"第1页 共2页".to_owned()));
    assert_eq!(words(&two[1]), ["续页", &most.to_string(), "脚注", "第2页 共2页"]);
}

#[test]
fn a_slip_is_as_long_as_it_must_be_up_to_its_limit() {
    let pages =
        |count: usize| layout(&sheet((0..count).map(|n| para(&n.to_string())).collect()), Size::Slip, &Squares).pages;
    let (short, longer) = (pages(3), pages(4));
    assert!(short[0].height < mm(60) && longer[0].height > short[0].height);
    let many = pages(800);
    assert!(many.len() > 1 && many.iter().all(|page| page.height <= SLIP_MAX));
}

#[test]
fn what_is_kept_together_moves_to_the_next_page_together() {
    let kept = Block::Keep((0..20).map(|n| para(&format!("留{n}"))).collect());
    let mut blocks: Vec<_> = (0..25).map(|n| para(&n.to_string())).collect();
    blocks.push(kept);
    let pages = layout(&sheet(blocks), Size::A5, &Squares).pages;
    assert_eq!(pages.len(), 2);
    assert!(words(&pages[0]).iter().all(|word| !word.starts_with('留')));
    assert_eq!(words(&pages[1])[1..21].iter().filter(|word| word.starts_with('留')).count(), 20);
}

#[test]
fn a_table_too_wide_for_the_paper_is_written_row_by_row() {
    let table = Table {
        titles: vec!["药品", "金额", "数量", "先行自付金额合计", "超限价自费"],
        rows: vec![vec!["名称".to_owned(), "8.00".to_owned(), "2".to_owned(), "3.00".to_owned(), "0.00".to_owned()]],
        chief: 1,
    };
    let on = |size| words(&layout(&sheet(vec![Block::Table(table.clone())]), size, &Squares).pages[0]);
    let titles = ["药品", "金额", "数量", "先行自付金额合计", "超限价自费"];
    assert_eq!(on(Size::A4)[..10], [&titles[..], &["名称", "8.00", "2", "3.00", "0.00"]].concat());
    assert_eq!(on(Size::Slip)[..6], ["名称", "8.00", "数量：", "2", "先行自付金额合计：", "3.00"]);
}

#[test]
fn the_blank_of_a_page_is_struck_through_and_the_foot_stands_below() {
    let struck = |lines: usize, size| {
        let mut blocks: Vec<_> = (0..lines).map(|n| para(&n.to_string())).collect();
        blocks.extend([Block::Fill, para("后记")]);
        let pages = layout(&sheet(blocks), size, &Squares).pages;
        let lines =
            |page: &Page| page.items.iter().filter(|item| matches!(item.what, What::Line { dx, .. } if dx < 0)).count();
        (pages.len(), pages.iter().map(lines).sum::<usize>(), words(pages.last().unwrap()))
    };
    let (pages, lines, words) = struck(3, Size::A5);
    assert_eq!((pages, lines), (1, 1));
    assert_eq!(words, ["0", "1", "2", "后记", "脚注", "第1页 共1页"]);
    let full = (30..60).find(|lines| struck(*lines, Size::A5).0 == 2).unwrap();
    assert_eq!(struck(full - 1, Size::A5).1, 0, "no room is left to strike");
    let (_, lines, words) = struck(3, Size::Slip);
    assert!(lines == 0 && words.contains(&"—— 以下空白 ——".to_owned()));
}
