//! The registers are asked at every message: what the operator changes holds from the next one on, whatever keys
//! the front keeps prepared.

use lf_ports::{CodeStyle, RegistryPut};
use lf_wire::client::Dialect;
use serde_json::Value;

use crate::messages as m;
use crate::support::{BASE, Client, World, app, client, envelope};

/// `code` as it is written in the reply, and whether the client could open it.
async fn code(world: &World, client: &Client) -> Value {
    let body = client.seal(Dialect::Official, world.now_ms(), &m::t7211().to_string());
    world.clock.forward(1);
    envelope(&world.front.answer(&format!("{BASE}7211"), &body).await)["code"].clone()
}

#[tokio::test]
async fn a_changed_key_holds_from_the_next_message_on() {
    let world = World::new().await;
    assert_eq!(code(&world, &world.pharmacy).await, "0");
    // The same app with the key pair of another name.
    let other = client("pharmacy-renewed");
    let renewed = Client {
        app_id: world.pharmacy.app_id.clone(),
        app_secret: world.pharmacy.app_secret.clone(),
        sm4: world.pharmacy.sm4.clone(),
        ..other
    };
    assert_eq!(code(&world, &renewed).await, "401");
    world.register(vec![app(&renewed, m::PHARMACY, CodeStyle::Number, false)]).await;
    assert_eq!(code(&world, &renewed).await, 0);
    assert_eq!(code(&world, &world.pharmacy).await, 401);
}

#[tokio::test]
async fn a_changed_secret_holds_from_the_next_message_on() {
    let world = World::new().await;
    assert_eq!(code(&world, &world.pharmacy).await, "0");
    let app_secret = "00112233445566778899AABBCCDDEEFF".to_owned();
    let renewed = Client {
        sm4: lf_gm::sec_key(&world.pharmacy.app_id, &app_secret).unwrap(),
        app_id: world.pharmacy.app_id.clone(),
        app_secret,
        ..client("pharmacy")
    };
    assert_eq!(code(&world, &renewed).await, "400");
    world.register(vec![app(&renewed, m::PHARMACY, CodeStyle::Text, false)]).await;
    assert_eq!(code(&world, &renewed).await, "0");
    assert_eq!(code(&world, &world.pharmacy).await, "400");
}

#[tokio::test]
async fn an_app_is_switched_off_and_on_again() {
    let world = World::new().await;
    for (disabled, want) in [(false, "0"), (true, "401"), (false, "0")] {
        world.register(vec![app(&world.pharmacy, m::PHARMACY, CodeStyle::Text, disabled)]).await;
        assert_eq!(code(&world, &world.pharmacy).await, want);
    }
}

/// The institution is asked for together with the app, by what the app spoke for last; it is not believed.
#[tokio::test]
async fn an_app_that_speaks_for_another_institution_does_so_from_the_next_message_on() {
    let world = World::new().await;
    for (speaks_for, want) in [(m::PHARMACY, "0"), (m::HOSPITAL, "403"), (m::PHARMACY, "0")] {
        world.register(vec![app(&world.pharmacy, speaks_for, CodeStyle::Text, false)]).await;
        for _ in 0..2 {
            assert_eq!(code(&world, &world.pharmacy).await, want, "{speaks_for}");
        }
    }
}

/// A client that goes over to another dialect needs nobody's help, and neither does one that comes back.
#[tokio::test]
async fn an_app_may_change_its_dialect_at_any_message() {
    let world = World::new().await;
    for letter in ["A", "B", "C", "B", "A", "C", "C", "A"] {
        let dialect = Dialect::from_letter(letter).unwrap();
        let answer = world.call(dialect, lf_wire::Transaction::T7211, &m::t7211()).await;
        assert_eq!(answer.code, 0, "{letter}: {}", answer.message);
    }
}

/// A register that contradicts itself is our fault: the caller learns a number, the log the rest.
#[tokio::test]
async fn a_broken_register_is_told_by_a_reference_only() {
    let world = World::new().await;
    let mut row = app(&world.pharmacy, m::PHARMACY, CodeStyle::Number, false);
    if let RegistryPut::App(app) = &mut row {
        app.public_key = "no key".to_owned();
    }
    world.register(vec![row]).await;
    let body = world.pharmacy.seal(Dialect::Official, world.now_ms(), &m::t7211().to_string());
    let reply = envelope(&world.front.answer(&format!("{BASE}7211"), &body).await);
    let message = reply["message"].as_str().unwrap();
    assert_eq!(reply["code"], 500);
    let (before, reference) = message.split_once("参考号").unwrap();
    assert_eq!(before, "中心内部错误，报文未受理；");
    assert!(reference.len() == 12 && reference.bytes().all(|b| b.is_ascii_hexdigit()), "{message}");
}
