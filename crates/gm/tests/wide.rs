//! Every SM4 that this processor can run, against the crate `sm4` as oracle and the
//! standard's examples.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use lf_gm::{Engine, Gm as _, RustCrypto, Sm4Key};
use proptest::prelude::*;

fn here() -> impl Iterator<Item = Engine> {
    Engine::ALL.into_iter().filter(|engine| engine.is_here())
}

fn block(hex: &str) -> [u8; 16] {
    lf_gm::hex::decode(hex.as_bytes()).unwrap().try_into().unwrap()
}

/// Blocks that differ in every byte, so that a block or word in a wrong place is noticed.
fn blocks(count: usize, seed: u64) -> Vec<[u8; 16]> {
    (0..count).map(|at| lf_gm::sm3(format!("{seed} {at}").as_bytes())[..16].try_into().unwrap()).collect()
}

fn agrees(key: &[u8; 16], plain: &[[u8; 16]]) -> Result<(), TestCaseError> {
    let oracle = RustCrypto.block_cipher(key);
    let mut want = plain.to_vec();
    oracle.encrypt_blocks(&mut want);
    // Decryption of what is no ciphertext of anything in particular.
    let mut unsealed = plain.to_vec();
    oracle.decrypt_blocks(&mut unsealed);
    for engine in here() {
        let cipher = engine.block_cipher(key);
        let mut work = plain.to_vec();
        cipher.encrypt_blocks(&mut work);
        prop_assert_eq!(&work, &want, "{:?}", engine);
        cipher.decrypt_blocks(&mut work);
        prop_assert_eq!(&work[..], plain, "{:?}", engine);
        cipher.decrypt_blocks(&mut work);
        prop_assert_eq!(&work, &unsealed, "{:?}", engine);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_key_and_any_blocks(key in any::<[u8; 16]>(), plain in prop::collection::vec(any::<[u8; 16]>(), 0..=200)) {
        agrees(&key, &plain)?;
    }

    #[test]
    fn sealed_texts_do_not_show_who_sealed_them(key in any::<[u8; 16]>(), plain in prop::collection::vec(any::<u8>(), 0..2000)) {
        let oracle = Sm4Key::with(&RustCrypto, &key);
        let sealed = oracle.seal_hex_upper(&plain);
        for engine in here() {
            let ours = Sm4Key::with(&engine, &key);
            prop_assert_eq!(&ours.seal_hex_upper(&plain), &sealed);
            prop_assert_eq!(ours.open_hex(&sealed), Ok(plain.clone()));
        }
        prop_assert_eq!(Sm4Key::new(&key).seal_hex_upper(&plain), sealed);
    }
}

#[test]
fn every_number_of_blocks_up_to_two_hundred() {
    for count in 0..=200 {
        agrees(&[count as u8; 16], &blocks(count, count as u64)).unwrap();
    }
}

#[test]
fn every_byte_at_every_place_of_a_block_and_of_a_key() {
    for at in 0..16 {
        let mut all = [[0x5A; 16]; 256];
        for (byte, block) in (0..=255).zip(&mut all) {
            block[at] = byte;
        }
        agrees(&block("0123456789ABCDEFFEDCBA9876543210"), &all).unwrap();
        for key in &all {
            agrees(key, &blocks(1, 7)).unwrap();
        }
    }
}

#[test]
fn examples_of_gbt_32907() {
    let key = block("0123456789ABCDEFFEDCBA9876543210");
    let once = block("681EDF34D206965E86B3E94F536E4246");
    let many = block("595298C7C6FD271F0402F804C33D3F66");
    for engine in here() {
        let cipher = engine.block_cipher(&key);
        // The same block in every place of a full call, and alone.
        for count in [1, 8, 24, 33] {
            let mut work = vec![key; count];
            cipher.encrypt_blocks(&mut work);
            assert_eq!(work, vec![once; count], "{engine:?}");
            cipher.decrypt_blocks(&mut work);
            assert_eq!(work, vec![key; count], "{engine:?}");
        }
        let mut work = [key];
        for _ in 0..1_000_000 {
            cipher.encrypt_blocks(&mut work);
        }
        assert_eq!(work, [many], "{engine:?}");
        for _ in 0..1_000_000 {
            cipher.decrypt_blocks(&mut work);
        }
        assert_eq!(work, [key], "{engine:?}");
    }
}

#[test]
fn an_engine_without_its_instructions_still_seals_rightly() {
    // On a machine without them the table of engines falls back; here or there, all agree.
    let key = block("0123456789ABCDEFFEDCBA9876543210");
    for engine in Engine::ALL {
        let mut work = [key];
        engine.block_cipher(&key).encrypt_blocks(&mut work);
        assert_eq!(work, [block("681EDF34D206965E86B3E94F536E4246")], "{engine:?}");
    }
    assert!(Engine::best().is_here() && Engine::RustCrypto.is_here());
}
