// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Identities and signed structures; the same hashes are made off chain.
/// `Receipt` is not needed here yet: a contest by receipt will add it.
library TypedData {
    bytes32 internal constant SERVICE_TYPEHASH =
        keccak256("Service(bytes32 ggufSha256,address source,bytes32 weightsHash)");
    bytes32 internal constant SESSION_TYPEHASH =
        keccak256(
            "Session(uint256 chainId,address hub,address application,bytes32 service,uint32 epoch,uint8 draw,address supplier,uint96 price)"
        );
    bytes32 internal constant VOUCHER_TYPEHASH =
        keccak256("Voucher(bytes32 session,uint96 cumulative,bytes32 ref)");
    bytes32 internal constant KEY_GRANT_TYPEHASH =
        keccak256(
            "KeyGrant(address application,address key,uint32 fromEpoch,uint32 untilEpoch,uint256 nonce,uint64 deadline)"
        );

    /// A service without its weights is no service: both are part of what it is.
    function serviceId(
        bytes32 ggufSha256,
        address source,
        bytes32 weightsHash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(SERVICE_TYPEHASH, ggufSha256, source, weightsHash));
    }

    /// One block of memory for all rows of a redemption. A row changes only what is its own.
    ///   0x000 the session's nine words: typehash, chain, hub, application *, service, epoch,
    ///         draw *, supplier, price *
    ///   0x120 the voucher's four: typehash, session *, cumulative *, ref *
    ///   0x1a0 what is signed: 0x1901, the domain, the voucher's hash *
    ///   0x200 what recovery takes: digest *, v *, r *, s *
    function openBlock(
        bytes32 domain,
        bytes32 service,
        uint256 epoch,
        address supplier
    ) internal view returns (uint256 block_) {
        bytes32 sessionTypehash = SESSION_TYPEHASH;
        bytes32 voucherTypehash = VOUCHER_TYPEHASH;
        assembly ("memory-safe") {
            block_ := mload(0x40)
            mstore(0x40, add(block_, 0x280))
            mstore(block_, sessionTypehash)
            mstore(add(block_, 0x20), chainid())
            mstore(add(block_, 0x40), address())
            mstore(add(block_, 0x80), service)
            mstore(add(block_, 0xa0), epoch)
            mstore(add(block_, 0xe0), supplier)
            mstore(add(block_, 0x120), voucherTypehash)
            mstore(add(block_, 0x1a0), shl(240, 0x1901))
            mstore(add(block_, 0x1a2), domain)
        }
    }

    function sessionId(
        uint256 block_,
        address application,
        uint256 draw,
        uint256 price
    ) internal pure returns (bytes32 id) {
        assembly ("memory-safe") {
            mstore(add(block_, 0x60), application)
            mstore(add(block_, 0xc0), draw)
            mstore(add(block_, 0x100), price)
            id := keccak256(block_, 0x120)
        }
    }

    /// Who signed the voucher, by bare recovery: a key that gained code still signs. Zero for what
    /// is no signature, and for one in its other form (the high s).
    function voucherSigner(
        uint256 block_,
        bytes32 session,
        uint256 cumulative,
        bytes32 ref,
        bytes32 r,
        bytes32 vs
    ) internal view returns (address signer) {
        assembly ("memory-safe") {
            mstore(add(block_, 0x140), session)
            mstore(add(block_, 0x160), cumulative)
            mstore(add(block_, 0x180), ref)
            mstore(add(block_, 0x1c2), keccak256(add(block_, 0x120), 0x80))
            let input := add(block_, 0x200)
            mstore(input, keccak256(add(block_, 0x1a0), 0x42))
            mstore(add(input, 0x20), add(27, shr(255, vs)))
            mstore(add(input, 0x40), r)
            let s := shr(1, shl(1, vs))
            mstore(add(input, 0x60), s)
            // Recovery answers with nothing at all for what is no signature.
            mstore(0, 0)
            let done := staticcall(gas(), 1, input, 0x80, 0, 0x20)
            // The lower half of the curve's order.
            let low := lt(
                s,
                0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1
            )
            signer := mul(mload(0), and(done, low))
        }
    }

    function keyGrantHash(
        address application,
        address key,
        uint32 fromEpoch,
        uint32 untilEpoch,
        uint256 nonce,
        uint64 deadline
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    KEY_GRANT_TYPEHASH,
                    application,
                    key,
                    fromEpoch,
                    untilEpoch,
                    nonce,
                    deadline
                )
            );
    }
}
