//! A repetition that looks for its answer before the first sending is committed, and at the prescription afterwards: it
//! gets the whole answer all the same. 1 000 rounds of `liufang torture races` find such a moment; here it is made.

use std::sync::Arc;

use lf_center::{Center, Settings};
use lf_testkit::center::repository_law;
use lf_testkit::edge::SeededChance;
use lf_testkit::{Step, TestCenter, Watched};

#[tokio::test]
async fn a_sale_that_overtakes_itself_is_answered_with_its_reminders() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Reviewed).await;
    let command = life.sell_command();
    let ctx = life.ctx(&life.pharmacy, &command).await;
    let first = center.center.t7207_sell(&ctx, &command).await.unwrap();
    assert!(!first.reminders.is_empty(), "the sale is reminded of something");
    let store = Arc::new(Watched::new(center.store.clone()).early());
    let other = Center::new(store, Arc::new(repository_law()), Arc::new(SeededChance::new(2)), Settings::default());
    let again = other.t7207_sell(&ctx, &command).await.unwrap();
    assert_eq!((again.reply, again.reminders), (first.reply, first.reminders));
}
