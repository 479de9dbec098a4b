// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Application, HubStorage, KeyTerm} from "./HubStorage.sol";
import {TypedData} from "./TypedData.sol";

/// @title Hot keys: which key signs an application's vouchers, by the epoch of the session.
/// No call changes what is valid for an epoch that has begun, but for an application's first key.
abstract contract Keys is HubStorage, EIP712 {
    uint32 internal constant NO_END = type(uint32).max;

    event KeyGranted(
        address indexed application,
        address indexed key,
        uint32 fromEpoch,
        uint32 untilEpoch
    );
    event KeyRevoked(address indexed application, address indexed key, uint32 untilEpoch);

    error GrantExpired(uint64 deadline);
    error BadKeyGrant();
    error KeyAlreadyUsed(address key);
    error UnknownKey(address key);

    /// The key signs that it belongs to the caller, so nobody can grant a key of somebody else's.
    /// A key that was granted before is refused: its earlier term must stay as it was.
    function grantHotKey(address key, uint64 deadline, bytes32 r, bytes32 vs) external {
        require(block.timestamp <= deadline, GrantExpired(deadline));
        (uint32 fromEpoch, uint32 untilEpoch, uint256 nonce) = grantTerms(msg.sender);
        bytes32 hash = TypedData.keyGrantHash(
            msg.sender,
            key,
            fromEpoch,
            untilEpoch,
            nonce,
            deadline
        );
        (address signer, , ) = ECDSA.tryRecover(_hashTypedDataV4(hash), r, vs);
        require(signer != address(0) && signer == key, BadKeyGrant());
        require(_keyTerms[msg.sender][key].untilEpoch == 0, KeyAlreadyUsed(key));

        Application storage app = _applications[msg.sender];
        _endNewestKey(app);
        app.newestKey = key;
        app.newestFrom = fromEpoch;
        app.keyNonce = uint64(nonce + 1);
        _keyTerms[msg.sender][key] = KeyTerm(fromEpoch, untilEpoch);
        emit KeyGranted(msg.sender, key, fromEpoch, untilEpoch);
    }

    /// From the next epoch on; what was signed for epochs that have begun stays payable.
    function revokeKey(address key) external {
        Application storage app = _applications[msg.sender];
        require(key != address(0) && key == app.newestKey, UnknownKey(key));
        _endNewestKey(app);
        app.newestKey = address(0);
    }

    /// What the next key of `application` has to sign.
    function grantTerms(
        address application
    ) public view returns (uint32 fromEpoch, uint32 untilEpoch, uint256 nonce) {
        nonce = _applications[application].keyNonce;
        fromEpoch = nonce == 0 ? currentEpoch() : currentEpoch() + 1;
        untilEpoch = NO_END;
    }

    function isKeyValid(
        address application,
        address key,
        uint32 epoch
    ) public view returns (bool) {
        KeyTerm memory term = _keyTerms[application][key];
        return term.fromEpoch <= epoch && epoch < term.untilEpoch;
    }

    function hotKeyOf(address application) external view returns (address) {
        return _applications[application].newestKey;
    }

    function keyNonce(address application) external view returns (uint256) {
        return _applications[application].keyNonce;
    }

    /// The key that signs for `epoch`: the newest, or the one before while that has not begun.
    function _keyAt(
        address application,
        uint32 epoch
    ) internal view returns (address key, bool valid) {
        Application storage app = _applications[application];
        key = app.newestKey;
        if (isKeyValid(application, key, epoch)) return (key, true);
        address previous = app.previousKey;
        if (isKeyValid(application, previous, epoch)) return (previous, true);
        return (key, false);
    }

    function _endNewestKey(Application storage app) private {
        address key = app.newestKey;
        if (key == address(0)) return;
        uint32 untilEpoch = currentEpoch() + 1;
        _keyTerms[msg.sender][key].untilEpoch = untilEpoch;
        // A key that has not begun gives way to the one that still holds for this epoch.
        if (app.newestFrom < untilEpoch) app.previousKey = key;
        app.hotKey = address(0);
        emit KeyRevoked(msg.sender, key, untilEpoch);
    }
}
